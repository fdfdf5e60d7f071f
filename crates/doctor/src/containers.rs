//! Docker and Compose, where an environment runs in containers: they are there, answer, and are new enough for the
//! `compose.yaml` that is made.

use smoke::{Report, Seen, Wrong};
use std::io::ErrorKind;
use std::process::Output;
use std::time::Duration;

/// The engine from which on memory is limited where cgroups are of version 2, as on every current system.
const ENGINE_MIN: Version = Version(20, 10, 0);
/// The Compose that reads `name` in its file: without it two environments would take each other's containers.
const COMPOSE_MIN: Version = Version(2, 3, 3);
/// How long one of them may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
const ADVICE_MISSING: &str = "`apt-get install docker.io docker-compose-v2`, or take Docker's own packages; then \
                              `docker version` and `docker compose version` both answer";

/// Looks at both.
pub async fn containers(report: &mut Report<'_>) {
    report.check("docker is there and new enough", engine()).await;
    report.check("compose is there and new enough", compose()).await;
}

async fn engine() -> Seen {
    let output = ask(&["version", "--format", "{{.Server.Version}}"]).await?;
    if !output.status.success() {
        return Err(Wrong::new(
            said(&output.stderr),
            "`systemctl enable --now docker`; whoever runs this must be root or in the group `docker`",
        ));
    }
    judge(
        "docker",
        &said(&output.stdout),
        ENGINE_MIN,
        "install a newer Docker: the limits of containers do not hold with this one",
    )
}

async fn compose() -> Seen {
    let output = ask(&["compose", "version", "--short"]).await?;
    if !output.status.success() {
        // An engine without the plugin takes `compose` for a word it does not know.
        return Err(Wrong::new(said(&output.stderr), ADVICE_MISSING));
    }
    judge(
        "compose",
        &said(&output.stdout),
        COMPOSE_MIN,
        "install a newer Compose (`docker-compose-v2`): this one does not read the compose.yaml that is made",
    )
}

async fn ask(words: &[&str]) -> Result<Output, Wrong> {
    let asked = tokio::process::Command::new("docker").args(words).kill_on_drop(true).output();
    match tokio::time::timeout(ANSWER_TIME_MAX, asked).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {
            Err(Wrong::new("there is no docker", ADVICE_MISSING))
        }
        Ok(Err(error)) => Err(Wrong::new(format!("docker: {error}"), ADVICE_MISSING)),
        Err(_) => Err(Wrong::new(
            format!("docker did not answer within {} s", ANSWER_TIME_MAX.as_secs()),
            "`systemctl restart docker`, and look into `journalctl -u docker`",
        )),
    }
}

/// The first line of what it said.
fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn judge(name: &str, text: &str, least: Version, advice: &'static str) -> Seen {
    match Version::read(text) {
        Some(version) if version >= least => Ok(format!("{name} {version}")),
        Some(version) => Err(Wrong::new(format!("{name} {version}, and {least} is needed"), advice)),
        None => Err(Wrong::new(format!("{name} says `{text}`, which is no version"), advice)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32, u32);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers_however_they_are_packaged() {
        for (text, least, is_well) in [
            ("28.2.2", ENGINE_MIN, true),
            ("20.10.24+dfsg1", ENGINE_MIN, true),
            ("19.03.15", ENGINE_MIN, false),
            ("20.9.9", ENGINE_MIN, false),
            ("v2.3.3", COMPOSE_MIN, true),
            ("2.40.3-desktop.1", COMPOSE_MIN, true),
            ("5.0", COMPOSE_MIN, true),
            ("2.3.0", COMPOSE_MIN, false),
            ("1.29.2", COMPOSE_MIN, false),
            ("", COMPOSE_MIN, false),
            ("dev", COMPOSE_MIN, false),
        ] {
            assert_eq!(judge("it", text, least, "newer").is_ok(), is_well, "{text}");
        }
    }
}
