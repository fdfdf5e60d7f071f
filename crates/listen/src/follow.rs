//! From what a nest says and what time it is at its server: what should sound now, where in it, and what comes then.
//!
//! Pure. The server starts the next song exactly where the playing one ends, so the end of a song is known before it is
//! announced; here that is relied on. Times are milliseconds since 1970 by the server's clock.

use protocol::http::{Entry, NestState, Playback};

/// A song and when it sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot<'n> {
    /// The song.
    pub entry: &'n Entry,
    /// When its beginning is heard.
    pub starts_at_ms: f64,
}

impl Slot<'_> {
    /// When it gives way to the next song.
    pub fn ends_at_ms(&self) -> f64 {
        self.starts_at_ms + self.entry.track.duration_ms as f64
    }
}

/// What should sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan<'n> {
    /// Nothing plays.
    Nothing,
    /// A song waits at a place.
    Paused {
        /// The song.
        entry: &'n Entry,
        /// The place.
        position_ms: f64,
    },
    /// A song sounds, or is about to begin (`position_ms` below zero).
    Playing {
        /// The song.
        current: Slot<'n>,
        /// The place.
        position_ms: f64,
    },
    /// A song is over and what follows has not been announced.
    Between,
}

/// What should sound at a moment of the server's clock.
pub fn plan_at(nest: &NestState, server_ms: f64) -> Plan<'_> {
    let Some(playing) = nest.playing.as_ref().filter(|_| !nest.closed) else { return Plan::Nothing };
    let started_at_ms = match playing.playback {
        Playback::Paused { position_ms } => {
            return Plan::Paused { entry: &playing.entry, position_ms: position_ms as f64 };
        }
        Playback::Running { started_at_ms } => started_at_ms as f64,
    };
    let current = Slot { entry: &playing.entry, starts_at_ms: started_at_ms };
    let following = nest.queue.first().map(|entry| Slot { entry, starts_at_ms: current.ends_at_ms() });
    if server_ms < current.ends_at_ms() {
        return Plan::Playing { current, position_ms: server_ms - current.starts_at_ms };
    }
    // The announcement is on its way, or the network is gone: go on as the server does.
    match following {
        Some(slot) if server_ms < slot.ends_at_ms() => {
            Plan::Playing { current: slot, position_ms: server_ms - slot.starts_at_ms }
        }
        _ => Plan::Between,
    }
}

impl<'n> Plan<'n> {
    /// The song that is on, sounding or paused.
    pub fn entry(&self) -> Option<&'n Entry> {
        match *self {
            Self::Playing { current, .. } => Some(current.entry),
            Self::Paused { entry, .. } => Some(entry),
            Self::Nothing | Self::Between => None,
        }
    }

    /// The place in it; below zero before it begins.
    pub fn position_ms(&self) -> Option<f64> {
        match *self {
            Self::Playing { position_ms, .. } | Self::Paused { position_ms, .. } => Some(position_ms),
            Self::Nothing | Self::Between => None,
        }
    }
}

