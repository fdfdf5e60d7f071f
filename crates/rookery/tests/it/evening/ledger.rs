//! What people were told was done, and what the log says: nothing acknowledged is lost, nothing is done twice, and the
//! state that the log folds to is the one that is served.

use database::{Database, Options, nests as log};
use model::NestCode;
use nest::{Entry, Event, EventKind, Nest, Outcome, Playback};
use protocol::http::{self as wire, NestState};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tokio::runtime::Runtime;

/// An entry that somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Added {
    pub entry: u64,
    pub by: String,
}

pub struct Ledger {
    runtime: Runtime,
    database: Database,
    nest: model::NestId,
    replay: Option<Nest>,
    pub events: Vec<Event>,
    /// Entries that were acknowledged.
    pub added: BTreeSet<Added>,
    /// Commands that were acknowledged and always are an event, by its name.
    pub told: BTreeMap<&'static str, u64>,
}

impl Ledger {
    /// Reads the log of the main nest in this folder, beside the server.
    pub fn open(folder: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("sqlite:{}", folder.join("rookery.db").display());
        let (database, nest) = runtime.block_on(async {
            let database = Database::open(&url, Options::default()).await.unwrap();
            let record = log::find_by_code(&database, NestCode::MAIN).await.unwrap().unwrap();
            (database, record.id)
        });
        Self {
            runtime,
            database,
            nest,
            replay: None,
            events: Vec::new(),
            added: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    pub fn added(&mut self, entry: u64, by: &str) {
        assert!(self.added.insert(Added { entry, by: by.to_owned() }), "{entry} was told of twice");
    }

    pub fn told(&mut self, what: &'static str) {
        *self.told.entry(what).or_default() += 1;
    }

    /// Reads on and replays, up to `offset`.
    pub fn read_to(&mut self, offset: u64) {
        while (self.events.len() as u64) < offset {
            let from = self.events.len() as u64 + 1;
            let page = self.runtime.block_on(log::read(&self.database, self.nest, from, 1_000)).unwrap();
            assert!(!page.is_empty(), "the log ends at {from}, and {offset} was served");
            for event in page.into_iter().take_while(|event| event.sequence <= offset) {
                assert_eq!(event.sequence, self.events.len() as u64 + 1, "a hole, or an event twice");
                match &mut self.replay {
                    None => self.replay = Nest::from_first(&event),
                    Some(nest) => nest.apply(&event),
                }
                self.events.push(event);
            }
        }
    }

    /// The replay is the state that is served at the same offset.
    pub fn check_replay(&self, offset: u64, served: &NestState) {
        let replay = self.replay.as_ref().expect("the log begins");
        assert_eq!(replay.sequence(), offset);
        assert_eq!(of_replay(replay), of_served(served), "replay and served state at {offset}");
    }

    /// Exactly what was acknowledged was done.
    pub fn check_done(&self) {
        let mut in_log = BTreeSet::new();
        for event in &self.events {
            if let (EventKind::EntryAdded { entry, .. }, Some(by)) = (&event.kind, event.by) {
                in_log.insert(Added { entry: entry.id.sequence(), by: by.to_string() });
            }
        }
        assert_eq!(in_log, self.added, "entries that people added, in the log and acknowledged");
        for (what, count) in &self.told {
            assert_eq!(self.count(what), *count, "{what}: in the log and acknowledged");
        }
    }

    /// Every entry that ever waited has started, was taken out, or waits.
    pub fn check_fates(&self, served: &NestState) {
        let mut waiting = BTreeSet::new();
        for event in &self.events {
            match &event.kind {
                EventKind::EntryAdded { entry, .. } | EventKind::EntryRestored { entry } => {
                    waiting.insert(entry.id.sequence());
                }
                EventKind::PlaybackStarted { entry, .. } | EventKind::EntryRemoved { entry } => {
                    assert!(waiting.remove(&entry.sequence()), "{entry:?} left a queue it was not in");
                }
                EventKind::QueueCleared => waiting.clear(),
                _ => {}
            }
        }
        assert_eq!(waiting, served.queue.iter().map(|entry| entry.id).collect());
    }

    /// Entries that were taken out within the last minutes and not brought back, oldest first.
    pub fn taken_out(&self, now_ms: i64) -> Vec<u64> {
        let mut taken = Vec::new();
        for event in &self.events {
            match &event.kind {
                EventKind::EntryRemoved { entry } if now_ms - event.at.millis() < 500_000 => {
                    taken.push(entry.sequence());
                }
                EventKind::EntryRestored { entry } => taken.retain(|id| *id != entry.id.sequence()),
                _ => {}
            }
        }
        taken
    }

    /// How many events of this name the log has.
    pub fn count(&self, what: &str) -> u64 {
        self.events.iter().filter(|event| name(&event.kind) == what).count() as u64
    }
}

/// The names under which events are counted.
pub fn name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::EntryAdded { .. } => "added",
        EventKind::Commented { .. } => "commented",
        EventKind::HornBlown { .. } => "horn",
        EventKind::PlaybackStarted { .. } => "started",
        EventKind::PlaybackEnded { outcome: Outcome::Skipped, .. } => "skipped",
        EventKind::PlaybackEnded { .. } => "finished",
        EventKind::PlaybackChanged { change: nest::PlaybackChange::Paused, .. } => "paused",
        EventKind::PlaybackChanged { change: nest::PlaybackChange::Resumed, .. } => "resumed",
        EventKind::PlaybackChanged { change: nest::PlaybackChange::Seeked, .. } => "seeked",
        EventKind::QueueCleared => "cleared",
        EventKind::EntryRemoved { .. } => "removed",
        EventKind::TrackFiltered { .. } => "filtered",
        EventKind::VoteCast { .. } => "voted",
        EventKind::Jammed { .. } => "jammed",
        _ => "other",
    }
}

