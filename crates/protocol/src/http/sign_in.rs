//! Sign-in with other services, the people of a server, and the audit log.

use super::ServerRole;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/sign-in/{provider}`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartSignInBody {
    /// The page of this server to come back to; `/` unless said.
    pub return_to: Option<String>,
    /// The secret of an invitation that the newcomer holds.
    pub invitation: Option<String>,
}

/// `POST /api/v1/session/identities`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIdentityBody {
    /// The id of the service.
    pub provider: String,
    /// The page of this server to come back to; `/settings` unless said.
    pub return_to: Option<String>,
}

/// A sign-in that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInStarted {
    /// Where to send the browser.
    pub url: String,
}

/// An account of another service that signs a member in. Only its owner and administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identity {
    /// Id.
    pub id: String,
    /// The service's name for people.
    pub provider_name: String,
    /// The verified address, as of the last sign-in.
    pub address: String,
    /// When it was linked.
    pub created_at_ms: i64,
    /// When it last signed somebody in.
    pub last_used_at_ms: i64,
}

/// A person, as administrators see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What they are on this server.
    pub role: ServerRole,
    /// When they came.
    pub created_at_ms: i64,
    /// When they were last heard of, within a minute; absent: not since that is kept.
    pub last_seen_at_ms: Option<i64>,
    /// The accounts that sign them in.
    pub identities: Vec<Identity>,
}

/// People in order of arrival. `GET /api/v1/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberPage {
    /// The people.
    pub members: Vec<Member>,
    /// Where to go on; absent at the end.
    pub next_cursor: Option<String>,
}

/// `PATCH /api/v1/members/{id}`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMemberBody {
    /// `member` or `administrator`.
    pub role: ServerRole,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Id; later lines sort later.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// What, as in `signed_in`. More may come.
    pub action: String,
    /// The id of whoever did it; absent: the server itself, or somebody unknown.
    pub by: Option<String>,
    /// Their name as it is now; absent when they are gone.
    pub by_name: Option<String>,
    /// The id of what it was done to; empty if that is the person alone.
    pub subject: String,
    /// A few words.
    pub detail: String,
    /// The network it came from, as in `203.0.113.0/24`; never a whole address. Empty if it is not known.
    pub network: String,
}

/// Lines of the audit log, newest first. `GET /api/v1/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The lines.
    pub entries: Vec<AuditEntry>,
    /// Where to go on; absent at the end.
    pub next_cursor: Option<String>,
    /// Every action there is, for a filter.
    pub actions: Vec<String>,
}
