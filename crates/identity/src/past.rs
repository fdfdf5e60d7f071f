//! People of the past: those whom an imported history knows by an address and who have not come yet. Each is a member
//! who cannot sign in, until somebody comes with that very address, verified: then the member, and the history, is theirs.
//!
//! Deliberately not here: reading histories (see `server`) and storage (see `database`).

use crate::{BlindIndex, MEMBER_NAME_CHARS_MAX, MemberName, SealFor, Sealed, Sealer};
use model::{MemberId, WallTime};

/// The longest address that is taken for one, in bytes (RFC 5321, section 4.5.3.1).
pub const ADDRESS_BYTES_MAX: usize = 254;

/// A member of whom nothing but an address is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastMember {
    /// Id.
    pub id: MemberId,
    /// A name made of the address, see [`name_of_address`].
    pub name: MemberName,
    /// What the address is found by.
    pub index: BlindIndex,
    /// The address, sealed as [`PastAddress`] says.
    pub address: Sealed,
    /// When the history was imported.
    pub created_at: WallTime,
}

/// What addresses of past members are sealed for, and how they are found.
#[derive(Clone, Copy, Debug)]
pub struct PastAddress;

impl PastAddress {
    const PURPOSE: &str = "past member address";

    /// For the address of the member with this id.
    pub const fn of(member: &str) -> SealFor<'_> {
        SealFor { purpose: Self::PURPOSE, owner: member }
    }

    /// What an address is found by: the same for every way to capitalise it.
    pub fn index(sealer: &Sealer, address: &str) -> BlindIndex {
        sealer.index(Self::PURPOSE, &Self::folded(address))
    }

    /// The same, and what it was found by before, while a key takes over from another.
    pub fn indexes(sealer: &Sealer, address: &str) -> Vec<BlindIndex> {
        sealer.indexes(Self::PURPOSE, &Self::folded(address))
    }

    fn folded(address: &str) -> String {
        address.trim().to_lowercase()
    }
}

/// Whether a text may be an address: something on both sides of one `@`.
pub fn is_address(text: &str) -> bool {
    text.len() <= ADDRESS_BYTES_MAX
        && text.split_once('@').is_some_and(|(local, domain)| {
            let is_part =
                |part: &str| !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && c != '@');
            is_part(local) && is_part(domain)
        })
}

/// A name for somebody of whom only the address is known: what stands before the `@`, without a tag, as words. Nothing of
/// the domain is in it.
pub fn name_of_address(address: &str) -> MemberName {
    let local = address.split('@').next().unwrap_or_default();
    let plain = model::visible_line(local.split('+').next().unwrap_or_default());
    let words = plain.split(['.', '_', '-', ' ']).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(capitalised).collect();
    let name: String = words.join(" ").chars().take(MEMBER_NAME_CHARS_MAX).collect();
    MemberName::parse(&name).unwrap_or_else(|_| MemberName::newcomer())
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest.flat_map(char::to_lowercase)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServerSecret;

    #[test]
    fn a_name_is_made_of_what_stands_before_the_at_alone() {
        for (address, name) in [
            ("ana@example.org", "Ana"),
            ("ana.lu@example.org", "Ana Lu"),
            ("ANA_maria-lu+spotify@example.org", "Ana Maria Lu"),
            ("...@example.org", "Newcomer"),
            ("@example.org", "Newcomer"),
            ("\u{202e}x@example.org", "X"),
            ("7up@example.org", "7up"),
        ] {
            assert_eq!(name_of_address(address).as_str(), name, "{address}");
        }
        assert_eq!(name_of_address(&"x".repeat(200)).as_str().len(), MEMBER_NAME_CHARS_MAX);
    }

    #[test]
    fn an_address_is_found_however_it_is_capitalised_and_with_this_secret_alone() {
        let sealer = |byte| Sealer::new(&ServerSecret::new([byte; 32]));
        let index = |byte, address| PastAddress::index(&sealer(byte), address);
        assert_eq!(index(1, "Ana@Example.org "), index(1, "ana@example.org"));
        assert_ne!(index(1, "ana@example.org"), index(1, "ben@example.org"));
        assert_ne!(index(1, "ana@example.org"), index(2, "ana@example.org"));
    }

    #[test]
    fn only_what_has_two_sides_is_an_address() {
        assert!(is_address("ana@example.org") && is_address("ana@localhost"));
        for text in ["", "ana", "@", "ana@", "@example.org", "a@b@c", "a b@c", "a@b\n"] {
            assert!(!is_address(text), "{text:?}");
        }
        assert!(!is_address(&format!("{}@x", "a".repeat(300))));
    }
}
