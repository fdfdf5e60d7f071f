//! Other programs of the machine, asked for their version and how they are, for a bounded time.

use smoke::{Seen, Wrong};
use std::io::ErrorKind;
use std::process::Output;
use std::time::Duration;

/// How long one of them may take to answer.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// Why a program said nothing.
#[derive(Debug)]
pub(crate) enum Silence {
    /// It is not there.
    Missing,
    /// It could not be started.
    Failed(std::io::Error),
    /// It did not answer in time.
    Late,
}

/// Starts a program and waits for what it says.
pub(crate) async fn ask(program: &str, words: &[&str]) -> Result<Output, Silence> {
    let asked = tokio::process::Command::new(program).args(words).kill_on_drop(true).output();
    match tokio::time::timeout(ANSWER_TIME_MAX, asked).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => Err(Silence::Missing),
        Ok(Err(error)) => Err(Silence::Failed(error)),
        Err(_) => Err(Silence::Late),
    }
}

/// The first line of what it said.
pub(crate) fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Whether a program is new enough, by what it says of its version.
pub(crate) fn judge(name: &str, text: &str, least: Version, advice: &'static str) -> Seen {
    match Version::read(text) {
        Some(version) if version >= least => Ok(format!("{name} {version}")),
        Some(version) => Err(Wrong::new(format!("{name} {version}, and {least} is needed"), advice)),
        None => Err(Wrong::new(format!("{name} says `{text}`, which is no version"), advice)),
    }
}

/// Of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// Reads `28.2.2`, `v2.3.3`, `20.10.24+dfsg1`, `2.40.3-desktop.1`, `2.20`.
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let numbers = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
        let mut parts = numbers.split('.').map(str::parse);
        let major = parts.next()?.ok()?;
        let mut next = || parts.next().map_or(Some(0), Result::ok);
        Some(Self(major, next()?, next()?))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.0, self.1, self.2)
    }
}
