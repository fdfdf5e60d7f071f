//! Sign-in with other services: who of the people they vouch for may come in, and what is kept of their accounts.
//!
//! Deliberately not here: talking to those services (see `providers`) and cookies (see `server`).

use crate::{MEMBER_NAME_CHARS_MAX, MemberName, SealFor, Sealed};
use model::{IdentityId, MemberId, WallTime};
use std::time::Duration;

/// How long a person may take at the other service.
pub const SIGN_IN_ATTEMPT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The most accounts elsewhere that sign one member in.
pub const IDENTITIES_PER_MEMBER_MAX: usize = 10;

/// Whose verified addresses make members at their first sign-in. Whoever is linked already, or holds an invitation, does
/// not need to be named here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// Nobody: members are invited.
    #[default]
    InvitedOnly,
    /// Addresses of these domains, in lower case.
    Domains(Vec<String>),
    /// Everybody for whose address the service vouches.
    Everybody,
}

impl Admission {
    /// Reads a list such as `example.org, @example.com`. An empty one admits nobody who is not invited; `*` admits
    /// everybody and has to be said.
    pub fn parse(text: &str) -> Self {
        // Lists of YAML and JSON too: that is how many have written them.
        let parts =
            text.split(|c: char| matches!(c, ',' | ';' | '[' | ']' | '"' | '\'') || c.is_whitespace());
        let domains = parts.map(|part| part.trim_start_matches('@').to_lowercase());
        let domains: Vec<String> = domains.filter(|domain| !domain.is_empty()).collect();
        if domains.iter().any(|domain| domain == "*") {
            Self::Everybody
        } else if domains.is_empty() {
            Self::InvitedOnly
        } else {
            Self::Domains(domains)
        }
    }

    /// Whether this address makes a member. A subdomain is another domain.
    pub fn admits(&self, email: &str) -> bool {
        match self {
            Self::InvitedOnly => false,
            Self::Everybody => email.contains('@'),
            Self::Domains(domains) => email
                .rsplit_once('@')
                .is_some_and(|(_, domain)| domains.iter().any(|allowed| *allowed == domain.to_lowercase())),
        }
    }
}

/// An account elsewhere that signs a member in. Who it is, is said by `issuer` and `subject` together; the address may
/// change hands and is only kept to be shown to its owner and to administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Id.
    pub id: IdentityId,
    /// Whose.
    pub member: MemberId,
    /// The issuer, letter for letter.
    pub issuer: String,
    /// The issuer's name of the account.
    pub subject: String,
    /// The verified address, sealed as [`IdentityAddress`] says.
    pub address: Sealed,
    /// When it was linked.
    pub created_at: WallTime,
    /// When it last signed somebody in.
    pub last_used_at: WallTime,
}

/// What addresses are sealed for.
#[derive(Clone, Copy, Debug)]
pub struct IdentityAddress;

impl IdentityAddress {
    /// For the address of the identity with this id.
    pub const fn of(identity: &str) -> SealFor<'_> {
        SealFor { purpose: "identity address", owner: identity }
    }
}

/// The name of a newcomer, from what a service says. Never from the address, which is nobody's business.
pub fn name_from_elsewhere(said: &str) -> MemberName {
    let cut: String = model::visible_line(said).chars().take(MEMBER_NAME_CHARS_MAX).collect();
    MemberName::parse(&cut).unwrap_or_else(|_| MemberName::newcomer())
}

/// Where a browser may be sent after signing in: a page of this server, nowhere else.
pub fn page_to_return_to(wanted: &str) -> &str {
    const BYTES_MAX: usize = 512;
    let is_path = wanted.starts_with('/') && !wanted.starts_with("//");
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_page = !wanted.starts_with("/api/") && !wanted.starts_with("/sign-in");
    if is_path && is_plain && is_page && wanted.len() <= BYTES_MAX { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_admits_nobody_who_was_not_invited() {
        for text in ["", " , ", "@", ";\n"] {
            assert_eq!(Admission::parse(text), Admission::InvitedOnly, "{text:?}");
            assert!(!Admission::parse(text).admits("ana@example.org"), "{text:?}");
        }
    }

    #[test]
    fn a_list_admits_its_domains_letter_for_letter() {
        let list = Admission::parse("Example.org, @team.example.com");
        assert_eq!(Admission::parse(r#"["Example.org", '@team.example.com']"#), list);
        assert!(list.admits("Ana@EXAMPLE.ORG") && list.admits("ben@team.example.com"));
        for other in [
            "ana@sub.example.org",
            "ana@notexample.org",
            "ana@example.org.evil.test",
            "ana@example.org@evil.test",
            "example.org",
            "",
        ] {
            assert!(!list.admits(other), "{other}");
        }
    }

    #[test]
    fn everybody_has_to_be_said() {
        assert!(Admission::parse("*").admits("ana@anywhere.example"));
        assert!(Admission::parse("example.org *").admits("ana@anywhere.example"));
        assert!(!Admission::parse("*.example.org").admits("ana@sub.example.org"), "a pattern is no domain");
    }

    #[test]
    fn a_name_from_elsewhere_is_bounded_and_never_empty() {
        assert_eq!(name_from_elsewhere("Ana\u{202e}  Lu").as_str(), "Ana Lu");
        assert_eq!(name_from_elsewhere(&"x".repeat(400)).as_str().len(), MEMBER_NAME_CHARS_MAX);
        assert!(!name_from_elsewhere(" ").as_str().is_empty());
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for page in ["/", "/nest/main", "/nest/main?x=1#y"] {
            assert_eq!(page_to_return_to(page), page);
        }
        for other in [
            "",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "/\t/evil.test",
            "/a\r\nset-cookie: x",
            "/api/v1/session",
            "/sign-in?problem=x",
            "/ä",
        ] {
            assert_eq!(page_to_return_to(other), "/", "{other:?}");
        }
        assert_eq!(page_to_return_to(&format!("/{}", "x".repeat(600))), "/");
    }
}
