//! The sound card: songs of the library, in step. The next song is fetched and unpacked while one plays; the card's
//! own clock is measured, and what it takes to be heard is reckoned with.
//!
//! `stage` is what is shared with the `thread` that feeds the card; `timing`, `resample` and `render` are pure and
//! decide which samples are written; `card` plays a period; `alsa` is the card; `song` brings songs here.

mod alsa;
mod card;
mod render;
mod resample;
mod song;
mod stage;
mod thread;
mod timing;

#[cfg(test)]
mod simulation;

use super::{Following, Sounding, Status};
use crate::ListenError;
use crate::connection::Api;
use audio::Workers;
use model::Clock;
use protocol::http::{Entry, NestState, Playback};
use song::Loading;
use stage::{Cue, Report, Samples, Shared, Stage};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thread::SoundThread;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// How often it is looked how it goes.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A song that has ended is followed by news of the next one; only if they stay away for this long is there silence.
const NEWS_GRACE: Duration = Duration::from_millis(60);
/// What is off by less is not worth telling.
const OFF_STEP_MS: f64 = 0.1;

/// A song that is being brought here, or is here.
struct Loaded {
    told: watch::Receiver<Loading>,
    task: AbortHandle,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The output.
pub(crate) struct SoundOutput {
    pub(crate) device: String,
    pub(crate) api: Api,
    pub(crate) workers: Workers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) scratch: PathBuf,
}

/// Songs by track, and the tasks that bring them.
#[derive(Default)]
struct Songs {
    loaded: BTreeMap<String, Loaded>,
    tasks: JoinSet<()>,
}

impl SoundOutput {
    /// Plays what it is told until it is told no more.
    ///
    /// # Errors
    /// If the system gives no thread or no scratch files.
    pub(crate) async fn run(
        self,
        mut following: watch::Receiver<Following>,
        told: watch::Sender<Status>,
    ) -> Result<(), ListenError> {
        let shared = Arc::new(Shared::default());
        let _thread = SoundThread::start(self.device.clone(), Arc::clone(&shared), Arc::clone(&self.clock))
            .map_err(|error| ListenError::Card(format!("no thread for the sound: {error}")))?;
        let mut songs = Songs::default();
        let mut nest: Option<Arc<NestState>> = None;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            let now = following.borrow_and_update().clone();
            let has_ended = nest.as_ref().is_some_and(|nest| nest.playing.is_some())
                && now.nest.as_ref().is_some_and(|nest| nest.playing.is_none() && !nest.closed);
            if has_ended {
                // Nothing or the news end the wait; both are looked at again.
                let _ = tokio::time::timeout(NEWS_GRACE, following.changed()).await;
            }
            let now = following.borrow_and_update().clone();
            nest.clone_from(&now.nest);
            self.want(&mut songs, nest.as_deref())?;
            shared.set(stage(&now, &songs));
            let status = self.status(nest.as_deref(), &songs, &shared.report());
            told.send_if_modified(|before| {
                let is_other = *before != status;
                *before = status;
                is_other
            });
            tokio::select! {
                changed = following.changed() => if changed.is_err() { return Ok(()) },
                _ = look.tick() => {}
                Some(_) = songs.tasks.join_next() => {}
            }
        }
    }

    /// Lets go what is not wanted any more and begins to bring what is: the playing song first, then the next.
    fn want(&self, songs: &mut Songs, nest: Option<&NestState>) -> Result<(), ListenError> {
        let entries = nest.map(|nest| {
            let playing = nest.playing.as_ref().map(|playing| &playing.entry);
            playing.into_iter().chain(nest.queue.first()).collect::<Vec<_>>()
        });
        let entries = entries.unwrap_or_default();
        songs.loaded.retain(|track, _| entries.iter().any(|entry| entry.track.id == *track));
        for entry in entries {
            let Some(url) = audible(entry).then(|| self.api.address.at(&entry.track.stream_url)).flatten()
            else {
                continue;
            };
            if !songs.loaded.contains_key(&entry.track.id) {
                let folder = tempfile::Builder::new().prefix("rookery-listen-").tempdir_in(&self.scratch);
                let folder =
                    folder.map_err(|source| ListenError::Scratch { path: self.scratch.clone(), source })?;
                let (tell, told) = watch::channel(Loading::Fetching);
                let load = song::load(self.api.clone(), self.workers.clone(), url, folder, tell);
                let task = songs.tasks.spawn(load);
                songs.loaded.insert(entry.track.id.clone(), Loaded { told, task });
            }
            if songs.song(entry).is_none() && !songs.has_failed(entry) {
                // One after the other: the playing song has the network to itself.
                break;
            }
        }
        Ok(())
    }

    fn status(&self, nest: Option<&NestState>, songs: &Songs, report: &Report) -> Status {
        let playing = nest.and_then(|nest| nest.playing.as_ref());
        let runs = playing.filter(|playing| matches!(playing.playback, Playback::Running { .. }));
        let state = runs.and_then(|playing| songs.loaded.get(&playing.entry.track.id));
        let state = state.map(|loaded| loaded.told.borrow().clone());
        let sounding = match (runs, &report.trouble, state) {
            (None, _, _) => Sounding::Silent,
            (Some(playing), _, _) if !audible(&playing.entry) => Sounding::Elsewhere {
                why: "this song plays at its service, and the library has no other copy of it".to_owned(),
            },
            (_, Some(why), _) => Sounding::Trouble { why: format!("{}: {why}", self.device) },
            (_, _, Some(Loading::Failed(why) | Loading::Interrupted(why))) => Sounding::Trouble { why },
            _ if report.sounds => {
                Sounding::Playing { off_ms: Some((report.off_ms / OFF_STEP_MS).round() * OFF_STEP_MS) }
            }
            _ => Sounding::Preparing,
        };
        let latency_ms = report.sounds.then(|| report.latency_ms.round());
        Status { sounding, name: self.device.clone(), latency_ms }
    }
}

