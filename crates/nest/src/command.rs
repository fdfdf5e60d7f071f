//! What can be asked of a nest, and by whom.

use crate::{NestName, VoteDirection};
use model::{ActionSet, Contributor, EntryId, MemberId, Role, TrackPosition, TrackSummary};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person with a role in this nest.
    Person {
        /// Who.
        id: MemberId,
        /// Their name now.
        name: String,
        /// Their role here.
        role: Role,
    },
    /// The nest itself: its timer, or its autofill.
    Nest,
}

impl Actor {
    pub(crate) const fn member(&self) -> Option<MemberId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Nest => None,
        }
    }

    pub(crate) fn contributor(&self) -> Contributor {
        match self {
            Self::Person { id, name, .. } => Contributor::Person { id: *id, name: name.clone() },
            Self::Nest => Contributor::Autofill,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Add a track to the queue in its fair place; if nothing plays, it starts.
    Add(TrackSummary),
    /// Remove an entry from the queue.
    Remove(EntryId),
    /// Take a removal back: of one entry, or of all that the last clearing removed.
    Restore(Option<EntryId>),
    /// Empty the queue. What plays goes on.
    Clear,
    /// Vote on an entry, or (`None`) take the vote back.
    Vote(EntryId, Option<VoteDirection>),
    /// Pause.
    Pause,
    /// Resume.
    Resume,
    /// End what plays and go on. With an entry: only if that one plays.
    Skip(Option<EntryId>),
    /// Move to a position.
    Seek(TrackPosition),
    /// Change settings; what is absent stays.
    Configure(SettingsChange),
    /// Make another person the host.
    HandOver(MemberId),
    /// Close the nest for good.
    Close,
    /// By the nest: what plays may have ended.
    Advance,
    /// By the nest: this entry's file cannot be played.
    GiveUp(EntryId),
}

/// Changed settings; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// Name.
    pub name: Option<NestName>,
    /// Whether the nest plays on from the library.
    pub autofill: Option<bool>,
    /// Whether guests may take part.
    pub guests_allowed: Option<bool>,
    /// How many entries the queue may hold.
    pub queue_entries_max: Option<u32>,
    /// What members may do.
    pub member_actions: Option<ActionSet>,
    /// What guests may do.
    pub guest_actions: Option<ActionSet>,
}
