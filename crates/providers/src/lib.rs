//! The services outside: music on Spotify, YouTube and SoundCloud, sign-in with any OpenID Connect issuer and GitHub. Each
//! folder holds a client, the private wire types of its service, and their mapping to the plain types of this crate.
//!
//! Deliberately not here: storage and encryption of tokens (the callers of `database` do it), routes, when to ask
//! (the server decides), and any background work: nothing in this crate runs unless it is awaited.

mod budget;
mod calls;
mod error;
pub mod github;
mod guard;
mod http;
mod limits;
mod links;
mod oauth;
pub mod oidc;
mod pictures;
mod secret;
pub mod soundcloud;
pub mod spotify;
mod track;
mod webhook;
pub mod youtube;

pub use budget::{Budget, Urgency};
pub use calls::{CallOutcome, Calls};
pub use error::{Error, IdTokenFault, Result};
pub use guard::Outside;
pub use http::{Answer, BaseUrl, Http, HttpOptions};
pub use limits::*;
pub use links::{BadLink, Link, LinkFault, parse_links};
pub use oauth::{Callback, SignInAttempt, Tokens};
pub use pictures::{Picture, Pictures};
pub use secret::Secret;
pub use track::{
    Artwork, Availability, Collection, CollectionKind, Market, Provider, ProviderTrack, TrackKind,
};
pub use webhook::{WebhookAddress, WebhookMessage, Webhooks};
