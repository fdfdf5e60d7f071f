//! What an environment's slots have logged, as the machine's journal has it: both slots in one order.
//!
//! What can be asked for is bounded, and nothing of it reaches a shell: numbers and words of a fixed set alone.

use super::Target;
use crate::failure::Failure;
use clap::ValueEnum;
use operations::SlotName;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Lines that can be asked for at once.
pub const LINES_MAX: u32 = 10_000;
/// Lines among which those of a level are looked for.
const LOOKED_AT_MAX: u32 = 200_000;
/// A line is cut after so many bytes.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// How often whoever follows is told that nothing is new: so a line that is dead is noticed.
const BEAT: Duration = Duration::from_secs(15);
/// How often that happens before it ends: twelve hours without a word.
const BEATS_MAX: u32 = 4 * 60 * 12;
/// Lines that wait for whoever is slow to read.
const WAITING_MAX: usize = 256;

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For whoever looks for something.
    Trace,
    /// The same, less of it.
    Debug,
    /// What happens.
    Info,
    /// What should be looked at.
    Warn,
    /// What went wrong.
    Error,
}

impl Level {
    const ALL: [(&'static str, Self); 5] = [
        ("trace", Self::Trace),
        ("debug", Self::Debug),
        ("info", Self::Info),
        ("warn", Self::Warn),
        ("error", Self::Error),
    ];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, level)| *level == self).map_or("info", |(name, _)| name)
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(other, _)| name.eq_ignore_ascii_case(other)).map(|(_, level)| level)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The newest so many.
    pub lines: u32,
    /// So grave at least.
    pub level: Level,
    /// Not before this, in seconds since 1970.
    pub since: Option<u32>,
    /// Whether what comes is told, too.
    pub follows: bool,
}

impl Wanted {
    /// As it is sent.
    pub fn words(self) -> String {
        let since = self.since.map_or_else(|| "-".to_owned(), |since| since.to_string());
        let follow = if self.follows { " follow" } else { "" };
        format!("logs {} {} {since}{follow}", self.lines, self.level.as_str())
    }

