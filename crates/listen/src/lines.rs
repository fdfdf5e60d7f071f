//! What plays, a line each time something changes: for people, or one JSON object a line for programs. The objects are
//! described in `docs/listen.md`; fields are added, not changed.

use crate::ListenError;
use crate::connection::Link;
use crate::desk::Scene;
use crate::follow::{begins_at_ms, plan_at};
use crate::output::Sounding;
use protocol::http::{Contributor, Entry, NestState, Playback};
use serde::Serialize;
use std::io::Write;

/// While something plays, where it is is said again after this.
const POSITION_EVERY_MS: f64 = 5_000.0;
/// A change of how far off the output is that is worth a line.
const OFF_WORTH_MS: f64 = 5.0;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    State {
        state: &'static str,
        nest: Option<&'a str>,
        wait_ms: Option<u64>,
        why: Option<&'a str>,
    },
    Playing {
        entry: Option<Shown<'a>>,
        paused: bool,
        position_ms: Option<i64>,
        started_at_ms: Option<i64>,
    },
    Position {
        entry: u64,
        position_ms: i64,
        clock_error_ms: f64,
    },
    Queue {
        entries: Vec<Shown<'a>>,
    },
    Listeners {
        names: Vec<&'a str>,
    },
    Output {
        state: &'static str,
        name: &'a str,
        off_ms: Option<f64>,
        latency_ms: Option<f64>,
        why: Option<&'a str>,
    },
    Error {
        message: &'a str,
    },
}

/// An entry in a line.
#[derive(Serialize)]
struct Shown<'a> {
    id: u64,
    title: &'a str,
    artist: &'a str,
    album: &'a str,
    duration_ms: i64,
    added_by: Option<&'a str>,
    tally: i32,
    source: Option<&'a str>,
    /// When it will begin, by the server's clock; of queued entries while something plays.
    begins_at_ms: Option<i64>,
}

impl<'a> Shown<'a> {
    fn of(entry: &'a Entry, begins_at_ms: Option<f64>) -> Self {
        Self {
            id: entry.id,
            title: &entry.track.title,
            artist: &entry.track.artist,
            album: &entry.track.album,
            duration_ms: entry.track.duration_ms,
            added_by: match &entry.added_by {
                Contributor::Person { name, .. } => Some(name),
                Contributor::Autofill => None,
            },
            tally: entry.tally,
            source: entry.track.source.as_deref(),
            begins_at_ms: begins_at_ms.map(|at| at.round() as i64),
        }
    }
}

#[derive(Serialize)]
struct Stamped<'a> {
    /// The server's time; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_time_ms: Option<f64>,
    #[serde(flatten)]
    line: Line<'a>,
}

/// What was said last, so that only changes are said.
#[derive(Default)]
struct Said {
    link: Option<Link>,
    playing: Option<Option<(u64, Playback)>>,
    queue: Option<Vec<(u64, i32)>>,
    listeners: Option<Vec<String>>,
    sounding: Option<Sounding>,
    position_at_ms: Option<f64>,
}

pub(crate) struct Lines {
    is_json: bool,
    said: Said,
}

impl Lines {
    pub(crate) fn json() -> Self {
        Self { is_json: true, said: Said::default() }
    }

    pub(crate) fn for_people() -> Self {
        Self { is_json: false, said: Said::default() }
    }

    /// Says an error.
    ///
    /// # Errors
    /// [`ListenError::Output`].
    pub(crate) fn error(&mut self, message: &str, server_ms: Option<f64>) -> Result<(), ListenError> {
        self.say(server_ms, Line::Error { message })
    }

    /// Says what has changed.
    ///
    /// # Errors
    /// [`ListenError::Output`].
    pub(crate) fn show(&mut self, scene: &Scene) -> Result<(), ListenError> {
        self.link(scene)?;
        if let Some(nest) = &scene.nest {
            self.playing(scene, nest)?;
            self.queue(scene, nest)?;
        }
        self.listeners(scene)?;
        self.output(scene)?;
        self.position(scene)
    }

