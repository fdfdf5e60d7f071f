//! `rookery monitor URL…`: looks from a second machine whether servers live, are ready, let sockets through, answer in
//! time and have a certificate for a while; tells by the ways of alerts when one does not, and when it is back.

use super::print;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::settings::Settings;
use alerts::{Rule, Sighting, Watch, span, timestamp};
use clap::Args;
use model::{Clock, WallTime};
use operations::Span;
use sinks::Desk;
use smoke::{Check, Found, Proofs, Report};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// Servers that one monitor looks at.
const SERVERS_MAX: usize = 50;
/// Two looks are at least so far apart.
const EVERY_MIN: Duration = Duration::from_secs(1);
/// An answer that takes longer is late.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);

/// What to look at.
#[derive(Debug, Args)]
pub struct MonitorArgs {
    /// The servers: <https://music.example.org>
    #[arg(required = true, num_args = 1..=SERVERS_MAX)]
    pub urls: Vec<String>,
    /// How often, such as 30s; somebody is told when it is not well twice in a row.
    #[arg(long, default_value = "30s", value_parser = every)]
    pub every: Duration,
    /// Looks once, tells at once, and ends with exit code 1 if a server is not well: for cron.
    #[arg(long)]
    pub once: bool,
    /// A file in which it is kept what was told, so that the next look does not tell it again.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// A service token of a protected environment (`rookery access token create`)
    #[arg(long, env = "ROOKERY_ACCESS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub access_token: Option<String>,
    /// Prints one JSON object for each look, for programs.
    #[arg(long)]
    pub json: bool,
}

fn every(text: &str) -> Result<Duration, String> {
    let every = Span::try_from(text.to_owned())?.duration();
    if every < EVERY_MIN { Err("at least a second lies between two looks".to_owned()) } else { Ok(every) }
}

/// # Errors
/// [`Failure::Site`] for what is no address, [`Failure::Alerts`] for settings that cannot be used, and, looking once,
/// [`Failure::Unwell`].
pub async fn run(settings: &Settings, args: MonitorArgs) -> Result<(), Failure> {
    let clock = SystemClock::start();
    let mut monitor = Monitor::new(settings, args, &clock)?;
    loop {
        let began = clock.instant();
        let away = monitor.turn(&clock).await?;
        if monitor.args.once {
            let all = monitor.args.urls.len();
            return if away > 0 { Err(Failure::Unwell { away, all }) } else { Ok(()) };
        }
        let passed = clock.instant().since(began);
        tokio::time::sleep(monitor.args.every.saturating_sub(passed)).await;
    }
}

struct Monitor {
    args: MonitorArgs,
    rules: Vec<Rule>,
    watch: Watch,
    desk: Desk,
    /// Since when each server is not well, as somebody reads it here.
    away: BTreeMap<String, Option<WallTime>>,
}

/// What was seen of a server.
struct Seen {
    sightings: Vec<Sighting>,
    /// What is wrong, in a line; `None`: it is well.
    wrong: Option<String>,
    took: Duration,
}

impl Monitor {
    fn new(settings: &Settings, args: MonitorArgs, clock: &SystemClock) -> Result<Self, Failure> {
        let ways = settings.alerts.ways(settings.outside())?;
        let sinks = sinks::open(&ways).map_err(|error| Failure::Alerts(error.to_string()))?;
        let patience = if args.once { Duration::ZERO } else { args.every };
        let watch = args.state.as_deref().map_or_else(Watch::default, |path| read(path, clock));
        let rules = Vec::from(alerts::from_outside(patience));
        Ok(Self { args, rules, watch, desk: Desk::new(sinks), away: BTreeMap::new() })
    }

    /// Looks at all servers; how many are not well.
    async fn turn(&mut self, clock: &SystemClock) -> Result<usize, Failure> {
        let token = self.args.access_token.as_deref();
        let looks = self.args.urls.iter().map(|url| look(url, token, clock));
        let seen = futures::future::try_join_all(looks).await?;
        let now = clock.wall();
        let mut away = 0;
        for (url, seen) in self.args.urls.iter().zip(&seen) {
            away += usize::from(seen.wrong.is_some());
            let before = self.away.insert(url.clone(), seen.wrong.is_some().then_some(now));
            let since = before.flatten();
            if let (Some(since), Some(_)) = (since, &seen.wrong) {
                self.away.insert(url.clone(), Some(since));
            }
            let is_news = before.is_none() || since.is_some() != seen.wrong.is_some();
            if self.args.json {
                print(&line(url, seen, since, now));
            } else if is_news {
                print(&shown(url, seen, since, now));
            }
        }
        let sightings: Vec<Sighting> = seen.into_iter().flat_map(|seen| seen.sightings).collect();
        self.watch.observe(now, self.args.every, &self.rules, &sightings);
        let names: Vec<&str> = self.desk.sinks().iter().map(sinks::Sink::name).collect();
        self.watch.keep_receivers(&names);
        self.desk.tell(&mut self.watch, &self.rules, "rookery monitor", now, clock.instant()).await;
        if let Some(path) = &self.args.state {
            write(path, &self.watch);
        }
        Ok(away)
    }
}

