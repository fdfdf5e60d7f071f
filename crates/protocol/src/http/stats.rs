//! What was played, in numbers.

use super::Credit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was played from one moment to another. `GET /api/v1/stats`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stats {
    /// From when.
    pub from_ms: i64,
    /// Until when.
    pub to_ms: i64,
    /// Plays of each day that has some, oldest first.
    pub days: Vec<DayStats>,
    /// Plays of each hour of the day, from midnight on: 24 numbers.
    pub hours: Vec<u64>,
    /// Who added what was played, most first.
    pub people: Vec<PersonStats>,
    /// What people added, most loved first.
    pub songs: Vec<SongStats>,
    /// Who jammed along to whose songs, most first.
    pub jams: Vec<JamStats>,
}

/// Jams of one person along to what another one had added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JamStats {
    /// Who jammed along.
    pub by: Credit,
    /// Whose songs it were.
    pub of: Credit,
    /// How often.
    pub jams: u64,
}

/// Calls of this server to services. `GET /api/v1/stats/providers`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderStats {
    /// From when.
    pub from_ms: i64,
    /// Until when.
    pub to_ms: i64,
    /// Counted for each day, service and outcome, oldest first.
    pub calls: Vec<ProviderCalls>,
}

/// Calls to one service on one day with one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderCalls {
    /// The date, `2026-11-20`.
    pub date: String,
    /// `spotify`, `youtube`, `soundcloud` or `sign_in`.
    pub provider: String,
    /// How it went.
    pub outcome: CallOutcome,
    /// How many.
    pub calls: u64,
}

/// How a call to a service went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// It was answered.
    Answered,
    /// The service refused it.
    Refused,
    /// The service asks to wait.
    Limited,
    /// The service had a fault or could not be reached.
    Failed,
}

/// Sign-ins with other services. `GET /api/v1/stats/sign-ins`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInStats {
    /// From when.
    pub from_ms: i64,
    /// Until when.
    pub to_ms: i64,
    /// Counted for each day, service and outcome, oldest first.
    pub sign_ins: Vec<SignIns>,
}

/// Sign-ins with one service on one day with one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignIns {
    /// The date, `2026-11-20`.
    pub date: String,
    /// The service's name in addresses, as in `google`.
    pub service: String,
    /// How it went.
    pub outcome: SignInOutcome,
    /// How many.
    pub sign_ins: u64,
}

/// How a sign-in with another service went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInOutcome {
    /// Somebody came in, or linked an account.
    Succeeded,
    /// They did not prove who they are, are not admitted here, or did not want to.
    Refused,
    /// The service, or this server, had a fault.
    Failed,
}

/// A day by the server's time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayStats {
    /// The date, `2026-11-20`.
    pub date: String,
    /// How many songs were played.
    pub plays: u64,
}

/// Somebody whose songs were played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonStats {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// How many songs.
    pub plays: u64,
}

/// A song that was played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SongStats {
    /// Its id.
    pub track_id: String,
    /// Which song of which service it is; absent for a track of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Title.
    pub title: String,
    /// Artist; may be empty.
    pub artist: String,
    /// How often it was played.
    pub plays: u64,
    /// Votes for it, less votes against it, over all these plays.
    pub tally: i64,
}
