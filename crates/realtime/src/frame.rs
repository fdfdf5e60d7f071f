//! A publication in the forms it travels in, each encoded once.

use crate::websocket;
use bytes::Bytes;
use model::Channel;
use protocol::socket::{Publication, Push, PushFrame};
use serde_json::value::RawValue;
use std::sync::OnceLock;

/// Something to send to every listener of a channel.
#[derive(Debug)]
pub struct Frame {
    publication: Option<Publication>,
    epoch: Option<Box<str>>,
    websocket: Bytes,
    event_stream: OnceLock<Bytes>,
}

impl Frame {
    /// A publication at `offset` of a channel's stream, or outside any stream (`None`).
    pub fn publication(channel: Channel, epoch: &str, offset: Option<u64>, data: Box<RawValue>) -> Self {
        let publication = Publication { data, offset };
        let name = channel.to_string();
        let push = Push { channel: &name, publication: Some(&publication), ..Push::default() };
        let websocket = encode(push);
        let epoch = offset.is_some().then(|| epoch.into());
        Self { publication: Some(publication), epoch, websocket, event_stream: OnceLock::new() }
    }

    /// A push that is no publication (a join, a leave): event streams do not carry it.
    pub fn push(push: Push<'_>) -> Self {
        Self { publication: None, epoch: None, websocket: encode(push), event_stream: OnceLock::new() }
    }

    /// As a WebSocket text frame, header included.
    pub fn websocket(&self) -> &Bytes {
        &self.websocket
    }

    /// As a server-sent event with id `epoch:offset`; empty if event streams do not carry it.
    pub fn event_stream(&self) -> &Bytes {
        self.event_stream.get_or_init(|| match (&self.publication, &self.epoch) {
            (Some(Publication { data, offset: Some(offset) }), Some(epoch)) => {
                format!("id: {epoch}:{offset}\ndata: {}\n\n", data.get()).into()
            }
            (Some(Publication { data, .. }), _) => format!("data: {}\n\n", data.get()).into(),
            (None, _) => Bytes::new(),
        })
    }

    pub(crate) fn as_publication(&self) -> Option<&Publication> {
        self.publication.as_ref()
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.websocket.len()
    }
}

fn encode(push: Push<'_>) -> Bytes {
    #[expect(clippy::expect_used, reason = "strings, numbers and raw JSON always serialise")]
    let text = serde_json::to_vec(&PushFrame { push }).expect("a push is plain data");
    websocket::text_frame(&text)
}
