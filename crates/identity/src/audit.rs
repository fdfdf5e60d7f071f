//! What the audit log says: who did what that has consequences, to what, when, and from where.
//!
//! Deliberately not here: secrets of any kind, whole addresses, and what people listen to (a nest's own log has that).

use model::{AuditId, Entropy, MemberId, WallTime};
use std::net::IpAddr;
use std::time::Duration;

/// How long a line is kept.
pub const AUDIT_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// How many lines are kept; beyond, the oldest go.
pub const AUDIT_LINES_MAX: u64 = 200_000;
/// The longest text of a line, in characters; the rest is cut off.
pub const AUDIT_TEXT_CHARS_MAX: usize = 120;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        /// Something that has consequences.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditAction { $($(#[$doc])* $name),+ }

        impl AuditAction {
            /// Every action, in the order a filter shows them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name in storage and on the network; it never changes.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

actions! {
    /// Somebody came in: a session began.
    SignedIn = "signed_in";
    /// A sign-in was refused or failed.
    SignInFailed = "sign_in_failed";
    /// A session was ended.
    SignedOut = "signed_out";
    /// An account elsewhere was linked to a member.
    IdentityLinked = "identity_linked";
    /// And unlinked.
    IdentityUnlinked = "identity_unlinked";
    /// An account of a music service was connected by its owner.
    AccountConnected = "account_connected";
    /// And disconnected.
    AccountDisconnected = "account_disconnected";
    /// A client id of a music service was brought.
    ClientIdBrought = "client_id_brought";
    /// And taken away.
    ClientIdRemoved = "client_id_removed";
    /// Somebody new is known here.
    MemberJoined = "member_joined";
    /// Somebody is something else on this server.
    RoleChanged = "role_changed";
    /// Somebody was removed from this server.
    MemberRemoved = "member_removed";
    /// An invitation was made.
    InvitationMade = "invitation_made";
    /// An invitation or sign-in link was followed.
    InvitationUsed = "invitation_used";
    /// An invitation was withdrawn.
    InvitationRevoked = "invitation_revoked";
    /// A link that signs its maker in elsewhere was made.
    SignInLinkMade = "sign_in_link_made";
    /// An API token was made.
    TokenMade = "token_made";
    /// And revoked.
    TokenRevoked = "token_revoked";
    /// A nest was opened.
    NestOpened = "nest_opened";
    /// Its settings changed.
    NestConfigured = "nest_configured";
    /// It has another host.
    NestHandedOver = "nest_handed_over";
    /// Nobody comes in any more but who was there.
    NestLocked = "nest_locked";
    /// People come in again.
    NestUnlocked = "nest_unlocked";
    /// Somebody was put out of it.
    NestKicked = "nest_kicked";
    /// And let in again, or let through its locked door.
    NestLetIn = "nest_let_in";
    /// It was closed for good.
    NestClosed = "nest_closed";
    /// A webhook was added to a nest.
    WebhookAdded = "webhook_added";
    /// And removed.
    WebhookRemoved = "webhook_removed";
    /// A track left the library.
    TrackDeleted = "track_deleted";
}

impl AuditAction {
    /// The action with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Id; lines made later sort later.
    pub id: AuditId,
    /// When.
    pub at: WallTime,
    /// Who; `None`: the server itself, or somebody unknown.
    pub by: Option<MemberId>,
    /// What.
    pub action: AuditAction,
    /// The id of what it was done to; empty if that is the person alone.
    pub subject: String,
    /// A few words for people: a name, a label, a reason. Never a secret.
    pub detail: String,
    /// The network it came from, by [`network_of`]; empty if it is not known.
    pub network: String,
}

impl AuditEntry {
    /// A line about now. Texts are bounded and made visible.
    pub fn new(action: AuditAction, now: WallTime, entropy: &mut dyn Entropy) -> Self {
        let id = AuditId::generate(now, entropy);
        let (subject, detail, network) = (String::new(), String::new(), String::new());
        Self { id, at: now, by: None, action, subject, detail, network }
    }

    /// Says who.
    #[must_use]
    pub fn by(self, member: MemberId) -> Self {
        Self { by: Some(member), ..self }
    }

    /// Says from where.
    #[must_use]
    pub fn from(self, address: IpAddr) -> Self {
        Self { network: network_of(address), ..self }
    }

    /// Says to what.
    #[must_use]
    pub fn about(self, subject: impl ToString) -> Self {
        Self { subject: bounded(&subject.to_string()), ..self }
    }

    /// Says more.
    #[must_use]
    pub fn saying(self, detail: impl ToString) -> Self {
        Self { detail: bounded(&detail.to_string()), ..self }
    }
}

fn bounded(text: &str) -> String {
    model::visible_line(text).chars().take(AUDIT_TEXT_CHARS_MAX).collect()
}

/// The network of an address: enough to see that somebody came from elsewhere, too little to follow a person. IPv4 keeps
/// 24 bits, IPv6 48; loopback is only called that.
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        address if address.is_loopback() => "loopback".to_owned(),
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    #[test]
    fn an_address_keeps_its_network_and_loses_its_person() {
        for (address, network) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("127.0.0.1", "loopback"),
            ("::1", "loopback"),
        ] {
            assert_eq!(network_of(address.parse().unwrap()), network);
        }
    }

    #[test]
    fn every_action_is_found_by_its_name() {
        for &action in AuditAction::ALL {
            assert_eq!(AuditAction::of_name(action.name()), Some(action));
        }
        assert_eq!(AuditAction::of_name("anything"), None);
    }

    #[test]
    fn what_people_typed_is_bounded_and_on_one_line() {
        let entry = AuditEntry::new(
            AuditAction::TokenMade,
            WallTime::from_micros(1),
            &mut SeededEntropy::from_seed(1),
        );
        let entry = entry.saying(format!("a\nb\u{202e}{}", "x".repeat(500)));
        assert_eq!(entry.detail.chars().count(), AUDIT_TEXT_CHARS_MAX);
        assert!(entry.detail.starts_with("a b"), "{}", entry.detail);
    }
}
