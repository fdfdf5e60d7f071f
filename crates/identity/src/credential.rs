//! Members, the devices they are signed in on, and the API tokens they made.

use crate::{MemberName, ScopeSet};
use model::{DeviceId, MemberId, ServerRole, TokenId, WallTime};
use std::time::Duration;

/// A device is signed out after this long without a request.
pub const DEVICE_IDLE_MAX: Duration = Duration::from_secs(90 * 24 * 3600);
/// The longest life of an API token that has an end.
pub const TOKEN_LIFETIME_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// The longest label of a device or token, in characters.
pub const TOKEN_LABEL_CHARS_MAX: usize = 80;

/// A person this server knows: a member, an administrator, or a guest who gave a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Name.
    pub name: MemberName,
    /// What they are on this server.
    pub role: ServerRole,
    /// When they came.
    pub created_at: WallTime,
}

/// A browser or app that is signed in. Its secret is stored beside it as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Id.
    pub id: DeviceId,
    /// Whose.
    pub member: MemberId,
    /// What it calls itself.
    pub label: String,
    /// When it signed in.
    pub created_at: WallTime,
    /// When it was last heard of.
    pub last_seen_at: WallTime,
}

impl Device {
    /// Whether it has been away too long to be let in.
    pub fn has_expired(&self, now: WallTime) -> bool {
        now.since(self.last_seen_at) > DEVICE_IDLE_MAX
    }
}

/// A token for programs. Its secret is stored beside it as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Id.
    pub id: TokenId,
    /// Whose.
    pub member: MemberId,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// When it was made.
    pub created_at: WallTime,
    /// When it was last used.
    pub last_used_at: Option<WallTime>,
    /// When it ends; `None`: until it is revoked.
    pub expires_at: Option<WallTime>,
}

impl ApiToken {
    /// Whether its time is over.
    pub fn has_expired(&self, now: WallTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