    /// As it was sent, without its first word.
    pub fn parse(words: &[&str]) -> Option<Self> {
        let (lines, level, since, follows) = match words {
            [lines, level, since] => (lines, level, since, false),
            [lines, level, since, "follow"] => (lines, level, since, true),
            _ => return None,
        };
        let digits =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        let lines = digits(lines).filter(|lines| *lines <= LINES_MAX)?;
        let since = if *since == "-" { None } else { Some(digits(since)?) };
        Some(Self { lines, level: Level::named(level)?, since, follows })
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// When, in microseconds since 1970.
    pub at_us: u64,
    /// Of which slot; what systemd says of one is said of it.
    pub slot: Option<String>,
    /// How grave.
    pub level: Level,
    /// As it was written.
    pub said: String,
}

impl Logged {
    /// Reads an entry of the journal; its cursor with it.
    fn parse(line: &str) -> Option<(Self, String)> {
        let entry: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| entry[key].as_str();
        let mut said = match &entry["MESSAGE"] {
            Value::String(said) => said.clone(),
            // What is no text stands there byte by byte.
            Value::Array(bytes) => {
                let bytes: Vec<u8> =
                    bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            _ => return None,
        };
        let end = said.char_indices().map(|(at, _)| at).take_while(|at| *at <= LINE_BYTES_MAX).last();
        if said.len() > LINE_BYTES_MAX {
            said.truncate(end.unwrap_or(0));
        }
        let unit = text("UNIT").or_else(|| text("_SYSTEMD_UNIT")).unwrap_or_default();
        let slot = SlotName::ALL.into_iter().find(|slot| unit.ends_with(&format!("@{slot}.service")));
        let level = level(&said, text("PRIORITY"));
        let at_us = text("__REALTIME_TIMESTAMP")?.parse().ok()?;
        let cursor = text("__CURSOR").unwrap_or_default().to_owned();
        Some((Self { at_us, slot: slot.map(|slot| slot.to_string()), level, said }, cursor))
    }
}

/// What the server says of its line; else what the journal does.
fn level(said: &str, priority: Option<&str>) -> Level {
    let own = serde_json::from_str::<Value>(said).ok();
    let own = own.as_ref().and_then(|own| Level::named(own["level"].as_str()?));
    let of_journal = match priority.and_then(|priority| priority.parse::<u8>().ok()) {
        Some(0..=3) => Level::Error,
        Some(4) => Level::Warn,
        Some(7) => Level::Debug,
        _ => Level::Info,
    };
    // A thread that ended badly says so in no format.
    let is_panic = said.starts_with("thread '") && said.contains("' panicked at ");
    own.unwrap_or(if is_panic { Level::Error } else { of_journal })
}

/// Tells what is asked for, one JSON object a line, to whoever asked.
///
/// # Errors
/// [`Failure::Deploy`] if there is no journal.
pub fn tell(target: &Target, wanted: Wanted) -> Result<(), Failure> {
    let cursor = tell_what_is(target, wanted)?;
    if wanted.follows { follow(target, wanted, cursor.as_deref()) } else { Ok(()) }
}

fn journal(target: &Target, words: &[String]) -> Result<Child, Failure> {
    let mut command = Command::new("journalctl");
    command.args(["--output=json", "--no-pager", "--quiet", "--all"]);
    for slot in SlotName::ALL {
        command.arg(format!("--unit={}", target.layout.slot_unit(slot)));
    }
    let command = command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| Failure::Deploy(format!("journalctl: {error}")))
}

/// What is there; where it ends.
fn tell_what_is(target: &Target, wanted: Wanted) -> Result<Option<String>, Failure> {
    // A level is not the journal's to know.
    let count = if wanted.level == Level::Trace { wanted.lines } else { LOOKED_AT_MAX };
    let mut words = vec![format!("--lines={}", count.max(1))];
    words.extend(wanted.since.map(|since| format!("--since=@{since}")));
    let mut child = journal(target, &words)?;
    let mut kept = VecDeque::new();
    let mut cursor = None;
    let lines = child.stdout.take().into_iter().flat_map(|said| BufReader::new(said).lines());
    for line in lines.map_while(Result::ok) {
        let Some((logged, at)) = Logged::parse(&line) else { continue };
        cursor = Some(at);
        if logged.level >= wanted.level {
            kept.push_back(logged);
        }
        if kept.len() > wanted.lines as usize {
            kept.pop_front();
        }
    }
    let ended = child.wait_with_output().map_err(|error| Failure::Deploy(format!("journalctl: {error}")))?;
    if !ended.status.success() {
        let why = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        return Err(Failure::Deploy(format!("the journal cannot be read: {why}")));
    }
    let mut output = std::io::stdout().lock();
    for logged in kept {
        if !say(&mut output, &logged) {
            break;
        }
    }
    Ok(cursor)
}

/// Whether somebody still listens.
fn say(output: &mut impl Write, logged: &Logged) -> bool {
    let text = serde_json::to_string(logged).unwrap_or_default();
    writeln!(output, "{text}").and_then(|()| output.flush()).is_ok()
}

enum Came {
    Line(Box<Logged>),
    /// Whoever asked has hung up, or the journal has ended.
    End,
}

/// What comes, until whoever asked goes away.
fn follow(target: &Target, wanted: Wanted, cursor: Option<&str>) -> Result<(), Failure> {
    let from = cursor.map_or_else(|| "--lines=0".to_owned(), |cursor| format!("--after-cursor={cursor}"));
    let words =
        ["--follow".to_owned(), if cursor.is_some() { "--no-tail".to_owned() } else { from.clone() }, from];
    let mut child = journal(target, &words)?;
    let (send, came) = sync_channel(WAITING_MAX);
    let said = child.stdout.take();
    let own = send.clone();
    // They end with this process, which ends with the one who asked.
    std::thread::spawn(move || {
        let lines = said.into_iter().flat_map(|said| BufReader::new(said).lines());
        for line in lines.map_while(Result::ok) {
            let logged = Logged::parse(&line).map(|(logged, _)| logged);
            let logged = logged.filter(|logged| logged.level >= wanted.level);
            if logged.is_some_and(|logged| own.send(Came::Line(Box::new(logged))).is_err()) {
                return;
            }
        }
        let _ = own.send(Came::End);
    });
    std::thread::spawn(move || wait_for_end(&send));
    let mut beats = 0;
    let mut output = std::io::stdout().lock();
    while beats < BEATS_MAX {
        let is_heard = match came.recv_timeout(BEAT) {
            Ok(Came::Line(logged)) => {
                beats = 0;
                say(&mut output, &logged)
            }
            Ok(Came::End) | Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                beats += 1;
                writeln!(output).and_then(|()| output.flush()).is_ok()
            }
        };
        if !is_heard {
            break;
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Ok(())
}

/// Whoever asked says nothing; that they went away is seen.
fn wait_for_end(send: &SyncSender<Came>) {
    let mut word = [0; 64];
    let mut input = std::io::stdin().lock();
    while input.read(&mut word).is_ok_and(|count| count > 0) {}
    let _ = send.send(Came::End);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_comes_as_it_was_meant_and_nothing_else_does() {
        let wanted = Wanted { lines: 50, level: Level::Warn, since: Some(1_763_000_000), follows: true };
        let words = wanted.words();
        assert_eq!(words, "logs 50 warn 1763000000 follow");
        let words: Vec<&str> = words.split(' ').skip(1).collect();
        assert_eq!(Wanted::parse(&words), Some(wanted));
        for bad in [
            "",
            "50",
            "50 warn",
            "50 warn -1",
            "+50 warn -",
            "50 loud -",
            "10001 warn -",
            "50 warn - sh",
            "50 warn - follow follow",
            "50 warn @0",
            "50 warn --file=/etc/shadow",
        ] {
            assert_eq!(Wanted::parse(&bad.split(' ').collect::<Vec<_>>()), None, "{bad}");
        }
    }

    #[test]
    fn a_line_is_as_grave_as_the_server_says_or_as_the_journal_does() {
        for (said, priority, expected) in [
            ("{\"level\":\"WARN\",\"message\":\"x\"}", "6", Level::Warn),
            ("{\"level\":\"loud\"}", "6", Level::Info),
            ("Main process exited", "4", Level::Warn),
            ("Failed with result", "3", Level::Error),
            ("thread 'main' panicked at src/main.rs:1:1:", "6", Level::Error),
            ("words", "7", Level::Debug),
        ] {
            assert_eq!(level(said, Some(priority)), expected, "{said}");
        }
    }

    #[test]
    fn an_entry_of_the_journal_says_when_and_of_which_slot() {
        let entry = "{\"MESSAGE\":[104,105,255],\"_SYSTEMD_UNIT\":\"init.scope\",\"UNIT\":\"rookery-beta@green.service\",\
                     \"PRIORITY\":\"6\",\"__REALTIME_TIMESTAMP\":\"1763000000000001\",\"__CURSOR\":\"s=1\"}";
        let (logged, cursor) = Logged::parse(entry).unwrap();
        assert_eq!((logged.at_us, logged.slot.as_deref()), (1_763_000_000_000_001, Some("green")));
        assert_eq!((logged.said.as_str(), cursor.as_str()), ("hi\u{fffd}", "s=1"));
        let long =
            format!("{{\"MESSAGE\":\"{}\",\"__REALTIME_TIMESTAMP\":\"1\"}}", "ä".repeat(LINE_BYTES_MAX));
        assert!(Logged::parse(&long).unwrap().0.said.len() <= LINE_BYTES_MAX);
        assert_eq!(Logged::parse("{}"), None);
    }
}
