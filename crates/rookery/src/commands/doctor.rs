//! `rookery doctor`: whether everything around the server is as it needs it. It changes nothing; the exit code says it to
//! programs.
//!
//! On the machine that serves it looks at everything; for an environment that runs elsewhere at what can be seen from here.

mod bus;
mod expected;

use super::smoke::{line, shown};
use super::{env, print};
use crate::backups;
use crate::compose;
use crate::declared::Declared;
use crate::failure::Failure;
use crate::moved_environment::{self, Ignored};
use crate::required_data;
use crate::settings::Settings;
use crate::stamp;
use clap::Args;
use database::Database;
use doctor::{Machine, Outside, Place};
use model::Clock;
use operations::{Environment, EnvironmentName, Expect, Severity, Target};
use smoke::{Check, Found, Report, Seen, Wrong};
use standard_webhooks::FINGERPRINT_COMMAND;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Backups that count are at most so many times older than the time between two.
const BACKUP_AGE_FACTOR: u32 = 2;
/// A drill is made once a week; after this long it is late.
const DRILL_AGE_MAX: Duration = Duration::from_secs(9 * 86_400);

/// Whose surroundings to look at.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The environment [default: this machine's]
    #[arg(value_name = "NAME")]
    pub which: Option<EnvironmentName>,
    /// Prints one JSON object a line, for programs.
    #[arg(long)]
    pub json: bool,
}

/// # Errors
/// [`Failure::Doctor`] if something is wrong; a [`Failure`] of the settings.
pub async fn run(mut settings: Settings, args: DoctorArgs) -> Result<(), Failure> {
    if args.which.is_some() {
        settings.environment = args.which.clone();
    }
    let declared = Declared::read(settings.config.as_deref())?;
    let from_here = settings.clone().without_sealed()?;
    let name = from_here.environment();
    let environment =
        declared.as_ref().and_then(|declared| declared.declaration.environments.get(&name)).cloned();
    let place = environment.as_ref().map_or(Place::Here, place);
    let is_here = place == Place::Here || is_this_machine(&place).await;
    // Its machine alone can open what is sealed.
    let settings = if is_here { settings.with_file()? } else { from_here };

    let mut tell = |check: &Check| print(&if args.json { line(check) } else { shown(check) });
    let mut report = Report::new(&mut tell);
    if let Some(declared) = &declared {
        report.check("the declaration holds", async { declaration(declared, &name) }).await;
    }
    report.check("the settings hold", async { read(&settings) }).await;
    if is_here {
        report.check("no variable is set that means nothing here", async { variables(&settings) }).await;
        if let Some(Target::Compose(_)) = environment.as_ref().map(|own| &own.target) {
            doctor::containers(&mut report).await;
        }
        if environment.as_ref().is_some_and(|own| has_caddy(own, &settings)) {
            doctor::proxy(&mut report).await;
        }
        let expect = environment.as_ref().map(|own| own.expect.clone()).unwrap_or_default();
        on_this_machine(&settings, &expect, &mut report).await?;
        bus::look(&settings, &mut report).await;
        webhooks(&settings, &mut report).await;
    } else {
        let why = format!("`{name}` runs elsewhere: run this there too");
        report.leave_out("the machine, the database and backups are well", why);
    }
    match public(&settings)? {
        Some(url) => {
            seen_from_outside(&settings, url, environment.as_ref(), &place, is_here, &mut report).await?;
        }
        None => report.leave_out("the server is seen from outside", "no `public_url` is set"),
    }
    conclude(&report.into_checks(), args.json)
}

fn conclude(checks: &[Check], as_json: bool) -> Result<(), Failure> {
    let count = |is: fn(&Found) -> bool| checks.iter().filter(|check| is(&check.found)).count();
    let wrong = count(|found| matches!(found, Found::Wrong { .. }));
    if wrong > 0 {
        return Err(Failure::Doctor { wrong });
    }
    let left_out = count(|found| matches!(found, Found::LeftOut(_)));
    if !as_json {
        let held = checks.len() - left_out;
        print(&format!("{held} of {} checks hold, {left_out} were left out.\n", checks.len()));
    }
    Ok(())
}

