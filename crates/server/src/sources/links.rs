//! Links that people paste: several at once, each followed or refused on its own.

use super::catalog::{Asker, List};
use crate::app::App;
use crate::error::{Error, Result};
use crate::{library_wire, limits};
use futures::stream::{self, StreamExt as _};
use protocol::http::{self as wire, SourceRefusal};
use providers::{BadLink, Link, LinkFault, parse_links};

/// Links that are followed at once.
const FOLLOWED_AT_ONCE: usize = 4;

/// Follows the links of a text, in their order.
///
/// # Errors
/// Whatever the database says; what a service says is part of the answer.
pub(crate) async fn resolve(app: &App, text: &str, asker: Option<&Asker>) -> Result<wire::Links> {
    let found = parse_links(text);
    let follow = |(at, link): (usize, Result<Link, BadLink>)| async move {
        match link {
            Ok(link) if at < limits::LINKS_FOLLOWED_MAX => followed(app, &link, asker).await,
            Ok(link) => Ok(Followed::not(link.text(), Some(&link), too_many())),
            Err(BadLink { text, fault }) => Ok(Followed::not(text, None, refusal(fault))),
        }
    };
    let followed = stream::iter(found.into_iter().enumerate().map(follow)).buffered(FOLLOWED_AT_ONCE);
    let followed = followed.collect::<Vec<Result<Followed>>>().await;
    let mut links = Vec::new();
    let mut room = limits::LINK_TRACKS_MAX;
    for link in followed {
        links.push(link?.show(app, &mut room).await?);
    }
    Ok(wire::Links { links })
}

/// A link, and what it leads to.
struct Followed {
    text: String,
    service: Option<wire::MusicService>,
    led_to: Result<std::sync::Arc<List>, SourceRefusal>,
}

async fn followed(app: &App, link: &Link, asker: Option<&Asker>) -> Result<Followed> {
    let led_to = match app.sources().follow(link, asker, app.clock().instant()).await {
        Ok(list) => Ok(list),
        // What is ours to mend is not told as if the link were wrong.
        Err(error @ (Error::Source(_) | Error::NotFound(_) | Error::Busy)) => Err(super::refusal(&error)),
        Err(error) => return Err(error),
    };
    Ok(Followed { text: link.text(), service: service(link), led_to })
}

impl Followed {
    fn not(text: String, link: Option<&Link>, refused: SourceRefusal) -> Self {
        Self { text, service: link.and_then(service), led_to: Err(refused) }
    }

    /// `room`: how many songs may still be shown, of all links together.
    async fn show(self, app: &App, room: &mut usize) -> Result<wire::Link> {
        let Self { text, service, led_to } = self;
        let (tracks, collection, left_out, refused) = match led_to {
            Ok(list) => {
                let shown = list.tracks.len().min(*room);
                *room -= shown;
                let tracks = super::wire::tracks(app, &list.tracks[..shown]).await?;
                let collection = list.collection.as_ref().and_then(|list| super::wire::collection(app, list));
                (tracks, collection, list.left_out + list.tracks.len() - shown, None)
            }
            Err(refused) => (Vec::new(), None, 0, Some(refused)),
        };
        Ok(wire::Link { text, service, collection, tracks, left_out: left_out as u32, refused })
    }
}

fn service(link: &Link) -> Option<wire::MusicService> {
    super::service_of(link.provider()).map(library_wire::service)
}

fn refusal(fault: LinkFault) -> SourceRefusal {
    SourceRefusal { code: "not_a_link".to_owned(), detail: fault.sentence().to_owned(), retry_after_s: None }
}

fn too_many() -> SourceRefusal {
    let detail = format!("{} links are followed at once: paste the others again", limits::LINKS_FOLLOWED_MAX);
    SourceRefusal { code: "too_many_links".to_owned(), detail, retry_after_s: None }
}
