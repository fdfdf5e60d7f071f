//! Songs of services as this server keeps them: what a service says of a song is fetched here, never taken from a client.

use super::catalog::source_of;
use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use crate::sources::SourceFault;
use database::external_tracks;
use library::ExternalTrack;
use model::{MemberId, TrackId, TrackPosition, TrackSource};
use providers::{Artwork, ProviderTrack};

/// The width of pictures that are kept, in pixels: enough for a large cover, and far from the largest there are.
const PICTURE_WIDTH_PX: u32 = 300;

/// A song of a service, known here from now on. What is known of it and not old is not asked again; what cannot be asked
/// now is taken as it is known.
///
/// # Errors
/// [`Error::Source`] if nothing is known and the service does not give it; [`Error::RateLimited`].
pub(crate) async fn song(app: &App, source: TrackSource, by: MemberId) -> Result<ExternalTrack> {
    let service = source.service().ok_or(Error::invalid("source", "a track of the library has an id"))?;
    let known = external_tracks::find(app.database(), source).await?;
    let is_fresh = |song: &ExternalTrack| app.now().since(song.fetched_at) < limits::SOURCE_SONG_FRESH;
    if known.as_ref().is_some_and(is_fresh) || !app.sources().is_set_up(service) {
        return known.ok_or(SourceFault::NotSetUp(service).into());
    }
    app.rates().outside(by)?;
    let said = match app.sources().song(source, app.clock().instant()).await {
        Ok(said) => said.require_playable().map_err(SourceFault::from)?,
        Err(error) => return known.filter(|_| may_be_asked_later(&error)).ok_or(error),
    };
    keep(app, &said).await
}

/// Whether a service did not answer, rather than say no.
fn may_be_asked_later(error: &Error) -> bool {
    matches!(error, Error::Busy) || matches!(error, Error::Source(fault) if fault.retry_after().is_some())
}

/// Keeps what a service says of a song.
pub(super) async fn keep(app: &App, said: &ProviderTrack) -> Result<ExternalTrack> {
    let song = external(app, said).ok_or(Error::NotFound("song of a service"))?;
    let id = external_tracks::put(app.database(), &song).await?;
    Ok(ExternalTrack { id, ..song })
}

/// What a service says of a song, as it would be kept; `None` if a queue cannot name it.
pub(crate) fn external(app: &App, said: &ProviderTrack) -> Option<ExternalTrack> {
    let song = ExternalTrack {
        id: app.generate(TrackId::generate),
        source: source_of(said)?,
        title: said.title.clone(),
        artist: said.artist_line(),
        album: said.album.clone().unwrap_or_default(),
        duration: said.duration.unwrap_or(TrackPosition::ZERO),
        isrc: said.isrc.as_deref().and_then(|isrc| isrc.parse().ok()),
        artwork_url: picture(&said.artwork).map(|picture| picture.url.clone()),
        is_explicit: said.explicit,
        fetched_at: app.now(),
    };
    Some(song.cleaned())
}

/// The smallest picture that is large enough, else the largest.
pub(crate) fn picture(pictures: &[Artwork]) -> Option<&Artwork> {
    let large = |picture: &&Artwork| picture.width.is_some_and(|width| width >= PICTURE_WIDTH_PX);
    pictures.iter().rfind(large).or(pictures.first())
}
