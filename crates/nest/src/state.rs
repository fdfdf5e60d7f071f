//! A nest: the fold of its events.

use crate::{
    AutofillState, Door, Entry, Event, EventKind, Horn, Ordering, Pace, Playing, Seed, Settings, limits,
};
use model::{EntryId, MemberId, TrackId, WallTime};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// A nest as of some event of its log. Cloning is cheap: entries are shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Nest {
    pub(crate) sequence: u64,
    pub(crate) last_event_at: WallTime,
    pub(crate) last_person_at: WallTime,
    pub(crate) settings: Settings,
    pub(crate) host: Option<MemberId>,
    /// In order of `(score, id)`.
    pub(crate) queue: Vec<Arc<Entry>>,
    pub(crate) playing: Option<Playing>,
    /// Oldest first.
    pub(crate) removals: VecDeque<Removal>,
    /// Oldest first.
    pub(crate) recent: VecDeque<TrackId>,
    pub(crate) autofill: AutofillState,
    /// Oldest first.
    pub(crate) horns: VecDeque<Arc<Horn>>,
    pub(crate) horn_pace: Pace,
    pub(crate) comment_pace: Pace,
    /// Never 0.
    pub(crate) free_horns: BTreeMap<MemberId, u32>,
    pub(crate) volume_percent: u8,
    pub(crate) door: Door,
    pub(crate) closed: bool,
}

/// An entry that was removed and can be brought back.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// The entry as it was.
    pub entry: Arc<Entry>,
    /// When it was removed.
    pub at: WallTime,
    /// Who removed it.
    pub by: Option<MemberId>,
    /// The ordering its score is of.
    pub ordering: Ordering,
    /// The event that cleared the whole queue, if that is how it went.
    pub cleared_by_event: Option<u64>,
}

/// All of a nest in the open, for storage.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the state's field of that name")]
pub struct Snapshot {
    pub sequence: u64,
    pub last_event_at: WallTime,
    pub last_person_at: WallTime,
    pub settings: Settings,
    pub host: Option<MemberId>,
    pub queue: Vec<Arc<Entry>>,
    pub playing: Option<Playing>,
    pub removals: Vec<Removal>,
    pub recent: Vec<TrackId>,
    pub autofill: AutofillState,
    pub horns: Vec<Arc<Horn>>,
    pub horn_pace: Pace,
    pub comment_pace: Pace,
    pub free_horns: BTreeMap<MemberId, u32>,
    pub volume_percent: u8,
    pub door: Door,
    pub closed: bool,
}

impl Nest {
    /// A new nest and the first event of its log.
    pub fn open(settings: Settings, host: Option<MemberId>, now: WallTime) -> (Self, Event) {
        Self::open_from(settings, host, None, now)
    }

    /// A new nest that plays on from `seed` before anybody asks for something, and the first event of its log.
    pub fn open_from(
        settings: Settings,
        host: Option<MemberId>,
        seed: Option<Seed>,
        now: WallTime,
    ) -> (Self, Event) {
        let kind = EventKind::Opened { settings: settings.clone(), host, seed: seed.clone() };
        let nest = Self {
            sequence: 1,
            last_event_at: now,
            last_person_at: now,
            settings,
            host,
            queue: Vec::new(),
            playing: None,
            removals: VecDeque::new(),
            recent: VecDeque::new(),
            autofill: AutofillState { seed: seed.map(Arc::new), ..AutofillState::default() },
            horns: VecDeque::new(),
            horn_pace: Pace::default(),
            comment_pace: Pace::default(),
            free_horns: BTreeMap::new(),
            volume_percent: limits::VOLUME_PERCENT_DEFAULT,
            door: Door::default(),
            closed: false,
        };
        (nest, Event { sequence: 1, at: now, by: host, kind })
    }

    /// The nest whose log begins with `event`; `None` if a log cannot begin so.
    pub fn from_first(event: &Event) -> Option<Self> {
        match &event.kind {
            EventKind::Opened { settings, host, seed } if event.sequence == 1 => {
                Some(Self::open_from(settings.clone(), *host, seed.clone(), event.at).0)
            }
            _ => None,
        }
    }