fn place(environment: &Environment) -> Place {
    match &environment.target {
        Target::Local => Place::Here,
        Target::Ssh(_) | Target::Compose(_) => {
            let machine = environment.target.machine();
            let host = machine.rsplit_once(':').map_or(machine.as_str(), |(host, _)| host);
            Place::Host(host.to_owned())
        }
        Target::Fly(_) | Target::Digitalocean(_) => Place::Platform,
    }
}

/// Whether its machine has a Caddy of its own, as its page says (`rookery env files`).
fn has_caddy(environment: &Environment, settings: &Settings) -> bool {
    matches!(environment.target, Target::Ssh(_)) && environment.url.is_https() && !settings.tls.is_here()
}

/// Whether a place is where this runs: its name leads to an address of this machine.
async fn is_this_machine(place: &Place) -> bool {
    let Place::Host(host) = place else { return false };
    let Ok(found) = tokio::net::lookup_host((host.as_str(), 0)).await else { return false };
    let mut found = found.map(|address| address.ip());
    found.any(|address| std::net::UdpSocket::bind((address, 0)).is_ok())
}

fn public(settings: &Settings) -> Result<Option<Url>, Failure> {
    let parsed = |url: &String| Url::parse(url).map_err(|_| Failure::PublicUrl { url: url.clone() });
    settings.public_url.as_ref().map(parsed).transpose()
}

/// What `env check` finds of this environment.
fn declaration(declared: &Declared, name: &EnvironmentName) -> Seen {
    let fingerprints = env::fingerprints()
        .map_err(|failure| Wrong::new(failure.to_string(), "look whether /dev/urandom is there"))?;
    let found = operations::check(&declared.declaration, &fingerprints);
    let own = found.iter().filter(|finding| finding.environments.contains(name));
    let errors: Vec<String> = own
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.key, finding.detail))
        .collect();
    if errors.is_empty() {
        return Ok(declared.path.display().to_string());
    }
    Err(Wrong::new(errors.join("; "), "`rookery env check` says more, and what to do"))
}

/// Settings that are read when the server starts.
fn read(settings: &Settings) -> Seen {
    let wrong = |failure: Failure| {
        Wrong::new(failure.to_string(), "set it right: docs/configuration.md has every setting")
    };
    settings.sign_in.read(settings).map_err(wrong)?;
    settings.sources.read().map_err(wrong)?;
    settings.zone().map_err(wrong)?;
    settings.backup.places().map_err(wrong)?;
    settings.backup.schedule().map_err(wrong)?;
    settings.previous_key.read().map_err(wrong)?;
    settings.otlp.pushing(settings).map_err(wrong)?;
    settings.bus.address().map_err(wrong)?;
    settings.webhooks.read().map_err(wrong)?;
    Ok(format!("of `{}`", settings.environment()))
}

/// What other software is told by variables, and what says it here. What is merely left over does no harm.
fn variables(settings: &Settings) -> Seen {
    let ignored = moved_environment::ignored(settings);
    let (missed, left): (Vec<&Ignored>, Vec<&Ignored>) = ignored.iter().partition(|one| one.is_missed);
    let told = |one: &&Ignored| format!("{}: {}", one.name, one.words);
    if !missed.is_empty() {
        let told = missed.iter().map(told).collect::<Vec<_>>().join("; ");
        return Err(Wrong::new(told, "set what stands in their place, or take them out"));
    }
    match left.iter().map(told).collect::<Vec<_>>() {
        told if told.is_empty() => Ok("none".to_owned()),
        told => Ok(told.join("; ")),
    }
}

/// The fingerprints of the secrets of webhooks that come in: for the other side to compare.
async fn webhooks(settings: &Settings, report: &mut Report<'_>) {
    let what = "webhooks that come in have a secret";
    match settings.webhooks.read() {
        Ok(Some(keyring)) => {
            let of = keyring
                .secrets()
                .map(|(signer, secret)| format!("{} {}", signer.as_str(), secret.fingerprint()));
            let told = of.collect::<Vec<_>>().join(", ");
            let seen = format!("{told}; there, with the secret in SECRET: `{FINGERPRINT_COMMAND}`");
            report.check(what, async { Ok(seen) }).await;
        }
        Ok(None) => report.leave_out(what, "`webhook_secret` is not set: none are taken"),
        // That the setting does not hold is said already.
        Err(_) => report.leave_out(what, "it cannot be used"),
    }
}