fn entry_of_replay(entry: &Entry) -> Value {
    let votes = |way| -> BTreeSet<String> {
        let votes = entry.votes.iter().filter(|(_, vote)| vote.direction == way);
        votes.map(|(voter, _)| voter.to_string()).collect()
    };
    json!({
        "id": entry.id.sequence(), "score": entry.score, "tally": entry.tally(),
        "track": entry.track.id.to_string(), "by": entry.added_by.member().map(|by| by.to_string()),
        "up": votes(nest::VoteDirection::Up), "down": votes(nest::VoteDirection::Down),
        "jams": entry.jams.iter().map(|jam| json!([jam.by.to_string(), jam.at.millis()])).collect::<Vec<_>>(),
        "comments": entry.comments.iter().map(|it| json!([it.id.sequence(), it.text.to_string()])).collect::<Vec<_>>(),
    })
}

fn entry_of_served(entry: &wire::Entry) -> Value {
    let by = match &entry.added_by {
        wire::Contributor::Person { id, .. } => Some(id),
        wire::Contributor::Autofill => None,
    };
    json!({
        "id": entry.id, "score": entry.score, "tally": entry.tally, "track": entry.track.id, "by": by,
        "up": BTreeSet::from_iter(&entry.votes.up), "down": BTreeSet::from_iter(&entry.votes.down),
        "jams": entry.jams.iter().map(|jam| json!([jam.by, jam.at_ms])).collect::<Vec<_>>(),
        "comments": entry.comments.iter().map(|it| json!([it.id, it.text])).collect::<Vec<_>>(),
    })
}

fn of_replay(nest: &Nest) -> Value {
    let clock = |playback| match playback {
        Playback::Running { started_at } => json!({"since": started_at.millis()}),
        Playback::Paused { position } => json!({"at": position.millis()}),
    };
    let settings = nest.settings();
    let free: BTreeMap<_, _> = nest.free_horns().iter().map(|(id, horns)| (id.to_string(), *horns)).collect();
    json!({
        "queue": nest.queue().iter().map(|entry| entry_of_replay(entry)).collect::<Vec<_>>(),
        "playing": nest.playing().map(|it| json!([entry_of_replay(&it.entry), clock(it.playback)])),
        "horns": nest.horns().iter().map(|horn| horn.id.sequence()).collect::<Vec<_>>(),
        "free_horns": free, "volume": nest.volume_percent(), "name": settings.name.to_string(),
        "ordering": format!("{:?}", settings.ordering), "autofill": settings.autofill,
        "preview": nest.autofill().preview.as_ref().map(|preview| preview.track.id.to_string()),
        "rests": nest.autofill().rests, "locked": nest.door().is_locked(),
    })
}

fn of_served(state: &NestState) -> Value {
    let clock = |playback| match playback {
        wire::Playback::Running { started_at_ms } => json!({"since": started_at_ms}),
        wire::Playback::Paused { position_ms } => json!({"at": position_ms}),
    };
    json!({
        "queue": state.queue.iter().map(entry_of_served).collect::<Vec<_>>(),
        "playing": state.playing.as_ref().map(|it| json!([entry_of_served(&it.entry), clock(it.playback)])),
        "horns": state.horns.iter().map(|horn| horn.id).collect::<Vec<_>>(),
        "free_horns": state.free_horns, "volume": state.volume_percent, "name": state.settings.name,
        "ordering": format!("{:?}", state.settings.ordering), "autofill": state.settings.autofill,
        "preview": state.autofill.preview.as_ref().map(|preview| &preview.track.id),
        "rests": state.autofill.state == wire::AutofillState::Resting, "locked": state.locked,
    })
}
