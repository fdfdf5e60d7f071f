//! Who may do what: roles on the server, roles in a nest, and the permissions a nest opens or closes.

use crate::MemberId;

/// What a person is on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServerRole {
    /// Came by a nest's link and gave a name.
    Guest,
    /// Was invited.
    Member,
    /// Runs the server.
    Administrator,
}

/// What a person is in one nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A named guest.
    Guest,
    /// A member of the server.
    Member,
    /// Opened the nest, was handed it, or administers the server.
    Host,
}

/// Something a nest may allow or forbid to a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Add a track to the queue.
    Add,
    /// Vote entries up and down.
    Vote,
    /// Jam along to entries.
    Jam,
    /// Comment on entries. One's own comment may always be removed.
    Comment,
    /// Blow horns.
    Horn,
    /// Remove an entry somebody else added. One's own may always be removed.
    RemoveOthers,
    /// Empty the queue.
    Clear,
    /// Pause and resume.
    Pause,
    /// Skip what is playing.
    Skip,
    /// Move within what is playing.
    Seek,
    /// Say how loud the room is.
    Volume,
    /// Change the nest's name, limits and permissions.
    Configure,
}

impl Action {
    /// Every action, in the order settings show them.
    pub const ALL: [Self; 12] = [
        Self::Add,
        Self::Vote,
        Self::Jam,
        Self::Comment,
        Self::Horn,
        Self::RemoveOthers,
        Self::Clear,
        Self::Pause,
        Self::Skip,
        Self::Seek,
        Self::Volume,
        Self::Configure,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActionSet(u16);

impl ActionSet {
    /// No action.
    pub const NONE: Self = Self(0);

    /// These actions.
    pub const fn of(actions: &[Action]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < actions.len() {
            bits |= actions[at].bit();
            at += 1;
        }
        Self(bits)
    }

    /// Every action.
    pub const fn all() -> Self {
        Self::of(&Action::ALL)
    }

    /// Whether `action` is in the set.
    pub const fn contains(self, action: Action) -> bool {
        self.0 & action.bit() != 0
    }

    /// The actions of the set, in the order of [`Action::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL.into_iter().filter(move |&action| self.contains(action))
    }
}

impl FromIterator<Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        Self(actions.into_iter().fold(0, |bits, action| bits | action.bit()))
    }
}

/// What each role may do in a nest. The host may always do everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// What members may do.
    pub member: ActionSet,
    /// What guests may do.
    pub guest: ActionSet,
}

impl Permissions {
    /// How a nest starts: everybody adds, votes, jams, comments and blows horns, members also pause, skip and say how
    /// loud it is.
    pub const DEFAULT: Self = Self {
        member: ActionSet::of(&[
            Action::Add,
            Action::Vote,
            Action::Jam,
            Action::Comment,
            Action::Horn,
            Action::RemoveOthers,
            Action::Pause,
            Action::Skip,
            Action::Volume,
        ]),
        guest: ActionSet::of(&[Action::Add, Action::Vote, Action::Jam, Action::Comment, Action::Horn]),
    };

    /// Whether `role` may do `action`.
    pub const fn allow(self, role: Role, action: Action) -> bool {
        match role {
            Role::Host => true,
            Role::Member => self.member.contains(action),
            Role::Guest => self.guest.contains(action),
        }
    }
}

/// Who put something into a nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contributor {
    /// A member or named guest, with the name at that moment.
    Person {
        /// Who.
        id: MemberId,
        /// The name at that moment.
        name: String,
    },
    /// The nest itself, because the queue had run dry.
    Autofill,
}

impl Contributor {
    /// The person, unless it was the nest itself.
    pub const fn member(&self) -> Option<MemberId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Autofill => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = ActionSet::of(&[Action::Seek, Action::Add]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Action::Add, Action::Seek]);
        assert_eq!(set.iter().collect::<ActionSet>(), set);
    }

    #[test]
    fn a_host_may_do_everything() {
        let closed = Permissions { member: ActionSet::NONE, guest: ActionSet::NONE };
        assert!(Action::ALL.iter().all(|&action| closed.allow(Role::Host, action)));
        assert!(!Action::ALL.iter().any(|&action| closed.allow(Role::Guest, action)));
    }
}
