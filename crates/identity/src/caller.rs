//! Who is asking, and how far their proof reaches.

use crate::Member;
use model::{DeviceId, ServerRole, TokenId};

/// What a token may do. Each reaches as far as the ones before it, but never further than its maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

impl Scope {
    /// Every scope, weakest first.
    pub const ALL: [Self; 4] = [Self::Listen, Self::Add, Self::Control, Self::Administer];
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// Whether a holder may do what `scope` names: the strongest scope held decides.
    pub fn reaches(self, scope: Scope) -> bool {
        Scope::ALL.iter().any(|&held| held >= scope && self.0 & (1 << held as u8) != 0)
    }

    /// The scopes of the set, weakest first.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |&scope| self.0 & (1 << scope as u8) != 0)
    }

    /// The set as a number, for storage.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set that was stored as a number; bits that name no scope are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b1111)
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | 1 << scope as u8))
    }
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A signed-in browser: everything the person may do.
    Device(DeviceId),
    /// An API token: what its scopes reach.
    Token(TokenId, ScopeSet),
}

/// A person who is asking for something, with their proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub member: Member,
    /// How they proved it.
    pub proof: Proof,
}

impl Caller {
    /// Whether the proof reaches as far as `scope`.
    pub fn reaches(&self, scope: Scope) -> bool {
        match self.proof {
            Proof::Device(_) => true,
            Proof::Token(_, scopes) => scopes.reaches(scope),
        }
    }

    /// Whether the caller may administer the server.
    pub fn administers(&self) -> bool {
        self.member.role == ServerRole::Administrator && self.reaches(Scope::Administer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_scope_reaches_what_weaker_ones_do() {
        let control: ScopeSet = [Scope::Control].into_iter().collect();
        assert!(control.reaches(Scope::Listen) && control.reaches(Scope::Control));
        assert!(!control.reaches(Scope::Administer));
    }

    #[test]
    fn no_scope_reaches_nothing() {
        assert!(!Scope::ALL.iter().any(|&scope| ScopeSet::default().reaches(scope)));
    }

    #[test]
    fn a_set_survives_its_number() {
        let set: ScopeSet = [Scope::Listen, Scope::Administer].into_iter().collect();
        assert_eq!(ScopeSet::from_bits(set.bits()), set);
        assert_eq!(ScopeSet::from_bits(0xf0), ScopeSet::default());
    }
}
