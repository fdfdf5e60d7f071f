//! The server as a whole: what it is, whether it lives, whether it can serve.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a visitor may know before signing in. `GET /api/v1/server`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServerInfo {
    /// The community's name.
    pub name: String,
    /// The version of the running binary.
    pub version: String,
    /// The version of the HTTP and socket contract.
    pub protocol: u32,
    /// Whether the first administrator has yet to be made.
    pub needs_setup: bool,
    /// How many tracks the library has.
    pub track_count: u64,
    /// Whether the synthesised demo pieces are in the library.
    pub has_demo: bool,
    /// The services people can sign in with, in the order to offer them.
    pub sign_in: Vec<SignInProvider>,
    /// The largest file that can be uploaded, in bytes.
    pub upload_bytes_max: u64,
}

/// A service people can sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInProvider {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// `GET /health`: exactly this, touching nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: String,
}

/// `GET /ready`: 200 when every check passes, 503 otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Whether the server can serve.
    pub ready: bool,
    /// Each thing it depends on.
    pub checks: Vec<ReadinessCheck>,
}

/// One thing the server depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReadinessCheck {
    /// What was checked.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// What is wrong and what to do, when it does not.
    pub detail: Option<String>,
}

/// `GET /health/deep`: 200 when every part is well, 503 otherwise; for administrators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeepHealth {
    /// Whether every part is well.
    pub well: bool,
    /// When somebody looked; it is not looked again for a few seconds.
    pub at_ms: i64,
    /// Each part.
    pub parts: Vec<HealthPart>,
    /// What is bad now, and who watches tells of.
    pub alerts: Vec<ActiveAlert>,
}

/// A part of the server, looked at closely.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthPart {
    /// `database`, `schema`, `disk`, `memory`, `backups`, `certificate`, `jobs`, `clock` or, where there is one, `bus`.
    pub name: String,
    /// How it is.
    pub state: PartState,
    /// What was seen.
    pub value: String,
    /// What to do, when it is not well.
    pub advice: Option<String>,
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// It is well.
    Well,
    /// It is not.
    Wrong,
    /// There is nothing to be looked at: it is not set up here, or not known yet.
    Unknown,
}

/// An alert that is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActiveAlert {
    /// The rule's name.
    pub rule: String,
    /// Of what, where there are several: a disk, a certificate.
    pub about: String,
    /// Whether it has lasted long enough to be told; else it is pending.
    pub firing: bool,
    /// Since when.
    pub since_ms: i64,
    /// What was seen.
    pub value: String,
}

/// `POST /canary` at the private door: on whom a release is tried that another process of this machine runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Canary {
    /// The socket in the file system at which that process answers those who are chosen.
    pub to: String,
    /// The release. On other releases others come first.
    pub release: String,
    /// How many people of a hundred, up to 100.
    pub percent: u8,
    /// By what they are chosen.
    #[serde(default)]
    pub cohort: CanaryCohort,
    /// Names of members who are chosen always.
    #[serde(default)]
    pub always: Vec<String>,
    /// After how many seconds it ends, unless it is said anew.
    pub seconds: u32,
}

/// By what people are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CanaryCohort {
    /// By who they are: all their devices.
    #[default]
    Member,
    /// By the device or token.
    Session,
}

/// `GET /slot` at the private door: where one process of a server stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    /// `serving`, `waiting`, `leaving` or `ending`.
    pub stance: String,
    /// How many connections and sockets it has.
    pub visitors: u64,
    /// Its version.
    pub version: String,
    /// Its process id.
    pub process: u32,
}