    fn link(&mut self, scene: &Scene) -> Result<(), ListenError> {
        if self.said.link.as_ref() == Some(&scene.link) {
            return Ok(());
        }
        self.said.link = Some(scene.link.clone());
        let (state, wait_ms, why) = match &scene.link {
            Link::Connecting => ("connecting", None, None),
            Link::Connected => ("connected", None, None),
            Link::Waiting { wait, why } => {
                ("waiting", u64::try_from(wait.as_millis()).ok(), Some(why.as_str()))
            }
        };
        let nest = scene.nest.as_ref().map(|nest| nest.settings.name.as_str());
        self.say(scene.server_ms, Line::State { state, nest, wait_ms, why })
    }

    fn playing(&mut self, scene: &Scene, nest: &NestState) -> Result<(), ListenError> {
        let playing = nest.playing.as_ref().map(|playing| (playing.entry.id, playing.playback));
        if self.said.playing == Some(playing) {
            return Ok(());
        }
        self.said.playing = Some(playing);
        self.said.position_at_ms = scene.server_ms;
        let clock = playing.map(|(_, playback)| playback);
        let position_ms = match clock {
            Some(Playback::Paused { position_ms }) => Some(position_ms),
            Some(Playback::Running { started_at_ms }) => {
                scene.server_ms.map(|now| (now - started_at_ms as f64).round() as i64)
            }
            None => None,
        };
        let started_at_ms = match clock {
            Some(Playback::Running { started_at_ms }) => Some(started_at_ms),
            _ => None,
        };
        let paused = matches!(clock, Some(Playback::Paused { .. }));
        let entry = nest.playing.as_ref().map(|playing| Shown::of(&playing.entry, None));
        self.say(scene.server_ms, Line::Playing { entry, paused, position_ms, started_at_ms })
    }

    fn queue(&mut self, scene: &Scene, nest: &NestState) -> Result<(), ListenError> {
        let queue: Vec<_> = nest.queue.iter().map(|entry| (entry.id, entry.tally)).collect();
        if self.said.queue.as_ref() == Some(&queue) {
            return Ok(());
        }
        self.said.queue = Some(queue);
        let begins = begins_at_ms(nest).unwrap_or_default();
        let begins = begins.into_iter().map(Some).chain(std::iter::repeat(None));
        let entries = nest.queue.iter().zip(begins).map(|(entry, at)| Shown::of(entry, at)).collect();
        self.say(scene.server_ms, Line::Queue { entries })
    }

    fn listeners(&mut self, scene: &Scene) -> Result<(), ListenError> {
        let names: Vec<_> = scene.listeners.iter().map(|listener| listener.name.clone()).collect();
        if names.is_empty() && self.said.listeners.is_none() || self.said.listeners.as_ref() == Some(&names) {
            return Ok(());
        }
        self.said.listeners = Some(names);
        let names = scene.listeners.iter().map(|listener| listener.name.as_str()).collect();
        self.say(scene.server_ms, Line::Listeners { names })
    }

    fn output(&mut self, scene: &Scene) -> Result<(), ListenError> {
        let status = &scene.status;
        let same = match (&self.said.sounding, &status.sounding) {
            (Some(Sounding::Playing { off_ms: Some(before) }), Sounding::Playing { off_ms: Some(now) }) => {
                (before - now).abs() < OFF_WORTH_MS
            }
            (Some(before), now) => before == now,
            (None, now) => *now == Sounding::Off,
        };
        if same {
            return Ok(());
        }
        self.said.sounding = Some(status.sounding.clone());
        let (state, why) = match &status.sounding {
            Sounding::Off => ("off", None),
            Sounding::Silent => ("silent", None),
            Sounding::Preparing => ("preparing", None),
            Sounding::Playing { .. } => ("playing", None),
            Sounding::Elsewhere { why } => ("elsewhere", Some(why.as_str())),
            Sounding::Trouble { why } => ("trouble", Some(why.as_str())),
            Sounding::SteppedBack { why } => ("stepped_back", Some(why.as_str())),
        };
        let off_ms = match status.sounding {
            Sounding::Playing { off_ms } => off_ms,
            _ => None,
        };
        let line = Line::Output { state, name: &status.name, off_ms, latency_ms: status.latency_ms, why };
        self.say(scene.server_ms, line)
    }

