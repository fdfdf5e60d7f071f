//! The services outside, as tests meet them: real HTTP servers on loopback which refuse what the services refuse (bad
//! tokens, missing scopes, wrong parameters, too many requests, wrong markets), keep state, and can be told to be
//! slow, broken or elsewhere.
//!
//! Deliberately not here: being in a build that did not ask for fakes, and judging the product: a fake only answers.
#![expect(clippy::panic, clippy::expect_used, reason = "a helper of a test fails by panicking")]
#![expect(clippy::missing_panics_doc, reason = "every helper of a test panics when the test has failed")]

mod browser;
mod bucket;
mod clock;
mod collector;
pub mod description;
mod faults;
mod github;
mod grant;
mod install;
mod issuer;
mod pds;
mod server;
mod soundcloud;
mod spotify;
mod youtube;

pub use browser::{Page, follow, visit};
pub use bucket::FakeBucket;
pub use clock::HandClock;
pub use collector::FakeCollector;
pub use faults::Fault;
pub use github::FakeGithub;
pub use issuer::{Issuer, IssuerOptions};
pub use pds::Pds;
pub use server::{Reply, Request, Seen, Server};
pub use soundcloud::FakeSoundcloud;
pub use spotify::{FakeSpotify, SpotifyAccount, SpotifyDevice, SpotifyTrack, spotify_id};
pub use youtube::{FakeVideo, FakeYoutube};