/// When each queued entry will begin if nobody intervenes; `None` while what plays is paused or nothing does.
pub fn begins_at_ms(nest: &NestState) -> Option<Vec<f64>> {
    let playing = nest.playing.as_ref()?;
    let Playback::Running { started_at_ms } = playing.playback else { return None };
    let mut at_ms = (started_at_ms + playing.entry.track.duration_ms) as f64;
    let begins = nest.queue.iter().map(|entry| {
        let begins = at_ms;
        at_ms += entry.track.duration_ms as f64;
        begins
    });
    Some(begins.collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::fold::{Place, fold, place};
    use proptest::prelude::*;
    use protocol::http::Outcome;
    use protocol::publication::{NestEvent, NestPublication, PlaybackChange};
    use serde_json::json;

    pub(crate) fn entry(id: u64, duration_ms: i64) -> Entry {
        serde_json::from_value(json!({
            "id": id,
            "track": {
                "id": format!("track{id}"), "title": format!("Song {id}"), "artist": "A", "album": "", "duration_ms": duration_ms,
                "artwork_url": null, "stream_url": format!("/api/v1/tracks/track{id}/stream"),
            },
            "because": null, "added_by": {"kind": "autofill"}, "added_at_ms": 0, "score": id as f64, "tally": 0,
            "votes": {"up": [], "down": []}, "jams": [], "comments": [],
        }))
        .unwrap()
    }

    pub(crate) fn nest(playing: Option<(Entry, Playback)>, queue: Vec<Entry>) -> NestState {
        let mut state: NestState = serde_json::from_value(json!({
            "code": "main",
            "settings": {
                "name": "Main", "autofill": true, "guests_allowed": true, "queue_entries_max": 500,
                "ordering": "fair", "free_horn_jams": 5, "member_actions": [], "guest_actions": [],
                "autofill_rules": {
                    "depth": 1, "streak_minutes_max": 0, "filter_days": 7, "genre": "",
                    "weights": {
                        "genre": 1, "artist": 1, "album": 1, "collaborators": 1, "sound": 1, "favourites": 1,
                        "throwback": 1, "library": 1,
                    },
                },
            },
            "host": null, "playing": null, "queue": [], "horns": [], "free_horns": {}, "volume_percent": 100,
            "closed": false, "locked": false, "autofill": {"state": "ready", "preview": null},
        }))
        .unwrap();
        state.playing = playing.map(|(entry, playback)| protocol::http::Playing { entry, playback });
        state.queue = queue;
        state
    }

    fn running(started_at_ms: i64) -> Playback {
        Playback::Running { started_at_ms }
    }

    #[test]
    fn the_next_song_begins_where_the_playing_one_ends_before_it_is_announced() {
        let state = nest(Some((entry(1, 1_000), running(10_000))), vec![entry(2, 500)]);
        let at = |server_ms: f64| {
            let plan = plan_at(&state, server_ms);
            (plan.entry().map(|entry| entry.id), plan.position_ms())
        };
        assert_eq!(at(9_600.0), (Some(1), Some(-400.0)));
        assert_eq!(at(10_999.0), (Some(1), Some(999.0)));
        assert_eq!(at(11_000.0), (Some(2), Some(0.0)));
        assert_eq!(at(11_499.5), (Some(2), Some(499.5)));
        assert_eq!(plan_at(&state, 11_500.0), Plan::Between);
        assert_eq!(begins_at_ms(&state), Some(vec![11_000.0]));
    }

    #[test]
    fn a_closed_nest_plays_nothing() {
        let mut state = nest(Some((entry(1, 1_000), running(0))), vec![]);
        state.closed = true;
        assert_eq!(plan_at(&state, 1.0), Plan::Nothing);
    }

    #[test]
    fn a_gap_is_noticed_and_what_is_old_passed_over() {
        assert_eq!([place(5, 5), place(5, 6), place(5, 7)], [Place::Old, Place::Next, Place::Gap]);
    }

    /// What people do to a nest, each at its own moment.
    #[derive(Clone, Debug)]
    enum Act {
        Wait(u32),
        Pause,
        Resume,
        Seek(u32),
        Skip,
        Add(u32),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (1..400_000u32).prop_map(Act::Wait),
            Just(Act::Pause),
            Just(Act::Resume),
            (0..200_000u32).prop_map(Act::Seek),
            Just(Act::Skip),
            (1_000..200_000u32).prop_map(Act::Add),
        ]
    }

    /// A server in small: what it publishes, and, kept apart from that, which song is where at every moment.
    #[derive(Default)]
    struct Server {
        now_ms: i64,
        songs: u64,
        /// Song, length, position when the clock was last touched, and since when it runs.
        playing: Option<(u64, i64, i64, Option<i64>)>,
        queue: Vec<(u64, i64)>,
        said: Vec<NestPublication>,
    }

    impl Server {
        fn say(&mut self, event: NestEvent) {
            self.said.push(NestPublication { at_ms: self.now_ms, by: None, event });
        }

        fn position_ms(&self) -> Option<(u64, i64)> {
            let (song, _, at, since) = self.playing?;
            Some((song, since.map_or(at, |since| at + self.now_ms - since)))
        }

        fn start(&mut self, at_ms: i64) {
            if self.playing.is_none() && !self.queue.is_empty() {
                let (song, length) = self.queue.remove(0);
                self.playing = Some((song, length, 0, Some(at_ms)));
                self.say(NestEvent::PlaybackStarted { entry: song, started_at_ms: at_ms });
            }
        }

        fn end(&mut self, outcome: Outcome) {
            if let Some((song, ..)) = self.playing.take() {
                self.say(NestEvent::PlaybackEnded { entry: song, outcome });
            }
        }

        fn wait(&mut self, until_ms: i64) {
            while let Some((_, length, at, Some(since))) = self.playing {
                let ends = since + length - at;
                if ends > until_ms {
                    break;
                }
                self.now_ms = ends;
                self.end(Outcome::Finished);
                self.start(ends);
            }
            self.now_ms = until_ms;
        }

        fn change(&mut self, change: PlaybackChange, at: i64, since: Option<i64>) {
            let Some((song, length, ..)) = self.playing else { return };
            self.playing = Some((song, length, at, since));
            let playback = match since {
                Some(since) => Playback::Running { started_at_ms: since - at },
                None => Playback::Paused { position_ms: at },
            };
            self.say(NestEvent::PlaybackChanged { change, playback });
        }

        fn act(&mut self, act: &Act) {
            let (now, is_running) = (self.now_ms, self.playing.is_some_and(|playing| playing.3.is_some()));
            let position = self.position_ms().map_or(0, |(_, position)| position);
            match *act {
                Act::Wait(ms) => self.wait(now + i64::from(ms)),
                Act::Pause if is_running => self.change(PlaybackChange::Paused, position.max(0), None),
                Act::Resume if !is_running => self.change(PlaybackChange::Resumed, position, Some(now + 500)),
                Act::Seek(to) if self.playing.is_some() => {
                    let to = i64::from(to).min(self.playing.map_or(0, |playing| playing.1 - 1));
                    self.change(PlaybackChange::Seeked, to, is_running.then_some(now + 500));
                }
                Act::Skip => {
                    self.end(Outcome::Skipped);
                    self.start(now + 600);
                }
                Act::Add(length) => {
                    self.songs += 1;
                    self.queue.push((self.songs, i64::from(length)));
                    let entry = entry(self.songs, i64::from(length));
                    self.say(NestEvent::EntryAdded { entry, rescored: vec![] });
                    self.start(now + 600);
                }
                Act::Pause | Act::Resume | Act::Seek(_) => {}
            }
        }
    }

    proptest! {
        /// Whoever folds what the server says knows at every moment which song is where, to the millisecond; so does
        /// one who comes late with a snapshot, and one whose news are late by up to the length of a song.
        #[test]
        fn a_follower_knows_the_song_and_the_place_whatever_people_do(acts in prop::collection::vec(act(), 1..60), join in 0..60usize) {
            let mut server = Server::default();
            let mut early = nest(None, vec![]);
            let mut late = None;
            for (number, act) in acts.iter().enumerate() {
                server.act(act);
                for publication in server.said.drain(..) {
                    if let Some(late) = &mut late {
                        fold(late, publication.clone());
                    }
                    fold(&mut early, publication);
                }
                if number == join {
                    late = Some(early.clone());
                }
                let now = server.now_ms as f64;
                for follower in [Some(&early), late.as_ref()].into_iter().flatten() {
                    let plan = plan_at(follower, now);
                    let heard = plan.entry().map(|entry| entry.id).zip(plan.position_ms());
                    let truth = server.position_ms().map(|(song, position)| (song, position as f64));
                    prop_assert_eq!(heard, truth, "{:?}", plan);
                }
                // What it says of the moments to come is what the server will do if nobody intervenes.
                if let Some(begins) = begins_at_ms(&early).as_ref().and_then(|begins| begins.first()).copied() {
                    let plan = plan_at(&early, begins);
                    prop_assert_eq!(plan.entry().map(|entry| entry.id), Some(server.queue[0].0));
                    prop_assert_eq!(plan.position_ms(), Some(0.0));
                }
            }
        }
    }
}
