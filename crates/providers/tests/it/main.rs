//! The clients against the fakes, and sign-in against a real provider of identities.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod followed_device;
mod follower;
mod forged;
mod github;
mod hostile_text;
mod identity;
mod pictures;
mod rates;
mod scene;
mod soundcloud;
mod spotify_account;
mod spotify_catalog;
mod transport;
mod youtube;
