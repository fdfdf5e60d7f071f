//! Spotify: search and look-ups with this server's own client ids, and each member's own account and devices.
//!
//! Written for the Web API as it is since February 2026: ten results a search, one thing a request, playlists only
//! for those who own them, five people a client id; nothing here calls what was taken away (recommendations, audio
//! features, related artists, top tracks, batches). Spotify has no way to withdraw a token: a person does that on
//! [`REMOVE_ACCESS_PAGE`]; forgetting the stored tokens is the caller's.
//! Deliberately not here: the Web Playback SDK, which runs in the browser with the same tokens.

mod account;
mod app;
mod catalog;
mod follower;
mod link;
mod map;
mod player;
mod pool;
mod wire;

pub use account::{DEVICE_SCOPES, REMOVE_ACCESS_PAGE, SPOTIFY_SCOPES, SpotifyProfile};
pub use app::{AppHealth, SpotifyApp, SpotifyAppOptions, SpotifyEndpoints};
pub use catalog::{AlbumTracks, SearchResults, SpotifySearch};
pub use follower::{
    DeviceView, Follower, FollowerCommand, FollowerSettings, FollowerState, NestView, Outcome, Step,
    SteppedBack, SwitchedOff,
};
pub use link::{SpotifyId, SpotifyKind, SpotifyLink};
pub use player::{Device, PlaybackState};
pub use pool::{Spotify, SpotifyOptions};
