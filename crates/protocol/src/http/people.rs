//! People: sessions, devices, guests, invitations and API tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person is on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerRole {
    /// Came by a nest's link and gave a name.
    Guest,
    /// Was invited.
    Member,
    /// Runs the server.
    Administrator,
}

/// A person, as everybody sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What they are on this server.
    pub role: ServerRole,
}

/// Who this browser is signed in as. `GET /api/v1/session`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The person; absent when nobody is signed in.
    pub person: Option<Person>,
    /// The device this browser is known as.
    pub device_id: Option<String>,
    /// The person's picture, if they brought one from the service they signed in with.
    pub avatar_url: Option<String>,
}

/// `POST /api/v1/setup`: the first visitor becomes the administrator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupBody {
    /// The secret of the link that the server printed when it started.
    pub token: String,
    /// The administrator's name, 1 to 40 characters.
    pub name: String,
}

/// `POST /api/v1/guests`: join a nest by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestBody {
    /// The guest's name, 1 to 40 characters.
    pub name: String,
    /// The code of the nest whose link was followed.
    pub nest: String,
}

/// `POST /api/v1/invitations`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitationBody {
    /// `member` or `administrator`.
    pub role: ServerRole,
    /// How many people may use it, 1 to 100.
    pub uses_max: u32,
    /// How long it lasts, one minute to 30 days.
    pub expires_in_s: u64,
}

/// An invitation, as its maker sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Id.
    pub id: String,
    /// What it makes of people.
    pub role: ServerRole,
    /// How many people may still use it.
    pub uses_left: u32,
    /// When it ends.
    pub expires_at_ms: i64,
    /// When it was made.
    pub created_at_ms: i64,
}

/// A new invitation with its link, shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreatedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The link to hand on.
    pub url: String,
}

/// What an invitation's link leads to, before it is used. `GET /api/v1/invitations/preview?token=…`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InvitationPreview {
    /// The community's name.
    pub server_name: String,
    /// Who invites.
    pub invited_by: String,
    /// What it makes of the visitor.
    pub role: ServerRole,
    /// Set when the link signs an existing person in on another device: no name is asked then.
    pub signs_in_as: Option<String>,
}

/// `POST /api/v1/invitations/redeem`: for an invitation or a sign-in link.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemBody {
    /// The secret of the link.
    pub token: String,
    /// The new member's name, 1 to 40 characters; not needed for a sign-in link.
    pub name: Option<String>,
}

/// A link that signs the same person in on another device. `POST /api/v1/session/links`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// The link, good once.
    pub url: String,
    /// When it ends.
    pub expires_at_ms: i64,
}

/// A browser or app that is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// Id.
    pub id: String,
    /// What it calls itself, for example `Firefox on Linux`.
    pub label: String,
    /// When it signed in.
    pub created_at_ms: i64,
    /// When it was last heard of, within a minute.
    pub last_seen_at_ms: i64,
    /// Whether it is the one asking.
    pub current: bool,
}

/// A token to give to a socket client as its connection token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SocketToken {
    /// The token.
    pub token: String,
    /// How long it is good for.
    pub expires_in_s: u64,
}

/// What an API token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read nests and the library, subscribe, stream.
    Listen,
    /// Add to queues, vote, jam along, comment and blow horns.
    Add,
    /// Pause, skip, seek, remove, open nests, upload.
    Control,
    /// Everything its maker may do.
    Administer,
}

/// `POST /api/v1/tokens`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTokenBody {
    /// What it is for, 1 to 80 characters.
    pub label: String,
    /// What it may do; at least one.
    pub scopes: Vec<Scope>,
    /// How long it lasts, up to 366 days; absent: until it is revoked.
    pub expires_in_s: Option<u64>,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApiToken {
    /// Id.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it was last used, within a minute.
    pub last_used_at_ms: Option<i64>,
    /// When it ends; absent: until it is revoked.
    pub expires_at_ms: Option<i64>,
}

/// A new API token with its secret, shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// The token.
    pub token: ApiToken,
    /// The secret: send it as `Authorization: Bearer …`.
    pub secret: String,
}
