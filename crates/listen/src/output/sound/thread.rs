//! The thread that keeps the card fed. It opens the card when something is to be heard, gives it back after a while of
//! silence, and tries again when it is gone.

use super::alsa::AlsaCard;
use super::card::{CardError, Deck};
use super::stage::{Report, Shared};
use crate::connection::local_ms;
use model::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often a closed card is thought of.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A card is opened so long before something sounds.
const OPEN_AHEAD_MS: f64 = 2_000.0;
/// A card is given back after so long with nothing to sound.
const CLOSE_AFTER_MS: f64 = 20_000.0;
/// A card that is gone is tried again after this.
const RETRY_AFTER_MS: f64 = 2_000.0;
/// At the end the thread has this long to let the card go.
const END_MAX: Duration = Duration::from_secs(1);

/// The running thread. Dropping it ends the sound.
pub(super) struct SoundThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SoundThread {
    /// Starts it.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn start(device: String, shared: Arc<Shared>, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("sound".to_owned())
            .spawn(move || play(&device, &shared, &clock, &stopped))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for SoundThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        let mut waited = Duration::ZERO;
        // A card that has hung may never come back; the process does not wait for it.
        while !thread.is_finished() && waited < END_MAX {
            std::thread::sleep(LOOK_EVERY / 5);
            waited += LOOK_EVERY / 5;
        }
        if thread.is_finished() && thread.join().is_err() {
            tracing::error!("the sound thread had failed");
        }
    }
}

fn play(device: &str, shared: &Shared, clock: &Arc<dyn Clock>, stop: &AtomicBool) {
    let mut deck: Option<Deck<AlsaCard>> = None;
    let mut needed_at_ms = f64::NEG_INFINITY;
    let mut retry_at_ms = f64::NEG_INFINITY;
    while !stop.load(Ordering::Relaxed) {
        let stage = shared.stage();
        let now_ms = local_ms(&**clock);
        let is_needed = stage.timeline.is_some_and(|timeline| {
            let server_ms = timeline.server_at(now_ms);
            [0.0, OPEN_AHEAD_MS].iter().any(|ahead| stage.at(server_ms + ahead).0.is_some())
        });
        if is_needed {
            needed_at_ms = now_ms;
        }
        match &mut deck {
            Some(open) => match open.period(&**clock, &stage) {
                Ok(report) => {
                    shared.say(report);
                    if now_ms - needed_at_ms > CLOSE_AFTER_MS {
                        deck = None;
                        shared.say(Report::default());
                    }
                }
                Err(why) => {
                    tracing::debug!(why, "the card is gone");
                    shared.say(Report { trouble: Some(why), ..Report::default() });
                    deck = None;
                    retry_at_ms = now_ms + RETRY_AFTER_MS;
                }
            },
            None if is_needed && now_ms >= retry_at_ms => match AlsaCard::open(device, Arc::clone(clock)) {
                Ok(card) => deck = Some(Deck::new(card)),
                Err(error) => {
                    let why = match error {
                        CardError::Underrun => "it does not start".to_owned(),
                        CardError::Gone(why) => why,
                    };
                    shared.say(Report { trouble: Some(why), ..Report::default() });
                    retry_at_ms = now_ms + RETRY_AFTER_MS;
                }
            },
            None => std::thread::sleep(LOOK_EVERY),
        }
    }
}
