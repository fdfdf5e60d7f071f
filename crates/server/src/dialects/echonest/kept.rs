//! The queue of each nest as it was last encoded: whoever asks before it has changed gets the same bytes.

use super::show::View;
use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::Site;
use crate::nests::Room;
use bytes::Bytes;
use model::{NestCode, NestId};
use protocol::echonest as wire;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A queue as bytes.
pub(super) struct Encoded {
    nest: NestId,
    sequence: u64,
    /// The address the pictures are under.
    base: String,
    /// `GET /queue/`.
    pub(super) public: Bytes,
    /// A JSON list of rows.
    pub(super) rows: Bytes,
}

/// One encoded queue a nest. Nests that have ended are let go when another is encoded.
#[derive(Default)]
pub(crate) struct Kept(Mutex<BTreeMap<NestCode, Arc<Encoded>>>);

impl Kept {
    fn get(&self, room: &Room, sequence: u64, base: &str) -> Option<Arc<Encoded>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |encoded: &&Arc<Encoded>| {
            encoded.nest == room.id && encoded.sequence == sequence && encoded.base == base
        };
        kept.get(&room.code).filter(fits).cloned()
    }
}

/// The queue of a nest as it is now.
pub(super) fn queue(app: &App, room: &Room, site: &Site) -> Result<Arc<Encoded>> {
    let state = room.state();
    if let Some(encoded) = app.echonest_queues().get(room, state.sequence(), &site.base) {
        return Ok(encoded);
    }
    let view = View { base: &site.base, zone: &app.config().zone };
    let public =
        wire::PublicQueue { queue: state.queue().iter().map(|entry| view.public_row(entry)).collect() };
    let rows: Vec<_> = state.queue().iter().map(|entry| view.row(entry)).collect();
    let encoded = Arc::new(Encoded {
        nest: room.id,
        sequence: state.sequence(),
        base: site.base.clone(),
        public: json(&public)?,
        rows: json(&rows)?,
    });
    let mut kept = app.echonest_queues().0.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|code, _| app.nests().get(*code).is_ok());
    kept.insert(room.code, Arc::clone(&encoded));
    Ok(encoded)
}

/// Anything as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Result<Bytes> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|_| Error::Fault("an answer could not be encoded"))
}
