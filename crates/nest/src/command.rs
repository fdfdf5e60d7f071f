//! What can be asked of a nest, and by whom.

use crate::{CommentText, NestName, Ordering, Person, Preview, Rules, VoteDirection};
use model::{
    ActionSet, CommentId, Contributor, EntryId, HornSound, MemberId, Role, Slug, TrackId, TrackPosition,
    TrackSummary,
};

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
    /// Jam along to an entry, queued or playing, or stop.
    Jam(EntryId, bool),
    /// Say something about an entry, queued or playing.
    Comment(EntryId, CommentText),
    /// Remove what somebody said.
    RemoveComment(EntryId, CommentId),
    /// Blow a horn. A free one, if the person has blown as many as they may in an hour and has one.
    Horn(HornSound),
    /// Say how loud the room is, 0 to 100.
    Volume(u8),
    /// Add what the nest would choose next, which must be this track, as one's own.
    QueuePreview(TrackId),
    /// Not this track, which the nest would choose next.
    FilterPreview(TrackId),
    /// This track may be chosen again, although somebody filtered it. Without effect if nobody has.
    Unfilter(TrackId),
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
    /// Let nobody in any more but those who are there: these, and whoever locks it.
    Lock(Vec<MemberId>),
    /// Let people in again.
    Unlock,
    /// Put somebody out who has this role here, with what they queued, until they are let in again.
    Kick(Person, Role),
    /// Let in somebody who was put out, or who stands before the locked door.
    LetIn(MemberId),
    /// Close the nest for good.
    Close,
    /// By the nest: what plays may have ended.
    Advance,
    /// By the nest: this is what it would choose next. Without effect while it has another that is no worse.
    Preview(Preview),
    /// By the nest: what it would choose next is not to be had any more.
    DropPreview(TrackId),
    /// By the nest: play on with what it would choose next, or else with this.
    Fill(Option<Preview>),
    /// By the nest: it has played on by itself for as long as it may.
    Rest,
    /// By the nest: this entry's file cannot be played.
    GiveUp(EntryId),
}

/// Changed settings; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// Name.
    pub name: Option<NestName>,
    /// The word that leads to it; `Some(None)`: none.
    pub slug: Option<Option<Slug>>,
    /// Whether the nest plays on from the library.
    pub autofill: Option<bool>,
    /// How it does so.
    pub autofill_rules: Option<Rules>,
    /// Whether guests may take part.
    pub guests_allowed: Option<bool>,
    /// How many entries the queue may hold.
    pub queue_entries_max: Option<u32>,
    /// In which order it plays what waits.
    pub ordering: Option<Ordering>,
    /// How many jams by others earn a free horn; 0: none are to be had.
    pub free_horn_jams: Option<u32>,
    /// What members may do.
    pub member_actions: Option<ActionSet>,
    /// What guests may do.
    pub guest_actions: Option<ActionSet>,
}
