//! What a listener makes of what they hear: the snapshot with every publication folded over it, and the position of the
//! song. Checked with every publication: none is missing or comes twice, and nothing jumps but what somebody moved.

use listen::{Place, fold, place};
use protocol::http::{Entry, NestSnapshot, NestState, Playback, Playing};
use protocol::publication::{NestEvent, NestPublication, PlaybackChange};

/// How far ahead the nest schedules what follows nothing, and a change of the clock.
const START_LEAD_MS: i64 = 800;
const CHANGE_LEAD_MS: i64 = 400;
/// A song is followed exactly at its end if that is not longer ago.
const CATCH_UP_MS: i64 = 5_000;
/// Times are told in milliseconds: what is computed of two of them is exact to one.
const EXACT_MS: i64 = 1;

/// A listener's view of a nest.
pub struct View {
    pub who: &'static str,
    pub epoch: String,
    pub offset: u64,
    pub state: NestState,
    /// Where the song ended that the publication before this one ended, if it played through.
    ended_at_ms: Option<i64>,
    /// What has played, as it was when it ended.
    pub ended: Vec<Entry>,
}

/// Where a song is at a moment.
pub fn position_ms(playing: &Playing, at_ms: i64) -> i64 {
    match playing.playback {
        Playback::Running { started_at_ms } => at_ms - started_at_ms,
        Playback::Paused { position_ms } => position_ms,
    }
}

impl View {
    pub fn load(who: &'static str, snapshot: NestSnapshot) -> Self {
        let NestSnapshot { epoch, offset, state, .. } = snapshot;
        Self { who, epoch, offset, state, ended_at_ms: None, ended: Vec::new() }
    }

    /// Takes a publication in, and checks it.
    pub fn take(&mut self, offset: u64, publication: NestPublication) {
        let place = place(self.offset, offset);
        assert_eq!(place, Place::Next, "{}: {offset} follows {}", self.who, self.offset);
        let (at_ms, event) = (publication.at_ms, publication.event.clone());
        let before = self.state.playing.clone();
        fold(&mut self.state, publication);
        self.offset = offset;
        self.check_clock(at_ms, &event, before.as_ref());
    }

    fn check_clock(&mut self, at_ms: i64, event: &NestEvent, before: Option<&Playing>) {
        let now = self.state.playing.as_ref();
        let was = before.map(|playing| position_ms(playing, at_ms));
        let is = now.map(|playing| position_ms(playing, at_ms));
        let ended_at_ms = self.ended_at_ms.take();
        let told = format!("{}, {}: {event:?}: {was:?} -> {is:?}", self.who, self.offset);
        match event {
            NestEvent::PlaybackChanged { change, .. } => {
                let (was, is) = (was.expect("something plays"), is.expect("it goes on"));
                match change {
                    PlaybackChange::Paused => assert!((is - was.max(0)).abs() <= EXACT_MS, "{told}"),
                    // The same place, a moment later, so that all can be ready.
                    PlaybackChange::Resumed => {
                        assert!((is + CHANGE_LEAD_MS - was).abs() <= EXACT_MS, "{told}");
                    }
                    PlaybackChange::Seeked => {}
                }
            }
            NestEvent::PlaybackEnded { outcome, .. } => {
                let playing = before.expect("something played");
                assert!(now.is_none(), "{told}");
                self.ended.push(playing.entry.clone());
                let length = playing.entry.track.duration_ms;
                let finished = *outcome == protocol::http::Outcome::Finished;
                assert!(!finished || was.is_some_and(|was| was + EXACT_MS >= length), "{told}");
                self.ended_at_ms = match playing.playback {
                    Playback::Running { started_at_ms } if finished => Some(started_at_ms + length),
                    _ => None,
                };
            }
            NestEvent::PlaybackStarted { started_at_ms, .. } => {
                assert!(before.is_none(), "{told}");
                let expected = match ended_at_ms {
                    Some(end) if at_ms - end <= CATCH_UP_MS => end,
                    _ => at_ms + START_LEAD_MS,
                };
                assert!((started_at_ms - expected).abs() <= EXACT_MS, "{told}; expected {expected}");
            }
            NestEvent::Closed => {}
            _ => {
                let clock = |playing: Option<&Playing>| playing.map(|it| (it.entry.id, it.playback));
                assert_eq!(clock(before), clock(now), "{told}");
            }
        }
    }
}

/// A state in one form: who voted is a set.
pub fn plain(mut state: NestState) -> NestState {
    let playing = state.playing.as_mut().map(|playing| &mut playing.entry);
    for entry in state.queue.iter_mut().chain(playing) {
        entry.votes.up.sort();
        entry.votes.down.sort();
    }
    state
}