    /// Where it is, now and then while it plays.
    fn position(&mut self, scene: &Scene) -> Result<(), ListenError> {
        let (Some(nest), Some(now), Some(clock_error_ms)) =
            (&scene.nest, scene.server_ms, scene.clock_error_ms)
        else {
            return Ok(());
        };
        let is_running =
            nest.playing.as_ref().is_some_and(|playing| matches!(playing.playback, Playback::Running { .. }));
        let plan = plan_at(nest, now);
        let (Some(entry), Some(position_ms)) = (plan.entry(), plan.position_ms()) else { return Ok(()) };
        let is_due = self.said.position_at_ms.is_none_or(|at| (now - at).abs() >= POSITION_EVERY_MS);
        if !is_running || !is_due || !self.is_json {
            return Ok(());
        }
        self.said.position_at_ms = Some(now);
        let position_ms = position_ms.round() as i64;
        self.say(Some(now), Line::Position { entry: entry.id, position_ms, clock_error_ms })
    }

    fn say(&self, server_time_ms: Option<f64>, line: Line<'_>) -> Result<(), ListenError> {
        let text = if self.is_json {
            serde_json::to_string(&Stamped { server_time_ms, line }).ok()
        } else {
            for_people(&line)
        };
        let Some(text) = text else { return Ok(()) };
        let mut output = std::io::stdout().lock();
        writeln!(output, "{text}").and_then(|()| output.flush()).map_err(ListenError::Output)
    }
}

/// A line for people; `None` if it would tell them nothing.
fn for_people(line: &Line<'_>) -> Option<String> {
    let song = |entry: &Shown<'_>| match entry.artist {
        "" => plain(entry.title),
        artist => format!("{} – {}", plain(artist), plain(entry.title)),
    };
    Some(match line {
        Line::State { state: "waiting", wait_ms, why, .. } => {
            let wait_s = wait_ms.unwrap_or(0) as f64 / 1000.0;
            format!("connection lost ({}); again in {wait_s:.1} s", plain(why.unwrap_or("?")))
        }
        Line::State { state, nest, .. } => {
            format!("{state}{}", nest.map(|nest| format!(": {}", plain(nest))).unwrap_or_default())
        }
        Line::Playing { entry: None, .. } => "nothing plays".to_owned(),
        Line::Playing { entry: Some(entry), paused, position_ms, .. } => {
            let state = if *paused { "paused " } else { "playing" };
            let at = position_ms.unwrap_or(0).max(0);
            format!("{state} {} [{} of {}]", song(entry), minutes(at), minutes(entry.duration_ms))
        }
        Line::Queue { entries } => match entries.first() {
            Some(next) => format!("next    {} ({} in the queue)", song(next), entries.len()),
            None => "next    nothing is queued".to_owned(),
        },
        Line::Listeners { names } => {
            format!("here    {}", names.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", "))
        }
        Line::Output { state: "playing", name, off_ms: Some(off_ms), .. } => {
            format!("sound   {off_ms:+.0} ms on {}", plain(name))
        }
        Line::Output { state, why, .. } => {
            format!("sound   {state}{}", why.map(|why| format!(": {}", plain(why))).unwrap_or_default())
        }
        Line::Error { message } => format!("error   {}", plain(message)),
        Line::Position { .. } => return None,
    })
}

/// Text from others, without what would steer a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `3:07`, or `1:02:07`.
pub(crate) fn minutes(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_cannot_steer_a_terminal() {
        assert_eq!(plain("a\u{1b}[2J\nb\u{9b}c"), "a [2J b c");
    }

    #[test]
    fn lengths_are_read_as_people_read_them() {
        assert_eq!([0, 187_000, 3_727_999, -5].map(minutes), ["0:00", "3:07", "1:02:07", "0:00"]);
    }
}
