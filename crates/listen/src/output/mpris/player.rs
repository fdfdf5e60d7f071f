//! A player on the session bus, as MPRIS 2.2 (freedesktop.org) describes it.

use super::steps::{Observed, Step};
use crate::ListenError;
use std::collections::HashMap;
use std::time::Duration;
use zbus::{Connection, OwnedVariant, Proxy, fdo::DBusProxy};

const PREFIX: &str = "org.mpris.MediaPlayer2.";
const PATH: &str = "/org/mpris/MediaPlayer2";
const ROOT: &str = "org.mpris.MediaPlayer2";
const PLAYER: &str = "org.mpris.MediaPlayer2.Player";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// A player that does not answer within this is not there.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// A player that was found.
pub(super) struct Player {
    bus: Connection,
    name: String,
    /// Its path for the song, which `SetPosition` wants.
    track: Option<zbus::OwnedObjectPath>,
}

fn failed(error: zbus::Error) -> ListenError {
    ListenError::Player(error.to_string())
}

/// Lets a player only so long.
async fn soon<T>(asked: impl Future<Output = zbus::Result<T>>) -> Result<T, ListenError> {
    match tokio::time::timeout(ANSWER_MAX, asked).await {
        Ok(answered) => answered.map_err(failed),
        Err(_) => Err(ListenError::Player("the player does not answer".to_owned())),
    }
}

/// The session bus.
pub(super) async fn bus() -> Result<Connection, ListenError> {
    soon(Connection::session()).await.map_err(|error| ListenError::Player(format!("no session bus: {error}")))
}

impl Player {
    /// The player whose name contains `wanted`, else one that says it can open such addresses.
    pub(super) async fn find(
        bus: &Connection,
        wanted: Option<&str>,
        uri: &str,
    ) -> Result<Option<Self>, ListenError> {
        let names = soon(async {
            let names = DBusProxy::new(bus).await?.list_names().await?;
            Ok(names)
        })
        .await?;
        let scheme = uri.split(':').next().unwrap_or_default();
        for name in names.iter().map(|name| name.as_str()).filter(|name| name.starts_with(PREFIX)) {
            let short = name[PREFIX.len()..].to_lowercase();
            let fits = match wanted {
                Some(wanted) => short.contains(&wanted.to_lowercase()),
                None => {
                    let schemes = schemes(bus, name).await.unwrap_or_default();
                    short.contains(scheme) || schemes.iter().any(|known| known == scheme)
                }
            };
            if fits {
                return Ok(Some(Self { bus: bus.clone(), name: name.to_owned(), track: None }));
            }
        }
        Ok(None)
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        &self.name[PREFIX.len()..]
    }

    /// What it does.
    pub(super) async fn observe(&mut self) -> Result<Observed, ListenError> {
        let all: HashMap<String, OwnedVariant> = soon(async {
            let proxy = Proxy::new(&self.bus, self.name.as_str(), PATH, PROPERTIES).await?;
            proxy.call("GetAll", &(PLAYER,)).await
        })
        .await?;
        let text = |of: &HashMap<String, OwnedVariant>, name: &str| -> Option<String> {
            String::try_from(of.get(name)?.try_clone().ok()?).ok()
        };
        let metadata = all.get("Metadata").and_then(|value| value.try_clone().ok());
        let metadata: HashMap<String, OwnedVariant> =
            metadata.and_then(|value| HashMap::try_from(value).ok()).unwrap_or_default();
        self.track = metadata.get("mpris:trackid").and_then(|value| {
            let value = value.try_clone().ok()?;
            // Some players send text where the description wants a path.
            let path = zbus::OwnedObjectPath::try_from(value);
            path.ok().or_else(|| zbus::OwnedObjectPath::try_from(text(&metadata, "mpris:trackid")?).ok())
        });
        let uri = text(&metadata, "xesam:url")
            .or_else(|| self.track.as_ref().map(|track| track.as_str().to_owned()))
            .or_else(|| text(&metadata, "mpris:trackid"))
            .filter(|uri| !uri.is_empty());
        let position_us = all.get("Position").and_then(|value| i64::try_from(value.try_clone().ok()?).ok());
        let plays = text(&all, "PlaybackStatus").as_deref() == Some("Playing");
        Ok(Observed { uri, plays, position_ms: position_us.map(|us| us as f64 / 1000.0) })
    }

    /// Asks something of it.
    pub(super) async fn take(&self, step: &Step, position_ms: Option<f64>) -> Result<(), ListenError> {
        soon(async {
            let proxy = Proxy::new(&self.bus, self.name.as_str(), PATH, PLAYER).await?;
            match step {
                Step::Nothing => Ok(()),
                Step::Open(uri) => proxy.call("OpenUri", &(uri.as_str(),)).await,
                Step::Play => proxy.call("Play", &()).await,
                Step::Pause => proxy.call("Pause", &()).await,
                Step::Move(to) => match (&self.track, position_ms) {
                    (Some(track), _) => proxy.call("SetPosition", &(track, (to * 1000.0) as i64)).await,
                    (None, Some(at)) => proxy.call("Seek", &(((to - at) * 1000.0) as i64,)).await,
                    (None, None) => Ok(()),
                },
            }
        })
        .await
    }
}

async fn schemes(bus: &Connection, name: &str) -> Option<Vec<String>> {
    let got: OwnedVariant = soon(async {
        let proxy = Proxy::new(bus, name, PATH, PROPERTIES).await?;
        proxy.call("Get", &(ROOT, "SupportedUriSchemes")).await
    })
    .await
    .ok()?;
    Vec::try_from(got).ok()
}
