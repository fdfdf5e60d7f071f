//! `rookery logs`: what an environment says, wherever it runs: asked of its machine, or the command that asks its platform.

use super::print;
use crate::declared::Declared;
use crate::failure::Failure;
use crate::release_settings::LogsArgs;
use crate::remote::{Remote, address};
use crate::settings::Settings;
use crate::target::{Logged, Wanted};
use model::Clock as _;
use operations::{EnvironmentName, Span, Target};
use serde_json::{Value, json};
use std::io::Write as _;

/// # Errors
/// [`Failure::Deploy`] with what the machine said instead.
pub fn run(settings: &Settings, args: &LogsArgs) -> Result<(), Failure> {
    let declared = Declared::read(settings.config.as_deref())?.ok_or(Failure::NothingDeclared)?;
    let name = declared.choose(Some(&args.which))?;
    let target = declared.declaration.environments.get(&name).map(|environment| environment.target.clone());
    if let Some(command) = target.and_then(|target| of_platform(&name, &target, args)) {
        print(&format!("{command}\n"));
        return Ok(());
    }
    let since = args.since.as_deref().map(|text| since(settings, text)).transpose()?;
    let wanted = Wanted { lines: args.lines, level: args.level, since, follows: args.follow };
    let mut output = std::io::stdout().lock();
    let mut is_heard = true;
    Remote::of(settings, &name)?.listen(&wanted.words(), |line| {
        // An empty line is a sign of life.
        if let Ok(logged) = serde_json::from_str::<Logged>(line) {
            let line = if args.json { of_programs(&logged).to_string() } else { of_people(&logged) };
            is_heard = writeln!(output, "{line}").and_then(|()| output.flush()).is_ok();
        }
        is_heard
    })
}

/// A span before now, or an instant; in seconds since 1970.
fn since(settings: &Settings, text: &str) -> Result<u32, Failure> {
    let at = match Span::try_from(text.to_owned()) {
        Ok(span) => crate::clock::SystemClock::start().wall().minus(span.duration()),
        Err(_) => super::instant(settings, text)?,
    };
    u32::try_from(at.millis() / 1000).map_err(|_| Failure::Instant(format!("`{text}` is too long ago")))
}

fn of_programs(logged: &Logged) -> Value {
    let said = serde_json::from_str(&logged.said).unwrap_or_else(|_| Value::String(logged.said.clone()));
    json!({"at": time(logged), "slot": logged.slot, "level": logged.level, "said": said})
}

/// When it was, to the millisecond.
fn time(logged: &Logged) -> String {
    let seconds = i64::try_from(logged.at_us / 1_000_000).unwrap_or(0);
    let at = release::Instant::from_seconds(seconds).map_or_else(String::new, |at| at.to_string());
    let millis = logged.at_us / 1000 % 1000;
    at.strip_suffix('Z').map_or(at.clone(), |at| format!("{at}.{millis:03}Z"))
}

fn of_people(logged: &Logged) -> String {
    let slot = logged.slot.as_deref().unwrap_or("-");
    let own = serde_json::from_str::<Value>(&logged.said).ok();
    let words = own.as_ref().and_then(Value::as_object).and_then(|own| {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let message = text(own.get("message")?);
        let is_more = |key: &&String| !["timestamp", "level", "message", "target"].contains(&key.as_str());
        let more =
            own.iter().filter(|(key, _)| is_more(key)).map(|(key, value)| format!(" {key}={}", text(value)));
        let target = own.get("target").map(text).unwrap_or_default();
        Some(format!("{target}: {message}{}", more.collect::<String>()))
    });
    let words = words.unwrap_or_else(|| logged.said.clone());
    // A terminal does what it is told by what it is shown.
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{} {slot:5} {:5} {plain}", time(logged), logged.level.as_str())
}

/// What asks a platform for its logs.
fn of_platform(name: &EnvironmentName, target: &Target, args: &LogsArgs) -> Option<String> {
    let follow = |word: &'static str| if args.follow { word } else { "" };
    match target {
        Target::Local | Target::Ssh(_) => None,
        Target::Compose(to) => {
            let (host, port) = address(to);
            let port = port.map_or_else(String::new, |port| format!("-p {port} "));
            let since = args.since.as_ref().filter(|text| Span::try_from((*text).clone()).is_ok());
            let since = since.map_or_else(String::new, |since| format!(" --since {since}"));
            Some(format!(
                "ssh {port}{host} 'docker compose --project-directory /srv/rookery/{name} logs --tail {}{since}{}'",
                args.lines,
                follow(" --follow")
            ))
        }
        Target::Fly(app) => {
            Some(format!("flyctl logs --app {app}{}", if args.follow { "" } else { " --no-tail" }))
        }
        Target::Digitalocean(_) => Some(format!(
            "doctl apps logs \"$APP_ID\" rookery --type run --tail {}{}",
            args.lines,
            follow(" --follow")
        )),
    }
}