async fn on_this_machine(
    settings: &Settings,
    expect: &Expect,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let data = settings.data();
    let files =
        [settings.secret_key_file.clone(), settings.config.clone().filter(|_| settings.secret_key.is_some())];
    let mut secrets: Vec<_> = files.into_iter().flatten().collect();
    secrets.extend([data.join("secret.key"), backups::key_file(settings)]);
    let https = settings.tls.is_here().then(|| settings.tls.listen());
    let listens = [Some(settings.listen()), https, settings.metrics_listen];
    let ports = listens.into_iter().flatten().map(|address| address.port()).collect();
    doctor::machine(&Machine { data, secrets, ports }, report).await;

    let what = "the database is this environment's, and of this release";
    if settings.embedded_database().is_some_and(|file| !file.exists()) {
        report.leave_out(what, "there is none yet: it is made at the first start");
        return Ok(());
    }
    let database = match compose::database(settings).await {
        Ok(database) => database,
        Err(failure) => {
            let advice = "look whether the database runs, and whether `database_url` names it";
            report.check(what, async { Err(Wrong::new(failure.to_string(), advice)) }).await;
            return Ok(());
        }
    };
    report.check(what, stored(settings, &database)).await;
    if database.is_pooled() {
        report.check("backups get past the pooler of PostgreSQL", past_the_pooler(&database)).await;
    }
    report.check("what the database knows of is there", all_there(settings, &database)).await;
    if expect.each().next().is_some() {
        report.check("so much is there as is expected", expected::look(settings, expect, &database)).await;
    }
    let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock::start());
    backed_up(settings, &database, &clock, report).await;
    database.close().await;
    Ok(())
}

async fn stored(settings: &Settings, database: &Database) -> Seen {
    if let Err(failure) = stamp::refuse_other(settings, database).await {
        return Err(Wrong::new(failure.to_string(), "see that `database_url` is that of this environment"));
    }
    let own =
        crate::schema::own(settings).map_err(|failure| Wrong::new(failure.to_string(), "correct it"))?;
    let status = own
        .status(database)
        .await
        .map_err(|error| Wrong::new(error.to_string(), "look into the database's own log"))?;
    let newest = status.applied.last().cloned().unwrap_or_else(|| "nothing".to_owned());
    if let Some(unknown) = status.unknown.last() {
        return Ok(format!("{newest}; {unknown} is of a newer release"));
    }
    Ok(match status.pending.len() {
        0 => newest,
        count => format!("{newest}; {count} migrations are applied at the next start"),
    })
}

/// What needs a session of its own gets one.
async fn past_the_pooler(database: &Database) -> Seen {
    let advice = "set `database_direct_url` to the address of the server itself, which platforms give beside that of the pooler";
    let asked = async {
        database.has_sessions("backups and rehearsals")?;
        database::scratch::role(database).await
    };
    match asked.await {
        Ok(role) => Ok(format!("as {role}")),
        Err(error) => Err(Wrong::new(error.to_string(), advice)),
    }
}

/// No folder is empty that the database knows to have held something.
async fn all_there(settings: &Settings, database: &Database) -> Seen {
    let missing = required_data::missing(settings, database)
        .await
        .map_err(|failure| Wrong::new(failure.to_string(), "look into the database's own log"))?;
    if missing.is_empty() {
        return Ok("music, covers, play logs".to_owned());
    }
    Err(Wrong::new(missing.join("; "), "see that the disk is mounted, or restore it: `rookery restore`"))
}

