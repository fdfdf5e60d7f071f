//! Links that let somebody in: the first administrator, new members, and one's own further devices.

use model::{InvitationId, MemberId, ServerRole, WallTime};
use std::time::Duration;

/// The most people one invitation can bring.
pub const INVITATION_USES_MAX: u32 = 100;
/// The shortest life of an invitation.
pub const INVITATION_LIFETIME_MIN: Duration = Duration::from_secs(60);
/// The longest life of an invitation.
pub const INVITATION_LIFETIME_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a link to sign in on another device lasts.
pub const SIGN_IN_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// What a link does for the person who follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first visitor the administrator.
    Setup,
    /// Makes the visitor a member with this role.
    Join(ServerRole),
    /// Signs this member in on another device.
    SignIn(MemberId),
}

/// A link. Its secret is stored beside it as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Id.
    pub id: InvitationId,
    /// What it does.
    pub purpose: Purpose,
    /// Who made it; `None`: the server itself.
    pub created_by: Option<MemberId>,
    /// When it was made.
    pub created_at: WallTime,
    /// When it ends.
    pub expires_at: WallTime,
    /// How many people may still use it.
    pub uses_left: u32,
}

impl Invitation {
    /// Whether it still opens.
    pub fn is_open(&self, now: WallTime) -> bool {
        self.uses_left > 0 && now < self.expires_at
    }
}