impl Songs {
    fn song(&self, entry: &Entry) -> Option<Arc<dyn Samples>> {
        let loaded = self.loaded.get(&entry.track.id)?;
        match &*loaded.told.borrow() {
            Loading::Ready(song) => Some(Arc::clone(song) as Arc<dyn Samples>),
            _ => None,
        }
    }

    fn has_failed(&self, entry: &Entry) -> bool {
        let loaded = self.loaded.get(&entry.track.id);
        loaded.is_some_and(|loaded| matches!(*loaded.told.borrow(), Loading::Failed(_)))
    }
}

/// Whether the server gives this song's sound: it is of the library, or the library has the same one.
fn audible(entry: &Entry) -> bool {
    entry.track.source.is_none() || entry.track.library_match.is_some()
}

fn stage(following: &Following, songs: &Songs) -> Stage {
    let nest = following.nest.as_deref();
    let room = f32::from(nest.map_or(100, |nest| nest.volume_percent)) / 100.0;
    let own = f32::from(following.volume_percent) / 100.0;
    let mut stage = Stage { timeline: following.timeline, gain: (room * own).powi(2), ..Stage::default() };
    let Some(nest) = nest.filter(|nest| !nest.closed) else { return stage };
    let Some(playing) = &nest.playing else { return stage };
    let Playback::Running { started_at_ms } = playing.playback else { return stage };
    let cue = |entry: &Entry, starts_at_ms: f64| Cue {
        entry: entry.id,
        song: songs.song(entry),
        starts_at_ms,
        ends_at_ms: starts_at_ms + entry.track.duration_ms as f64,
    };
    let now = cue(&playing.entry, started_at_ms as f64);
    stage.then = nest.queue.first().map(|next| cue(next, now.ends_at_ms));
    stage.now = Some(now);
    stage
}
