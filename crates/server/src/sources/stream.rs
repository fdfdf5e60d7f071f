//! Where the sound of a song of SoundCloud is. The server asks with its own credentials; the sound itself goes from
//! SoundCloud to the listener, who would otherwise cost this server's network twice.

use super::{SourceFault, Sources};
use crate::app::App;
use crate::error::{Error, Result};
use model::{MusicService, TrackSource};
use providers::soundcloud::{SOUNDCLOUD_MEDIA, SoundcloudId, SoundcloudStream};

/// Where the sound of a song is, for minutes.
///
/// # Errors
/// [`Error::PlaysElsewhere`] for a song whose service gives no streams, [`Error::Source`].
pub(crate) async fn address(app: &App, source: TrackSource) -> Result<SoundcloudStream> {
    let elsewhere = source.service().map_or("another service", MusicService::title);
    let TrackSource::SoundCloud(id) = source else {
        return Err(Error::PlaysElsewhere { service: elsewhere });
    };
    let Sources { soundcloud, .. } = app.sources();
    let soundcloud = soundcloud.as_ref().ok_or(Error::PlaysElsewhere { service: elsewhere })?;
    let found = soundcloud.address(SoundcloudId(id.number())).await;
    found.map_err(|error| SourceFault::from(error).into())
}

/// The hosts of the sound, as a Content-Security-Policy names them: of SoundCloud itself, or of what stands in for it.
pub(super) fn media_hosts(api: &str) -> String {
    if api == providers::soundcloud::SOUNDCLOUD_API {
        return SOUNDCLOUD_MEDIA.map(|domain| format!("https://*.{domain}")).join(" ");
    }
    api.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}
