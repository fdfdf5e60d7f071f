//! From Spotify's types to ours, and from its failures to our errors.

use super::wire;
use super::{SpotifyId, SpotifyKind, SpotifyLink};
use crate::error::detail;
use crate::http::Answer;
use crate::track::{isrc, length_ms, names, pictures, shown, title};
use crate::{
    Artwork, Availability, Collection, CollectionKind, Error, Market, Provider, ProviderTrack, TrackKind,
};

/// A track or an episode; `None` for local files, adverts and what has no id.
pub fn track(
    found: wire::Track,
    album: Option<&wire::Album>,
    market: Option<Market>,
) -> Option<ProviderTrack> {
    if found.is_local == Some(true) {
        return None;
    }
    let id = SpotifyId::parse(found.id.as_deref()?)?;
    let is_episode = found.kind.as_deref() == Some("episode");
    let kind = if is_episode { SpotifyKind::Episode } else { SpotifyKind::Track };
    let album = found.album.as_ref().or(album);
    let pictures_of = match (&found.show, album) {
        _ if !found.images.is_empty() => Some(&found.images),
        (Some(show), _) => Some(&show.images),
        (None, album) => album.map(|album| &album.images),
    };
    let (artists, album_title) = match &found.show {
        Some(show) => (names(show.name.as_deref().into_iter()), show.name.as_deref().map(shown)),
        None => (
            names(found.artists.iter().filter_map(|artist| artist.name.as_deref())),
            album.and_then(|album| album.name.as_deref()).map(shown),
        ),
    };
    Some(ProviderTrack {
        source: Provider::Spotify,
        title: title(found.name.as_deref().unwrap_or_default()),
        artists,
        album: album_title.filter(|title| !title.is_empty()),
        duration: length_ms(found.duration_ms),
        artwork: pictures_of.map(|images| artwork(images)).unwrap_or_default(),
        isrc: found.external_ids.as_ref().and_then(|ids| isrc(ids.isrc.as_deref()?)),
        explicit: found.explicit.unwrap_or(false),
        kind: if is_episode { TrackKind::Episode } else { TrackKind::Track },
        availability: availability(found.is_playable, found.restrictions.as_ref(), market),
        link: SpotifyLink { kind, id: id.clone() }.page(),
        id: id.as_str().to_owned(),
    })
}

fn availability(
    playable: Option<bool>,
    restrictions: Option<&wire::Restrictions>,
    market: Option<Market>,
) -> Availability {
    let reason = restrictions.and_then(|found| found.reason.as_deref());
    match (reason, playable, market) {
        (None, Some(true), _) => Availability::Playable,
        (None, None, _) => Availability::Unknown,
        (Some("market") | None, _, Some(market)) => {
            Availability::WrongMarket { market: market.as_str().to_owned() }
        }
        (Some("market") | None, _, None) => {
            Availability::Refused { reason: "not in this country".to_owned() }
        }
        (Some("product"), ..) => {
            Availability::Refused { reason: "this account does not include it".to_owned() }
        }
        (Some("explicit"), ..) => {
            Availability::Refused { reason: "this account does not play explicit content".to_owned() }
        }
        (Some(other), ..) => Availability::Refused { reason: detail(other) },
    }
}

pub fn artwork(images: &[wire::Image]) -> Vec<Artwork> {
    let found = images.iter();
    pictures(found.map(|image| Artwork { url: image.url.clone(), width: image.width, height: image.height }))
}

pub fn album(found: &wire::Album) -> Option<Collection> {
    let by = names(found.artists.iter().filter_map(|artist| artist.name.as_deref())).join(", ");
    let total = found.total_tracks;
    collection(CollectionKind::Album, found.id.as_deref(), found.name.as_deref(), by, &found.images, total)
}

pub fn artist(found: &wire::Artist) -> Option<Collection> {
    let (id, name) = (found.id.as_deref(), found.name.as_deref());
    collection(CollectionKind::Artist, id, name, String::new(), &found.images, None)
}

pub fn show(found: &wire::Show) -> Option<Collection> {
    let by = shown(found.publisher.as_deref().unwrap_or_default());
    let total = found.total_episodes;
    collection(CollectionKind::Show, found.id.as_deref(), found.name.as_deref(), by, &found.images, total)
}

pub fn playlist(found: &wire::Playlist) -> Option<Collection> {
    let by =
        found.owner.as_ref().and_then(|owner| owner.display_name.as_deref()).map(shown).unwrap_or_default();
    let total = found.items.as_ref().and_then(|items| items.total);
    let images = found.images.as_deref().unwrap_or_default();
    collection(CollectionKind::Playlist, found.id.as_deref(), found.name.as_deref(), by, images, total)
}

fn collection(
    kind: CollectionKind,
    id: Option<&str>,
    name: Option<&str>,
    by: String,
    images: &[wire::Image],
    tracks_total: Option<u32>,
) -> Option<Collection> {
    let id = SpotifyId::parse(id?)?.as_str().to_owned();
    let title = title(name.unwrap_or_default());
    Some(Collection {
        source: Provider::Spotify,
        kind,
        id,
        title,
        by,
        artwork: artwork(images),
        tracks_total,
    })
}

/// What an answer that is no success means. `what` was asked for.
pub fn failure(answer: &Answer, what: &str) -> Error {
    let provider = Provider::Spotify;
    let said = answer.json::<wire::Failure>().ok().map(|failure| failure.error);
    let (message, reason) = said.map(|said| (detail(&said.message), said.reason)).unwrap_or_default();
    let lower = message.to_lowercase();
    match (answer.status.as_u16(), reason.as_str()) {
        (_, "PREMIUM_REQUIRED") => Error::PremiumRequired { provider },
        (403, _) if lower.contains("premium required") => Error::PremiumRequired { provider },
        (_, "NO_ACTIVE_DEVICE") => Error::NoDevice,
        (404, _) if lower.contains("device") => Error::NoDevice,
        (403, _) if lower.contains("scope") => Error::ScopeMissing { provider, detail: message },
        (403, _) => Error::NotAllowed {
            provider,
            detail: if message.is_empty() { "Spotify gave no reason".to_owned() } else { message },
        },
        (404, _) => Error::NotFound { provider, what: what.to_owned() },
        (400, _) if lower.contains("invalid") && lower.contains("id") => {
            Error::NotFound { provider, what: what.to_owned() }
        }
        (400..=499, _) if !matches!(answer.status.as_u16(), 401 | 429) => answer.unexpected(&message),
        _ => answer.failure(),
    }
}