async fn look(url: &str, token: Option<&str>, clock: &SystemClock) -> Result<Seen, Failure> {
    let began = clock.instant();
    let mut took = None;
    let mut note = |_: &Check| {
        took.get_or_insert_with(|| clock.instant().since(began));
    };
    let mut report = Report::new(&mut note);
    let proofs = Proofs { access_token: token, ..Proofs::default() };
    smoke::probe(url, proofs, &mut report).await?;
    let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "https");
    if let Some(url) = parsed {
        let outside =
            doctor::Outside { url, aliases: Vec::new(), redirects: Vec::new(), callbacks: Vec::new() };
        doctor::outside(&outside, clock.wall(), &mut report).await;
    }
    let checks = report.into_checks();
    let took = took.unwrap_or_default();
    Ok(judge(url, &checks, took))
}

/// What the checks come to. A server that does not live is not ready either; it is told once.
fn judge(url: &str, checks: &[Check], took: Duration) -> Seen {
    let rules = [
        ("it lives", "RookeryDown"),
        ("it is ready", "RookeryNotReady"),
        ("sockets", "RookerySocketsBlocked"),
    ];
    let rules = rules.into_iter().chain([("a certificate", "RookeryCertificateSoon")]);
    let sighting = |rule: &'static str, bad: Option<String>| Sighting { rule, about: url.to_owned(), bad };
    let mut sightings = Vec::new();
    for (what, rule) in rules {
        let Some(check) = checks.iter().find(|check| check.what.starts_with(what)) else { continue };
        let bad = match &check.found {
            Found::Wrong { seen, .. } => Some(seen.clone()),
            Found::Well(_) | Found::LeftOut(_) => None,
        };
        let is_down = rule == "RookeryDown" && bad.is_some();
        sightings.push(sighting(rule, bad));
        if is_down {
            break;
        }
        if rule == "RookeryDown" {
            let late = took > ANSWER_TIME_MAX;
            sightings
                .push(sighting("RookeryAnswersLate", late.then(|| format!("{:.1} s", took.as_secs_f64()))));
        }
    }
    let wrong: Vec<String> = sightings.iter().filter_map(|seen| seen.bad.clone()).collect();
    Seen { wrong: (!wrong.is_empty()).then(|| wrong.join("; ")), sightings, took }
}

/// For people: what changed.
fn shown(url: &str, seen: &Seen, since: Option<WallTime>, now: WallTime) -> String {
    let at = timestamp(now);
    match (&seen.wrong, since) {
        (Some(wrong), _) => format!("{at} WRONG {url}: {wrong}\n"),
        (None, Some(since)) => {
            format!("{at} BACK  {url}: it was not well for {}\n", span(now.since(since)))
        }
        (None, None) => format!("{at} ok    {url}: {} ms\n", seen.took.as_millis()),
    }
}

/// For programs: every look.
fn line(url: &str, seen: &Seen, since: Option<WallTime>, now: WallTime) -> String {
    let object = serde_json::json!({
        "at": timestamp(now), "url": url, "well": seen.wrong.is_none(), "wrong": seen.wrong,
        "ms": u64::try_from(seen.took.as_millis()).unwrap_or(u64::MAX),
        "away_s": since.map(|since| now.since(since).as_secs()),
    });
    format!("{object}\n")
}

/// What was told before; nothing, if that cannot be read.
fn read(path: &Path, clock: &SystemClock) -> Watch {
    let read = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if read.is_none() && path.exists() {
        tracing::warn!(file = %path.display(), at = clock.wall().millis(), "what was told before cannot be read");
    }
    read.unwrap_or_default()
}

/// Whole or not at all.
fn write(path: &Path, watch: &Watch) {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let written = serde_json::to_vec(watch)
        .map_err(std::io::Error::other)
        .and_then(|bytes| std::fs::write(&draft, bytes))
        .and_then(|()| std::fs::rename(&draft, path));
    if let Err(error) = written {
        tracing::warn!(file = %path.display(), %error, "what was told cannot be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(what: &'static str, wrong: Option<&str>) -> Check {
        let found = match wrong {
            Some(seen) => Found::Wrong { seen: seen.to_owned(), advice: "look" },
            None => Found::Well(String::new()),
        };
        Check { what, found }
    }

    #[test]
    fn a_server_that_does_not_live_is_told_once_and_one_that_is_slow_too() {
        let of = |checks: &[Check], ms| {
            let seen = judge("https://a.example", checks, Duration::from_millis(ms));
            seen.sightings
                .into_iter()
                .filter(|seen| seen.bad.is_some())
                .map(|seen| seen.rule)
                .collect::<Vec<_>>()
        };
        let down = [check("it lives: GET", Some("refused")), check("a certificate holds", Some("none"))];
        assert_eq!(of(&down, 9_000), ["RookeryDown"]);
        let unready = [check("it lives: GET", None), check("it is ready to serve", Some("503"))];
        assert_eq!(of(&unready, 5), ["RookeryNotReady"]);
        assert_eq!(of(&unready, 2_500), ["RookeryAnswersLate", "RookeryNotReady"]);
        let well = [check("it lives: GET", None), check("it is ready", None), check("sockets come", None)];
        assert!(of(&well, 5).is_empty());
    }
}
