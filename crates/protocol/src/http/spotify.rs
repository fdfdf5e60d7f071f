//! A member's own account at Spotify, client ids that people bring, and a device that follows a nest.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One's own connection with Spotify. `GET /api/v1/me/spotify`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpotifyConnection {
    /// The account; absent if none is connected.
    pub account: Option<SpotifyAccount>,
    /// The client id one has brought; absent if none.
    pub own_client_id: Option<SpotifyClientId>,
    /// How many more people can connect with the client ids open to this person; 0: bring one.
    pub free_seats: u32,
    /// What must be registered as redirect URI for a client id that is brought, letter for letter.
    pub redirect_uri: String,
    /// Where a person withdraws at Spotify what they granted; nothing else ends it there.
    pub remove_access_url: String,
}

/// An account that is connected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpotifyAccount {
    /// Its name at Spotify.
    pub name: String,
    /// Whether it pays, which devices need: absent until Spotify has let it be seen.
    pub premium: Option<bool>,
    /// Whether Spotify does not accept the connection any more: connect again.
    pub ended: bool,
    /// Whether it was granted what following a nest on a device needs.
    pub can_use_devices: bool,
    /// Whether it was granted what playing in the browser needs.
    pub can_play_in_browser: bool,
    /// When it was connected.
    pub connected_at_ms: i64,
}

/// A client id that somebody brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpotifyClientId {
    /// The id.
    pub client_id: String,
    /// Whether its secret is known: then it also serves searches.
    pub has_secret: bool,
    /// How many people have connected with it, of five.
    pub people: u32,
}

/// `PUT /api/v1/me/spotify/client-id`, `PUT /api/v1/nests/{code}/spotify-client-id`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpotifyClientIdBody {
    /// From Spotify's dashboard: 32 hexadecimal digits.
    pub client_id: String,
    /// Its secret; without it, people can connect, and searches go by other client ids.
    pub client_secret: Option<String>,
}

/// `POST /api/v1/me/spotify/connect`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectSpotifyBody {
    /// The page of this server to come back to; `/settings` unless said. What went wrong is added as `?problem=CODE`.
    pub return_to: Option<String>,
    /// The code of a nest whose client id may be used.
    pub nest: Option<String>,
}

/// A device of one's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpotifyDevice {
    /// Its id; absent for one that cannot be steered.
    pub id: Option<String>,
    /// As its owner calls it.
    pub name: String,
    /// As in `computer`, `smartphone`, `speaker`.
    pub kind: String,
    /// Whether it is the one that plays.
    pub active: bool,
    /// Whether it can be steered from elsewhere.
    pub steerable: bool,
    /// How loud it is, 0 to 100, if it says.
    pub volume_percent: Option<u8>,
}

/// `POST /api/v1/me/spotify/token`: for Spotify's player in the browser. Never stored, never cached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpotifyToken {
    /// The access token of one's own account.
    pub access_token: String,
    /// When it ends; ask again before.
    pub expires_at_ms: i64,
}

/// `PUT /api/v1/nests/{code}/device`: this device follows the nest from now on, and no other of mine any nest.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowBody {
    /// Id of a device of one's own account.
    pub device: String,
}

/// A device of mine that follows the nest. `GET /api/v1/nests/{code}/device`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Following {
    /// The device.
    pub device: String,
    /// Its name.
    pub device_name: String,
    /// How it fares.
    pub state: FollowingState,
    /// The same for a person, with what to do.
    pub detail: String,
}

/// How a device that follows a nest fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowingState {
    /// The song is about to be started on the device.
    Waiting,
    /// Nothing plays in the nest, or it is paused: the device is silent.
    NestSilent,
    /// The song is the library's, or the library has the same one: it is heard here, and the device is silent.
    LibraryPlays,
    /// The song is of another service: it is heard here, and the device is silent.
    OtherServicePlays,
    /// The song was started; not yet known to be in step.
    Starting,
    /// In step.
    InStep,
    /// The device is not to be found: open Spotify on it.
    NoDevice,
    /// The song cannot be played on this account; the next one will be tried.
    NotPlayable,
    /// Spotify does not answer, asks to wait, or the device does not obey; it is tried again.
    Unreachable,
    /// The person paused by hand; `PUT` again to go on, or play the nest's song there.
    TakenOverPaused,
    /// The person played on while the nest was paused.
    TakenOverResumed,
    /// The person plays something else.
    TakenOverOtherTrack,
    /// The person jumped within the song, more than once.
    TakenOverJumped,
    /// The person plays on another device.
    TakenOverOtherDevice,
    /// It has ended: Spotify lets only paying accounts be steered.
    EndedPremiumRequired,
    /// It has ended: the account has to be connected again.
    EndedSignInAgain,
    /// It has ended: the device takes no commands from elsewhere.
    EndedDeviceRefuses,
}