    /// Everything, for storage.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            sequence: self.sequence,
            last_event_at: self.last_event_at,
            last_person_at: self.last_person_at,
            settings: self.settings.clone(),
            host: self.host,
            queue: self.queue.clone(),
            playing: self.playing.clone(),
            removals: self.removals.iter().cloned().collect(),
            recent: self.recent.iter().copied().collect(),
            autofill: self.autofill.clone(),
            horns: self.horns.iter().cloned().collect(),
            horn_pace: self.horn_pace.clone(),
            comment_pace: self.comment_pace.clone(),
            free_horns: self.free_horns.clone(),
            volume_percent: self.volume_percent,
            door: self.door.clone(),
            closed: self.closed,
        }
    }

    /// The nest that was stored.
    pub fn from_snapshot(snapshot: Snapshot) -> Self {
        let mut queue = snapshot.queue;
        queue.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.id.cmp(&b.id)));
        Self {
            sequence: snapshot.sequence,
            last_event_at: snapshot.last_event_at,
            last_person_at: snapshot.last_person_at,
            settings: snapshot.settings,
            host: snapshot.host,
            queue,
            playing: snapshot.playing,
            removals: snapshot.removals.into(),
            recent: snapshot.recent.into(),
            autofill: snapshot.autofill,
            horns: snapshot.horns.into(),
            horn_pace: snapshot.horn_pace,
            comment_pace: snapshot.comment_pace,
            free_horns: snapshot.free_horns,
            volume_percent: snapshot.volume_percent,
            door: snapshot.door,
            closed: snapshot.closed,
        }
    }

    /// The sequence number of the last event that is in this state.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The host; `None`: administrators host it.
    pub const fn host(&self) -> Option<MemberId> {
        self.host
    }

    /// What comes next, in order.
    pub fn queue(&self) -> &[Arc<Entry>] {
        &self.queue
    }

    /// The entry with this id, if it is queued.
    pub fn queued(&self, entry: EntryId) -> Option<&Arc<Entry>> {
        self.queue.iter().find(|queued| queued.id == entry)
    }

    /// The entry with this id, if it is queued or plays.
    pub fn entry(&self, entry: EntryId) -> Option<&Arc<Entry>> {
        let playing = self.playing.iter().map(|playing| &playing.entry);
        self.queue.iter().chain(playing).find(|known| known.id == entry)
    }

    /// The last [`limits::HORNS_KEPT_MAX`] horns, oldest first.
    pub const fn horns(&self) -> &VecDeque<Arc<Horn>> {
        &self.horns
    }

    /// How many free horns people have; nobody has none.
    pub const fn free_horns(&self) -> &BTreeMap<MemberId, u32> {
        &self.free_horns
    }

    /// How loud the room is, 0 to 100: a hint.
    pub const fn volume_percent(&self) -> u8 {
        self.volume_percent
    }

    /// What plays.
    pub const fn playing(&self) -> Option<&Playing> {
        self.playing.as_ref()
    }

    /// Tracks that are queued or playing, and the last `recent_max` that played: what autofill avoids.
    pub fn tracks_to_avoid(&self, recent_max: usize) -> impl Iterator<Item = TrackId> {
        let queued = self.queue.iter().map(|entry| entry.track.id);
        let playing = self.playing.iter().map(|playing| playing.entry.track.id);
        self.recent.iter().rev().take(recent_max).copied().chain(queued).chain(playing)
    }

    /// Whether the nest was closed for good.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// When the driver should issue [`crate::Command::Advance`]; `None`: nothing will happen by itself.
    pub fn next_deadline(&self) -> Option<WallTime> {
        match (&self.playing, self.queue.is_empty()) {
            _ if self.closed => None,
            (Some(playing), _) => playing.ends_at(),
            (None, false) => Some(self.last_event_at),
            (None, true) => None,
        }
    }

    /// When the track after the one that plays is needed: [`limits::AUTOFILL_LEAD`] before the end, or now if nothing
    /// plays. `None`: not as long as it is paused.
    pub fn next_needed_at(&self) -> Option<WallTime> {
        match &self.playing {
            Some(playing) => playing.ends_at().map(|end| end.minus(limits::AUTOFILL_LEAD)),
            None => Some(self.last_event_at),
        }
    }
}
