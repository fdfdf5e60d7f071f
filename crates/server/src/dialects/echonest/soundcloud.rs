//! What EchoNest's browsers ask of SoundCloud through the server, on the socket: what a link leads to, and where the sound
//! of a track is.

use super::kept::json;
use super::socket::{Client, message};
use crate::error::{Error, Result};
use crate::sources;
use bytes::Bytes;
use model::{MusicService, TrackSource};
use providers::{Link, parse_links};
use serde_json::json as object;

/// `resolve_soundcloud`: the track a link leads to.
pub(super) async fn resolve(client: &Client, url: &str) -> Result<Bytes> {
    let link = parse_links(url).into_iter().next().and_then(Result::ok);
    let Some(link @ Link::Soundcloud(_)) = link else {
        return refused(&Error::invalid("url", "this is no link of SoundCloud"), "soundcloud_error", None);
    };
    let app = &client.app;
    app.rates().outside(client.caller.member.id)?;
    let list = match app.sources().follow(&link, None, app.clock().instant()).await {
        Ok(list) => list,
        Err(error) => return refused(&error, "soundcloud_error", None),
    };
    let Some(track) = list.tracks.first().filter(|_| list.collection.is_none()) else {
        return refused(&Error::invalid("url", "only single tracks are added"), "soundcloud_error", None);
    };
    let found = object!({
        "id": track.id, "title": track.title, "artist": track.artist_line(),
        "duration": track.duration.map(|duration| duration.millis() / 1_000),
        "artwork_url": track.artwork.first().map(|picture| sources::picture_address(app, &picture.url)),
        "permalink_url": track.link, "streamable": track.clone().require_playable().is_ok(),
    });
    Ok(message("soundcloud_resolved", &[json(&found)?]))
}

/// `get_soundcloud_stream`: where its sound is.
pub(super) async fn stream(client: &Client, id: &str) -> Result<Bytes> {
    let app = &client.app;
    app.rates().outside(client.caller.member.id)?;
    let source = TrackSource::of(MusicService::SoundCloud, id).map_err(|_| Error::NotFound("track"));
    let found = match source {
        Ok(source) => sources::stream_address(app, source).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(stream) => {
            let found = object!({"track_id": id, "stream_url": stream.url.reveal()});
            Ok(message("soundcloud_stream", &[json(&found)?]))
        }
        Err(error) => refused(&error, "soundcloud_stream_error", Some(id)),
    }
}

fn refused(error: &Error, event: &str, track: Option<&str>) -> Result<Bytes> {
    let mut said = object!({"error": error.to_string()});
    if let Some(track) = track {
        said["track_id"] = track.into();
    }
    Ok(message(event, &[json(&said)?]))
}
