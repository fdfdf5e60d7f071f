//! SoundCloud: what a link leads to, tracks, sets, and where their sound is, with this server's own client id
//! (OAuth 2.1, client credentials). Links of sound are short-lived: ask when it is to be played, never store them.

mod client;
mod link;
mod wire;

pub use client::{
    Resolved, SOUNDCLOUD_API, SOUNDCLOUD_MEDIA, SOUNDCLOUD_SIGN_IN, Soundcloud, SoundcloudOptions,
    SoundcloudSet, SoundcloudStream, StreamFormat,
};
pub use link::{SoundcloudId, SoundcloudLink};
