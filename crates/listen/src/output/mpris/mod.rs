//! Players of this desktop, over MPRIS: songs of services, on the person's own account, without any client id of ours.
//!
//! `steps` decides what to ask of a player (pure); `player` asks it.

mod player;
mod steps;

use super::{Following, Sounding, Status};
use crate::ListenError;
use crate::connection::local_ms;
use crate::follow::{Plan, plan_at};
use model::Clock;
use player::Player;
use protocol::http::Entry;
use std::sync::Arc;
use std::time::Duration;
use steps::{Course, Step, Steps, Wanted};
use tokio::sync::watch;
use zbus::Connection;

/// How often the player is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The output.
pub(crate) struct MprisOutput {
    pub(crate) player: Option<String>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The bus and the player on it, once they are found.
#[derive(Default)]
struct Desktop {
    bus: Option<Connection>,
    player: Option<Player>,
}

impl MprisOutput {
    /// Lets a player play what it is told until it is told no more.
    ///
    /// # Errors
    /// None now: whatever is missing may come.
    pub(crate) async fn run(
        self,
        mut following: watch::Receiver<Following>,
        told: watch::Sender<Status>,
    ) -> Result<(), ListenError> {
        let (mut desktop, mut steps) = (Desktop::default(), Steps::default());
        let mut recalls = following.borrow().recalls;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let now = following.borrow_and_update().clone();
            if now.recalls != recalls {
                recalls = now.recalls;
                steps.recall();
            }
            let sounding = match self.look(&now, &mut desktop, &mut steps).await {
                Ok(sounding) => sounding,
                Err(error) => {
                    (desktop.bus, desktop.player) = (None, None);
                    Sounding::Trouble { why: error.to_string() }
                }
            };
            let name = desktop.player.as_ref().map_or("no player", Player::name).to_owned();
            let status = Status { sounding, name, latency_ms: None };
            told.send_if_modified(|before| {
                let is_other = *before != status;
                *before = status;
                is_other
            });
            tokio::select! {
                changed = following.changed() => if changed.is_err() { return Ok(()) },
                _ = look.tick() => {}
            }
        }
    }

    async fn look(
        &self,
        now: &Following,
        desktop: &mut Desktop,
        steps: &mut Steps,
    ) -> Result<Sounding, ListenError> {
        let (Some(nest), Some(timeline)) = (&now.nest, now.timeline) else { return Ok(Sounding::Silent) };
        let plan = plan_at(nest, timeline.server_at(local_ms(&*self.clock)));
        let song = match plan {
            Plan::Playing { current, .. } => Some((current.entry, current.starts_at_ms)),
            Plan::Paused { .. } | Plan::Nothing | Plan::Between => None,
        };
        let uri = song.and_then(|(entry, _)| address_of(entry));
        let elsewhere = song.filter(|_| uri.is_none()).map(|_| Sounding::Elsewhere {
            why: "this song is of the library: --output sound plays it".to_owned(),
        });
        self.find(desktop, uri.as_deref()).await?;
        let Some(player) = &mut desktop.player else {
            let missing = || Sounding::Trouble {
                why: match &self.player {
                    Some(name) => format!("no player called `{name}` runs on this desktop"),
                    None => "no player that can open this song runs on this desktop".to_owned(),
                },
            };
            return Ok(elsewhere.unwrap_or_else(|| if uri.is_some() { missing() } else { Sounding::Silent }));
        };
        let observed = player.observe().await?;
        let now_ms = local_ms(&*self.clock);
        let wanted = song.zip(uri).map(|((entry, starts_at_ms), uri)| Wanted {
            uri,
            entry: entry.id,
            position_ms: timeline.server_at(now_ms) - starts_at_ms,
            begins_ms: timeline.local_at(starts_at_ms),
            duration_ms: entry.track.duration_ms as f64,
        });
        let (step, course) = steps.next(wanted.as_ref(), &observed, now_ms);
        if step != Step::Nothing {
            tracing::debug!(?step, player = player.name(), "asking the player");
            player.take(&step, observed.position_ms).await?;
        }
        Ok(elsewhere.unwrap_or(match course {
            Course::Quiet => Sounding::Silent,
            Course::Coming => Sounding::Preparing,
            Course::Plays(off_ms) => Sounding::Playing { off_ms: off_ms.map(f64::round) },
            Course::Unable => Sounding::Trouble { why: "the player does not open this song".to_owned() },
            Course::Back(why) => Sounding::SteppedBack { why: why.to_owned() },
        }))
    }

    /// Finds the bus and a player, if they are not known yet.
    async fn find(&self, desktop: &mut Desktop, uri: Option<&str>) -> Result<(), ListenError> {
        if desktop.player.is_some() {
            return Ok(());
        }
        let Some(uri) = uri else { return Ok(()) };
        let bus = match &desktop.bus {
            Some(bus) => bus.clone(),
            None => desktop.bus.insert(player::bus().await?).clone(),
        };
        desktop.player = Player::find(&bus, self.player.as_deref(), uri).await?;
        Ok(())
    }
}

/// What a player opens for a song; `None` for one of the library.
fn address_of(entry: &Entry) -> Option<String> {
    let source = entry.track.source.as_deref()?;
    match source.split_once(':') {
        Some(("youtube", id)) => Some(format!("https://www.youtube.com/watch?v={id}")),
        _ => Some(source.to_owned()),
    }
}