/// Each place of backups answers, and has one that counts and is recent.
async fn backed_up(
    settings: &Settings,
    database: &Database,
    clock: &Arc<dyn Clock>,
    report: &mut Report<'_>,
) {
    let what = "a backup was restored and found sound lately";
    if settings.backup.places().is_ok_and(|places| places.is_empty()) {
        report.leave_out(what, "`backup_to` is not set: nothing is backed up");
        return;
    }
    if !backups::key_file(settings).exists() {
        report.leave_out(what, "there is no key for them yet: it is made at the first backup");
        return;
    }
    let opened = async {
        let secret = crate::secret_key::open(settings, database).await?;
        backups::open(settings, database, &secret, clock).await
    };
    let keeper = match opened.await {
        Ok(keeper) => keeper,
        Err(failure) => {
            let wrong = Wrong::new(failure.to_string(), "look whether the place of backups is there");
            report.check(what, async { Err(wrong) }).await;
            return;
        }
    };
    for keeper in keeper.iter() {
        for vault in &keeper.vaults {
            report.check("a place of backups gives back what it is given", tried_out(vault)).await;
            report.check(what, judge(vault, keeper.schedule.every, &**clock)).await;
        }
    }
}

async fn tried_out(vault: &backup::Vault) -> Seen {
    let advice = "look whether the place answers, has room, and lets these keys write, read and list";
    vault.store().try_out().await.map_err(|error| Wrong::new(error.to_string(), advice))?;
    Ok(vault.place().to_owned())
}

async fn judge(vault: &backup::Vault, every: Duration, clock: &dyn Clock) -> Seen {
    let wrong =
        |error: backup::Error| Wrong::new(error.to_string(), "look whether the place answers, and its key");
    let place = vault.place();
    let Some(last) = vault.last_verified().await.map_err(wrong)? else {
        return Err(Wrong::new(
            format!("{place}: none"),
            "run `rookery backup create` and read what it says",
        ));
    };
    let age = clock.wall().since(vault.manifest(&last.id).await.map_err(wrong)?.taken_at());
    let minutes = age.as_secs() / 60;
    if age > every * BACKUP_AGE_FACTOR {
        return Err(Wrong::new(
            format!("{place}: the last is {minutes} minutes old"),
            "run `rookery backup create`; the server's log says `alarm=backups`, and why",
        ));
    }
    match vault.last_drill().await.map_err(wrong)? {
        Some(drill) if !drill.faults.is_empty() => Err(Wrong::new(
            format!("{place}: the drill failed: {}", drill.faults.join("; ")),
            "run `rookery backup drill`",
        )),
        Some(drill) if clock.wall().since(model::WallTime::from_micros(drill.at_us)) > DRILL_AGE_MAX => {
            Err(Wrong::new(
                format!("{place}: the last drill is long ago"),
                "run `rookery backup drill`; a server does it once a week, so look whether one runs",
            ))
        }
        _ => Ok(format!("{place}: {minutes} minutes ago")),
    }
}

async fn seen_from_outside(
    settings: &Settings,
    url: Url,
    environment: Option<&Environment>,
    place: &Place,
    is_here: bool,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let parsed = |address: &operations::Address| Url::parse(&address.to_string()).ok();
    let aliases: Vec<Url> =
        environment.map_or_else(Vec::new, |own| own.aliases.iter().filter_map(parsed).collect());
    let redirects = environment.map_or_else(Vec::new, |own| own.redirects.clone());
    let mut hosts: Vec<String> =
        std::iter::once(&url).chain(&aliases).filter_map(|url| url.host_str().map(str::to_owned)).collect();
    hosts.extend(redirects.iter().cloned());
    let place = if is_here { &Place::Here } else { place };
    doctor::names(&hosts, place, settings.trusted_proxies.unwrap_or(0), report).await;
    let mut callbacks: Vec<(String, String)> = settings
        .sign_in
        .read(settings)
        .map_or_else(|_| Vec::new(), |read| read.providers)
        .into_iter()
        .map(|provider| (provider.name, provider.callback_path))
        .collect();
    if settings.sources.read().is_ok_and(|sources| sources.spotify.is_some()) {
        callbacks.push(("Spotify".to_owned(), server::SPOTIFY_CALLBACK.to_owned()));
    }
    let clock = crate::clock::SystemClock::start();
    let from_outside = Outside { url: url.clone(), aliases, redirects, callbacks };
    doctor::outside(&from_outside, clock.wall(), report).await;
    let must_be_protected = environment.is_some_and(|own| own.access.is_some());
    let proofs = smoke::Proofs { must_be_protected, ..Default::default() };
    smoke::look(url.as_str(), proofs, report).await?;
    Ok(())
}
