//! The clients against the fakes, and sign-in against a real provider of identities.

mod followed_device;
mod follower;
mod forged;
mod identity;
mod rates;
mod scene;
mod soundcloud;
mod spotify_account;
mod spotify_catalog;
mod transport;
mod youtube;
