//! HTTP, the socket, the web UI, and the nests in between: where the rooms of the house meet.
//!
//! A request goes: who (`extract`) → what (`extract`) → decide (`nests`, `database`) → answer (`routes`, `problem`).
//!
//! Deliberately not here: SQL (`database`), the rules of a nest (`nest`), reading the environment and the command line
//! (the binary).

mod accept;
mod app;
mod arrival;
mod asyncapi;
pub mod avatar;
mod canary;
mod channels;
mod command;
mod cookie;
mod counts;
mod dialects;
mod error;
mod extract;
mod file;
mod gate;
mod horns;
mod idempotency;
pub mod intake;
mod library_wire;
mod lifecycle;
mod limits;
mod linger;
mod listening;
mod local_socket;
mod local_time;
mod nests;
mod nonblocking;
mod notices;
mod perhaps;
pub mod play_log;
mod private_door;
mod problem;
mod ranges;
mod rates;
mod recent;
mod reference;
mod request_id;
mod reseal;
mod revocation;
mod routes;
mod send_file;
mod server_channel;
mod sign_in;
mod socket;
mod sources;
pub mod surroundings;
mod throwback;
mod tls;
mod unread;
mod watching;
mod web;

pub use accept::{Port, serve, serve_tls};
pub use app::{App, Config, Parts};
pub use asyncapi::asyncapi;
pub use canary::serve_chosen;
pub use channels::WebhookFault;
pub use dialects::echonest::EchonestConfig;
pub use error::{Error, Result};
pub use gate::{ACCESS_TOKEN_HEADER, AtprotoConfig, Gate, GateConfig, GithubConfig};
pub use lifecycle::{Lifecycle, Stance};
pub use local_time::{Zone, ZoneError};
pub use notices::webhooks;
pub use private_door::{MayServe, private_router, serve_private};
pub use protocol::http::{Canary, CanaryCohort};
pub use reseal::{Resealed, reseal};
pub use routes::{metrics_router, openapi, router};
pub use sign_in::{Fault, ProviderConfig, SignIn, SignInConfig};
pub use sources::{
    SPOTIFY_CALLBACK, SoundcloudConfig, SourceAddresses, SourceFault, Sources, SourcesConfig, picture_address,
};
pub use tls::{Tls, plain_router};
pub use watching::{Kept, STATE as WATCHING_STATE, Watcher, WatchingConfig, watch};
