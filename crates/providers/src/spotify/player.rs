//! A person's devices (Spotify Connect): which there are, what they play, and moving it.

use super::app::Call;
use super::{SpotifyApp, map, wire};
use crate::track::shown;
use crate::{ProviderTrack, Result, Secret, Urgency};
use http::Method;
use model::{TrackPosition, WallTime};
use serde_json::json;

/// A device of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// To name it in commands; `None` for one that cannot be named.
    pub id: Option<String>,
    /// As its owner calls it.
    pub name: String,
    /// As in `computer`, `smartphone`, `speaker`.
    pub kind: String,
    /// Whether it is the one that plays.
    pub is_active: bool,
    /// Whether it refuses commands from elsewhere.
    pub is_restricted: bool,
    /// Whether its owner listens in private.
    pub is_private_session: bool,
    /// 0 to 100, if it says.
    pub volume_percent: Option<u8>,
    /// Whether its volume can be set.
    pub can_set_volume: bool,
}

/// What a person's account plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaybackState {
    /// Where.
    pub device: Option<Device>,
    /// Whether sound comes out.
    pub is_playing: bool,
    /// Its URI; `None` for adverts and private sessions.
    pub uri: Option<String>,
    /// The URI that was asked for, if Spotify plays another release of the same track.
    pub asked_uri: Option<String>,
    /// How far it is.
    pub position: TrackPosition,
    /// What it is, if it can be told.
    pub track: Option<ProviderTrack>,
    /// When this was true, by our clock: halfway between question and answer.
    pub observed_at: WallTime,
}

impl SpotifyApp {
    /// The devices that are switched on.
    ///
    /// # Errors
    /// [`crate::Error::ExpiredToken`], [`crate::Error::ScopeMissing`], and those of any request.
    pub async fn devices(&self, access: &Secret) -> Result<Vec<Device>> {
        let call = Call::get(&["me", "player", "devices"], &[], Urgency::Person, "devices");
        let found: wire::Devices = self.ask(access, &call).await?.json()?;
        Ok(found.devices.into_iter().map(device).collect())
    }

    /// What plays now; `None` if nothing has played for a while.
    ///
    /// # Errors
    /// The same.
    pub async fn playback(&self, access: &Secret, urgency: Urgency) -> Result<Option<PlaybackState>> {
        let query = [("additional_types", "track,episode".to_owned())];
        let asked_at = self.clock.wall();
        let call = Call::get(&["me", "player"], &query, urgency, "playback");
        let answer = self.ask(access, &call).await?;
        let took = self.clock.wall().since(asked_at);
        if answer.status.as_u16() == 204 || answer.body.is_empty() {
            return Ok(None);
        }
        let found: wire::Playback = answer.json()?;
        let item = found.item;
        Ok(Some(PlaybackState {
            device: found.device.map(device),
            is_playing: found.is_playing,
            uri: item.as_ref().and_then(|item| item.uri.clone()),
            asked_uri: item.as_ref().and_then(|item| item.linked_from.as_ref()?.uri.clone()),
            position: TrackPosition::from_millis(found.progress_ms.unwrap_or(0).max(0)),
            track: item.and_then(|item| map::track(item, None, None)),
            observed_at: asked_at.plus(took / 2),
        }))
    }

    /// Plays one track or episode from `position` on a device; wakes it if need be.
    ///
    /// # Errors
    /// [`crate::Error::NoDevice`], [`crate::Error::PremiumRequired`], [`crate::Error::NotAllowed`] if the device
    /// refuses, and those of any request.
    pub async fn play(
        &self,
        access: &Secret,
        device: &str,
        uri: &str,
        position: TrackPosition,
    ) -> Result<()> {
        let body = json!({"uris": [uri], "position_ms": position.millis().max(0)});
        self.command(access, &["me", "player", "play"], &[("device_id", device.to_owned())], Some(&body))
            .await
    }

    /// Goes on where it was paused.
    ///
    /// # Errors
    /// The same.
    pub async fn resume(&self, access: &Secret, device: &str) -> Result<()> {
        self.command(access, &["me", "player", "play"], &[("device_id", device.to_owned())], None).await
    }

    /// Pauses.
    ///
    /// # Errors
    /// The same.
    pub async fn pause(&self, access: &Secret, device: &str) -> Result<()> {
        self.command(access, &["me", "player", "pause"], &[("device_id", device.to_owned())], None).await
    }

    /// Jumps within what plays.
    ///
    /// # Errors
    /// The same.
    pub async fn seek(&self, access: &Secret, device: &str, position: TrackPosition) -> Result<()> {
        let position = position.millis().max(0).to_string();
        let query = [("position_ms", position), ("device_id", device.to_owned())];
        self.command(access, &["me", "player", "seek"], &query, None).await
    }

    /// Sets the volume; more than 100 counts as 100.
    ///
    /// # Errors
    /// The same.
    pub async fn set_volume(&self, access: &Secret, device: &str, percent: u8) -> Result<()> {
        let query = [("volume_percent", percent.min(100).to_string()), ("device_id", device.to_owned())];
        self.command(access, &["me", "player", "volume"], &query, None).await
    }

    async fn command(
        &self,
        access: &Secret,
        path: &[&str],
        query: &[(&str, String)],
        body: Option<&serde_json::Value>,
    ) -> Result<()> {
        let urgency = Urgency::Person;
        self.ask(access, &Call { method: Method::PUT, path, query, body, urgency, what: "such device" })
            .await?;
        Ok(())
    }
}

fn device(found: wire::Device) -> Device {
    Device {
        id: found.id.filter(|id| !id.is_empty()),
        name: shown(found.name.as_deref().unwrap_or("Device")),
        kind: shown(found.kind.as_deref().unwrap_or_default()).to_lowercase(),
        is_active: found.is_active,
        is_restricted: found.is_restricted,
        is_private_session: found.is_private_session,
        volume_percent: found.volume_percent,
        can_set_volume: found.supports_volume,
    }
}
