//! A second, naive implementation of the rules, and random commands that drive both.
//!
//! The naive queue is a plain list: no scores, entries are moved by swapping neighbours. The real one must show the
//! same order, the same votes and the same clock after every command, in all three orderings. The naive one remembers
//! every horn and comment for ever, and counts them again each time.

use crate::naive_autofill::NaiveAutofill;
use crate::room::{Room, person, preview, track};
use model::{CommentId, Entropy, EntryId, HornSound, MemberId, Role, SeededEntropy, TrackId, TrackPosition};
use nest::{
    Actor, Command, CommentText, Entry, EventKind, Nest, Ordering, Playback, Refusal, Rules, SettingsChange,
    VoteDirection, limits,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const HOUR_MICROS: i64 = 3_600_000_000;

#[derive(Clone, Debug, PartialEq)]
struct NaiveEntry {
    id: EntryId,
    song: u64,
    owner: Option<u64>,
    /// Voter, direction, counted.
    votes: Vec<(u64, VoteDirection, bool)>,
    /// Who jams along, first come first.
    jams: Vec<u64>,
    /// Comment and author.
    comments: Vec<(u64, u64)>,
    earned: bool,
}

impl From<&Entry> for NaiveEntry {
    fn from(entry: &Entry) -> Self {
        let number = |member: MemberId| member.as_u128() as u64;
        let votes = entry.votes.iter().map(|(voter, vote)| (number(*voter), vote.direction, vote.counted));
        Self {
            id: entry.id,
            song: entry.track.id.as_u128() as u64,
            owner: entry.added_by.member().map(number),
            votes: votes.collect(),
            jams: entry.jams.iter().map(|jam| number(jam.by)).collect(),
            comments: entry
                .comments
                .iter()
                .map(|comment| (comment.id.sequence(), number(comment.by)))
                .collect(),
            earned: entry.free_horn_earned,
        }
    }
}

impl NaiveEntry {
    fn tally(&self) -> i64 {
        let worth = |vote: &&(u64, VoteDirection, bool)| if vote.1 == VoteDirection::Up { 1 } else { -1 };
        self.votes.iter().filter(|vote| vote.2).map(|vote| worth(&vote)).sum()
    }
}

#[derive(Clone, Debug, Default)]
struct Naive {
    ordering: Ordering,
    queue: Vec<NaiveEntry>,
    playing: Option<NaiveEntry>,
    /// Who, when, whether free.
    horns: Vec<(u64, i64, bool)>,
    /// Who, when.
    comments: Vec<(u64, i64)>,
    free_horns: BTreeMap<u64, u32>,
    volume: u8,
    free_horn_jams: usize,
    /// Microseconds of the wall clock at position 0 while running, else the paused position in milliseconds.
    started_at: i64,
    paused_at: Option<i64>,
    autofill: NaiveAutofill,
}

impl Naive {
    fn add(&mut self, id: EntryId, song: u64, owner: Option<u64>, now: i64) {
        let entry = NaiveEntry {
            id,
            song,
            owner,
            votes: Vec::new(),
            jams: Vec::new(),
            comments: Vec::new(),
            earned: false,
        };
        let idle = self.playing.is_none() && self.queue.is_empty();
        if owner.is_some() {
            self.autofill.added_by_person(song, now);
        }
        self.insert(entry);
        if idle {
            self.start(now, now + limits::START_LEAD.as_micros() as i64);
        }
    }

    /// When what plays will have played through.
    fn end(&self) -> Option<i64> {
        self.paused_at.is_none().then_some(self.started_at + 180_000_000)
    }

    /// The clock of what plays changes now, as `change` says.
    fn change(&mut self, now: i64, change: impl FnOnce(&mut Self)) {
        self.autofill.stops(now, self.end());
        change(self);
        let own = self.playing.as_ref().is_some_and(|playing| playing.owner.is_none());
        if own && self.paused_at.is_none() {
            self.autofill.goes_on(now);
        }
    }

    /// Whether, with everything queued, it has played by itself for as long as it may.
    fn streak_is_over(&self, now: i64, minutes_max: u32) -> bool {
        let queue: Vec<_> = self.queue.iter().map(|entry| entry.owner).collect();
        let own = self.playing.as_ref().filter(|playing| playing.owner.is_none());
        let position = match self.paused_at {
            Some(position) => position * 1000,
            None => (now - self.started_at).div_euclid(1000).clamp(i64::MIN, 180_000) * 1000,
        };
        let left = own.map(|_| 180_000_000 - position.max(0));
        let ended = self.end().filter(|_| self.playing.is_some());
        self.autofill.is_over(ended.map_or(now, |end| end.min(now)), left, &queue, minutes_max)
    }

    fn insert(&mut self, entry: NaiveEntry) {
        let owner = entry.owner;
        if self.ordering != Ordering::Fair {
            self.queue.push(entry);
            return self.count_votes();
        }
        let nth = 1 + self.queue.iter().filter(|other| other.owner == owner).count();
        let overtaken = (0..self.queue.len()).find(|&at| {
            let other = self.queue[at].owner;
            at > 0
                && owner.is_some()
                && self.queue[..=at].iter().filter(|e| e.owner == other).count() == nth + 1
        });
        self.queue.insert(overtaken.unwrap_or(self.queue.len()), entry);
    }

    /// Where votes are the order, they are counted.
    fn count_votes(&mut self) {
        if self.ordering == Ordering::MostVotes {
            self.queue.sort_by_key(|entry| (-entry.tally(), entry.id));
        }
    }

    /// Plays the whole history again in another order: all come in, then every counted vote moves its entry.
    fn reorder(&mut self, ordering: Ordering) {
        self.ordering = ordering;
        let mut entries = std::mem::take(&mut self.queue);
        entries.sort_by_key(|entry| entry.id);
        for entry in entries.clone() {
            self.insert(entry);
        }
        if ordering != Ordering::MostVotes {
            for entry in entries {
                let direction = if entry.tally() > 0 { VoteDirection::Up } else { VoteDirection::Down };
                for _ in 0..entry.tally().abs() {
                    self.shift(entry.id, direction);
                }
            }
        }
    }

    fn start(&mut self, now: i64, started_at: i64) {
        if self.playing.is_some() {
            self.autofill.stops(now, self.end());
        }
        self.playing = None;
        self.paused_at = None;
        if !self.queue.is_empty() {
            let playing = self.queue.remove(0);
            self.autofill.starts(playing.song, playing.owner.is_some(), started_at);
            self.playing = Some(playing);
            self.started_at = started_at;
        }
    }

    fn entry(&mut self, id: EntryId) -> &mut NaiveEntry {
        self.queue.iter_mut().chain(&mut self.playing).find(|entry| entry.id == id).expect("known")
    }

    fn jam(&mut self, id: EntryId, member: u64, on: bool) {
        let needed = self.free_horn_jams;
        let entry = self.entry(id);
        entry.jams.retain(|&other| other != member || on);
        if on && !entry.jams.contains(&member) {
            entry.jams.push(member);
            let others = entry.jams.iter().filter(|&&other| Some(other) != entry.owner).count();
            if let Some(owner) = entry.owner
                && owner != member
                && needed > 0
                && others >= needed
                && !entry.earned
            {
                let horns = self.free_horns.entry(owner).or_default();
                if *horns < limits::FREE_HORNS_MAX {
                    *horns += 1;
                    self.entry(id).earned = true;
                }
            }
        }
    }

    /// Swaps with a neighbour; whether the move counts.
    fn shift(&mut self, id: EntryId, direction: VoteDirection) -> bool {
        let at = self.queue.iter().position(|entry| entry.id == id).expect("queued");
        match direction {
            VoteDirection::Up if at > 0 => self.queue.swap(at, at - 1),
            VoteDirection::Up => {}
            VoteDirection::Down if at + 1 < self.queue.len() => self.queue.swap(at, at + 1),
            VoteDirection::Down => return false,
        }
        true
    }

    fn vote(&mut self, id: EntryId, voter: u64, direction: Option<VoteDirection>) {
        let entry = self.queue.iter_mut().find(|entry| entry.id == id).expect("queued");
        let own = entry.owner == Some(voter);
        let earlier = entry.votes.iter().position(|vote| vote.0 == voter).map(|at| entry.votes.remove(at));
        if self.ordering == Ordering::MostVotes {
            entry.votes.extend(direction.map(|direction| (voter, direction, true)));
            entry.votes.sort_by_key(|vote| vote.0);
            return self.count_votes();
        }
        if let Some((_, direction, true)) = earlier {
            self.shift(id, direction.reversed());
        }
        if let Some(direction) = direction {
            let counted = self.shift(id, direction);
            let entry = self.queue.iter_mut().find(|entry| entry.id == id).expect("queued");
            if !own {
                entry.votes.push((voter, direction, counted));
                entry.votes.sort_by_key(|vote| vote.0);
            }
        }
    }
}

/// Chooses commands by chance, runs them on both, and compares after each.
struct Duel {
    room: Room,
    naive: Naive,
    chance: SeededEntropy,
    /// What has happened at the limits.
    seen: BTreeSet<&'static str>,
}

impl Duel {
    fn with_seed(seed: u64) -> Self {
        let naive = Naive { volume: 95, free_horn_jams: 5, ..Naive::default() };
        Self { room: Room::open(), naive, chance: SeededEntropy::from_seed(seed), seen: BTreeSet::new() }
    }

    /// One that is queued or plays.
    fn some_known(&mut self) -> Option<EntryId> {
        if self.chance.below(3) == 0 { self.room.playing() } else { self.some_entry() }
    }

    fn some_entry(&mut self) -> Option<EntryId> {
        let queue = self.room.order();
        queue.get(self.chance.below(queue.len() as u64) as usize).copied()
    }

    fn step(&mut self) {
        let passed = Duration::from_millis(self.chance.below(20_000));
        self.room.pass(passed);
        let now = self.room.now.micros();
        let member = 1 + self.chance.below(8);
        let who = person(member, Role::Host);
        match self.chance.below(32) {
            0..=6 => self.add(Some(member), &who, now),
            7 => self.add(None, &Actor::Nest, now),
            8..=12 => self.vote(member, &who),
            13 => {
                if let Some(entry) = self.some_entry() {
                    self.room.must(&who, &Command::Remove(entry));
                    self.naive.queue.retain(|other| other.id != entry);
                }
            }
            14 => self.remove_and_restore(&who, now),
            15 => self.pause_or_resume(&who, now),
            16 => {
                if self.room.run(&who, &Command::Skip(None)).is_ok() {
                    self.naive.start(now, now + limits::START_LEAD.as_micros() as i64);
                }
            }
            17 => self.seek(&who, now),
            18 => self.reorder(&who, now),
            19..=21 => self.jam(),
            22 => self.comment(member, now),
            23 => self.remove_comment(member),
            24 => self.blow(member, now),
            25 => self.turn(&who, now),
            26..=30 => self.autofill(member, &who, now),
            _ => self.advance(now),
        }
    }

    fn add(&mut self, owner: Option<u64>, who: &Actor, now: i64) {
        if self.room.order().len() < 60 {
            let song = self.chance.below(1_000_000);
            let id = self.room.add_as(who, song);
            self.naive.add(id, song, owner, now);
        }
    }

    fn vote(&mut self, member: u64, who: &Actor) {
        let Some(entry) = self.some_entry() else { return };
        let direction =
            [None, Some(VoteDirection::Up), Some(VoteDirection::Down)][self.chance.below(3) as usize];
        let changed = self.room.run(who, &Command::Vote(entry, direction));
        if let Ok(events) = &changed
            && let Some(EventKind::VoteCast { tally, .. }) = events.first().map(|event| &event.kind)
        {
            assert_eq!(Some(*tally), self.room.nest.queued(entry).map(|entry| entry.tally()));
        }
        if changed.is_ok_and(|events| !events.is_empty()) {
            self.naive.vote(entry, member, direction);
        }
    }

    fn remove_and_restore(&mut self, who: &Actor, now: i64) {
        if let Some(entry) = self.some_entry() {
            self.room.must(who, &Command::Remove(entry));
            self.room.must(who, &Command::Restore(Some(entry)));
            if self.naive.entry(entry).owner.is_some() {
                self.naive.autofill.awaken(now);
            }
        }
    }

    fn reorder(&mut self, who: &Actor, _now: i64) {
        let ordering =
            [Ordering::Fair, Ordering::MostVotes, Ordering::FirstCome][self.chance.below(3) as usize];
        let change = SettingsChange { ordering: Some(ordering), ..SettingsChange::default() };
        if !self.room.must(who, &Command::Configure(change)).is_empty() {
            self.naive.reorder(ordering);
            self.naive.autofill.rests = false;
        }
    }

    /// Some of the eight jam along, or stop.
    fn jam(&mut self) {
        let Some(entry) = self.some_known() else { return };
        let on = self.chance.below(4) > 0;
        for member in (1..=8).filter(|member| self.chance.below(8) < *member) {
            self.room.must(&person(member, Role::Guest), &Command::Jam(entry, on));
            self.naive.jam(entry, member, on);
        }
    }

    /// Says something several times.
    fn comment(&mut self, member: u64, now: i64) {
        let Some(entry) = self.some_known() else { return };
        let text = CommentText::parse("Listen!").expect("a text");
        for _ in 0..1 + self.chance.below(12) {
            let answer = self.room.run(&person(member, Role::Guest), &Command::Comment(entry, text.clone()));
            let recent = self.naive.comments.iter().rev().take_while(|said| now - said.1 < HOUR_MICROS);
            let own = recent.filter(|said| said.0 == member).count();
            let there = self.naive.entry(entry).comments.len();
            match answer {
                Ok(events) => {
                    assert!(own < 30 && there < 50);
                    self.naive.comments.push((member, now));
                    self.naive.entry(entry).comments.push((events[0].sequence, member));
                }
                Err(Refusal::TooManyComments) => {
                    assert_eq!(there, 50);
                    self.seen.insert("a full entry");
                }
                Err(Refusal::RateLimited { .. }) => {
                    assert_eq!(own, 30);
                    self.seen.insert("a long hour of comments");
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    fn remove_comment(&mut self, member: u64) {
        let Some(entry) = self.some_known() else { return };
        let comments = self.naive.entry(entry).comments.clone();
        let Some(&(id, author)) = comments.get(self.chance.below(comments.len() as u64) as usize) else {
            return;
        };
        let command = Command::RemoveComment(entry, CommentId::from_sequence(id));
        let answer = self.room.run(&person(member, Role::Member), &command);
        assert_eq!(answer.is_ok(), author == member);
        if answer.is_ok() {
            self.naive.entry(entry).comments.retain(|(other, _)| *other != id);
        }
    }

    /// Blows until the person is told that it is enough, or not so long.
    fn blow(&mut self, member: u64, now: i64) {
        for _ in 0..1 + self.chance.below(24) {
            let answer = self.room.run(&person(member, Role::Guest), &Command::Horn(HornSound::Caw));
            let recent = self.naive.horns.iter().rev().take_while(|horn| now - horn.1 < HOUR_MICROS);
            let own: Vec<_> = recent.filter(|horn| horn.0 == member && !horn.2).map(|horn| horn.1).collect();
            let expected = match (&self.naive.playing, self.naive.free_horns.get(&member)) {
                (None, _) => Err(Refusal::NothingPlaying),
                (Some(_), _) if own.len() < 20 => Ok(false),
                (Some(_), Some(_)) => Ok(true),
                (Some(_), None) => {
                    let wait = HOUR_MICROS - (now - own[19]);
                    Err(Refusal::RateLimited { retry_after: Duration::from_micros(wait.unsigned_abs()) })
                }
            };
            let blown = answer.map(|events| match &events[0].kind {
                EventKind::HornBlown { horn } => horn.free,
                other => panic!("{other:?}"),
            });
            assert_eq!(blown, expected);
            self.seen.insert(match expected {
                Ok(true) => "a free horn",
                Ok(false) => "a horn",
                Err(Refusal::NothingPlaying) => "silence",
                Err(_) => "a long hour of horns",
            });
            let Ok(free) = expected else { return };
            self.naive.horns.push((member, now, free));
            if free && let Some(left) = self.naive.free_horns.get_mut(&member) {
                *left -= 1;
                self.naive.free_horns.retain(|_, left| *left > 0);
            }
        }
    }

    fn turn(&mut self, who: &Actor, _now: i64) {
        let percent = self.chance.below(101) as u8;
        let jams = self.chance.below(7) as u32;
        self.room.must(who, &Command::Volume(percent));
        let minutes = [0, 4, 120][self.chance.below(3) as usize];
        let rules = Rules { streak_minutes_max: minutes, ..self.room.nest.settings().autofill_rules.clone() };
        if rules != self.room.nest.settings().autofill_rules {
            self.naive.autofill.preview = None;
        }
        let change = SettingsChange {
            free_horn_jams: Some(jams),
            autofill_rules: Some(rules),
            ..SettingsChange::default()
        };
        if !self.room.must(who, &Command::Configure(change)).is_empty() {
            self.naive.autofill.rests = false;
        }
        (self.naive.volume, self.naive.free_horn_jams) = (percent, jams as usize);
    }

    /// The nest finds, takes, loses and rests; people take and refuse what it found.
    fn autofill(&mut self, member: u64, who: &Actor, now: i64) {
        let shown = self.naive.autofill.preview;
        let song = self.chance.below(1_000_000);
        let over =
            self.naive.streak_is_over(now, self.room.nest.settings().autofill_rules.streak_minutes_max);
        match (self.chance.below(7), shown) {
            (0 | 1, None) => {
                let shown = !self.room.must(&Actor::Nest, &Command::Preview(preview(song))).is_empty();
                assert_eq!(shown, !self.naive.autofill.is_filtered(song, now));
                self.naive.autofill.preview = shown.then_some(song);
                self.seen.insert("a preview");
            }
            (0 | 1, Some(_)) => {
                assert!(self.room.must(&Actor::Nest, &Command::Preview(preview(song))).is_empty());
            }
            (2, Some(shown)) if self.room.order().len() < 60 => {
                let track = TrackId::from_u128(u128::from(shown));
                let events = self.room.must(who, &Command::QueuePreview(track));
                let EventKind::EntryAdded { entry, .. } = &events[0].kind else { panic!("{events:?}") };
                self.naive.add(entry.id, shown, Some(member), now);
                self.naive.jam(entry.id, member, true);
                self.seen.insert("a queued preview");
            }
            (3, Some(shown)) => {
                self.room.must(who, &Command::FilterPreview(TrackId::from_u128(u128::from(shown))));
                self.naive.autofill.filter(now);
                self.seen.insert("a filtered preview");
            }
            (6, _) => {
                let oldest = self.chance.below(2) == 0;
                let Some(song) = self.naive.autofill.refused(oldest) else { return };
                let events = self.room.must(who, &Command::Unfilter(TrackId::from_u128(u128::from(song))));
                assert_eq!(events.len(), 1);
                self.naive.autofill.unfilter(song);
                self.seen.insert("a filter taken back");
            }
            (4, _) => {
                let fills = self.naive.queue.is_empty() && !over && !self.naive.autofill.rests;
                let events = self.room.must(&Actor::Nest, &Command::Fill(Some(preview(song))));
                let waits = events.is_empty() && self.room.nest.autofill().waits;
                if fills && !waits {
                    let EventKind::EntryAdded { entry, .. } = &events[0].kind else { panic!("{events:?}") };
                    self.naive.add(entry.id, shown.unwrap_or(song), None, now);
                    self.naive.autofill.preview = None;
                    self.seen.insert("autofill");
                } else {
                    assert!(events.is_empty());
                }
            }
            (5, _) => {
                let rested = !self.room.must(&Actor::Nest, &Command::Rest).is_empty();
                assert_eq!(rested, over && !self.naive.autofill.rests);
                if rested {
                    self.naive.autofill.rests = true;
                    self.seen.insert("a rest");
                }
            }
            _ => {
                let other = Command::QueuePreview(TrackId::from_u128(u128::from(song) + 1_000_000));
                assert!(matches!(self.room.run(who, &other), Err(Refusal::OtherPreview { .. })));
            }
        }
    }

    fn pause_or_resume(&mut self, who: &Actor, now: i64) {
        if self.naive.playing.is_none() {
            return;
        }
        match self.naive.paused_at {
            None => {
                self.room.must(who, &Command::Pause);
                let position = (now - self.naive.started_at).div_euclid(1000).clamp(0, 180_000);
                self.naive.change(now, |naive| naive.paused_at = Some(position));
            }
            Some(position) => {
                self.room.must(who, &Command::Resume);
                self.naive.change(now, |naive| {
                    naive.started_at = now + limits::CHANGE_LEAD.as_micros() as i64 - position * 1000;
                    naive.paused_at = None;
                });
            }
        }
    }

    fn seek(&mut self, who: &Actor, now: i64) {
        let position = self.chance.below(180_001) as i64;
        if self.room.run(who, &Command::Seek(TrackPosition::from_millis(position))).is_ok() {
            self.naive.change(now, |naive| match &mut naive.paused_at {
                Some(paused_at) => *paused_at = position,
                None => naive.started_at = now + limits::CHANGE_LEAD.as_micros() as i64 - position * 1000,
            });
        }
    }

    fn advance(&mut self, now: i64) {
        self.room.must(&Actor::Nest, &Command::Advance);
        let lead = limits::START_LEAD.as_micros() as i64;
        let end = self.naive.started_at + 180_000_000;
        if self.naive.playing.is_none() {
            self.naive.start(now, now + lead);
        } else if self.naive.paused_at.is_none() && end <= now {
            let punctual = now - end <= limits::CATCH_UP_MAX.as_micros() as i64;
            self.naive.start(now, if punctual { end } else { now + lead });
        }
    }

    fn compare(&self, what: &str) {
        let nest = &self.room.nest;
        let real = nest.queue().iter().map(|entry| NaiveEntry::from(&**entry));
        assert_eq!(real.collect::<Vec<_>>(), self.naive.queue, "{what}");
        let playing = nest.playing().map(|playing| NaiveEntry::from(&*playing.entry));
        assert_eq!(playing, self.naive.playing, "{what}");
        let horns = nest.horns().iter().map(|horn| (horn.by.as_u128() as u64, horn.at.micros(), horn.free));
        let kept = self.naive.horns.len().saturating_sub(50);
        assert!(horns.eq(self.naive.horns[kept..].iter().copied()), "{what}");
        let free = nest.free_horns().iter().map(|(member, horns)| (member.as_u128() as u64, *horns));
        assert!(free.eq(self.naive.free_horns.clone()), "{what}: {:?}", self.naive.free_horns);
        assert_eq!(nest.volume_percent(), self.naive.volume, "{what}");
        if let Some(playing) = self.room.nest.playing() {
            match playing.playback {
                Playback::Paused { position } => {
                    assert_eq!(Some(position.millis()), self.naive.paused_at, "{what}")
                }
                Playback::Running { started_at } => {
                    assert_eq!(
                        (started_at.micros(), None),
                        (self.naive.started_at, self.naive.paused_at),
                        "{what}"
                    );
                }
            }
        }
        self.naive.autofill.compare(&self.room, what);
        let minutes_max = self.room.nest.settings().autofill_rules.streak_minutes_max;
        let over = self.naive.streak_is_over(self.room.now.micros(), minutes_max);
        assert_eq!(self.room.nest.autofill_streak_is_over(self.room.now), over, "{what}");
        let scores = self.room.scores();
        assert!(scores.iter().all(|score| score.is_finite()), "{what}");
    }

    /// The fold of the log, and of a snapshot and the rest of the log, is the state.
    fn replay(&self) {
        let log = &self.room.log;
        let mut replayed = Nest::from_first(&log[0]).expect("a first event");
        let middle = log.len() / 2;
        let mut resumed = None;
        for (at, event) in log.iter().enumerate().skip(1) {
            replayed.apply(event);
            if at == middle {
                resumed = Some(Nest::from_snapshot(replayed.snapshot()));
            } else if let Some(resumed) = &mut resumed {
                resumed.apply(event);
            }
        }
        assert_eq!(replayed, self.room.nest);
        assert!(resumed.is_none_or(|resumed| resumed == self.room.nest));
    }
}

fn duel(seed: u64, steps: u64) -> BTreeSet<&'static str> {
    let mut duel = Duel::with_seed(seed);
    for step in 0..steps {
        duel.step();
        let what = format!("seed {seed}, step {step}");
        duel.compare(&what);
        if step % 16 == 0 || step + 1 == steps {
            duel.naive.autofill.compare_lists(&duel.room, &what);
        }
    }
    duel.replay();
    duel.seen
}

/// Seeds that once showed something, and a spread of others. Two million commands in all.
#[test]
fn the_nest_agrees_with_the_naive_model_over_millions_of_commands() {
    let mut seen = BTreeSet::new();
    for seed in 0..400 {
        seen.extend(duel(seed, 5_000));
    }
    let limits = [
        "a filter taken back",
        "a filtered preview",
        "a free horn",
        "a full entry",
        "a horn",
        "a long hour of comments",
        "a long hour of horns",
        "a preview",
        "a queued preview",
        "a rest",
        "autofill",
        "silence",
    ];
    assert_eq!(seen, BTreeSet::from(limits), "chance must reach every limit");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_nest_agrees_with_the_naive_model_for_any_seed(seed: u64) {
        duel(seed, 400);
    }

    #[test]
    fn no_command_of_a_stranger_panics(seed: u64, millis in any::<i64>(), sequence in any::<u64>()) {
        let mut duel = Duel::with_seed(seed);
        (0..50).for_each(|_| duel.step());
        let entry = EntryId::from_sequence(sequence);
        let commands = [
            Command::Seek(TrackPosition::from_millis(millis)), Command::Remove(entry), Command::Restore(Some(entry)),
            Command::Vote(entry, Some(VoteDirection::Down)), Command::Skip(Some(entry)), Command::GiveUp(entry),
            Command::Add(track(sequence)), Command::Clear, Command::Restore(None), Command::Jam(entry, true),
            Command::Jam(entry, false), Command::Comment(entry, CommentText::parse("?").expect("a text")),
            Command::RemoveComment(entry, CommentId::from_sequence(sequence)), Command::Horn(HornSound::Gong),
            Command::Volume(sequence as u8), Command::QueuePreview(TrackId::from_u128(7)),
            Command::FilterPreview(TrackId::from_u128(7)), Command::Unfilter(TrackId::from_u128(7)), Command::Fill(None), Command::Rest,
            Command::Preview(preview(sequence)), Command::DropPreview(TrackId::from_u128(7)),
        ];
        for role in [Role::Guest, Role::Member, Role::Host] {
            for command in &commands {
                let _ = duel.room.run(&person(3, role), command);
            }
        }
        duel.replay();
    }
}
