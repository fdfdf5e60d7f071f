//! `rookery env`: the declared environments, looked at and checked.

use super::{env_example, env_files, print};
use crate::declared::Declared;
use crate::failure::Failure;
use crate::settings::{EnvCommand, Settings};
use crate::{compose, stamp};
use operations::{
    Cost, EnvironmentName, Finding, Fingerprints, Severity, Target, Trigger, check, differences, effective,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// What needs no database.
///
/// # Errors
/// [`Failure::Settings`], [`Failure::Environment`], or [`Failure::NotIsolated`] if the check found errors.
pub fn look(file: Option<&Path>, command: &EnvCommand) -> Result<(), Failure> {
    if matches!(command, EnvCommand::Example) {
        print(&env_example::text());
        return Ok(());
    }
    let declared = Declared::read(file)?.filter(|declared| !declared.declaration.environments.is_empty());
    let declared = declared.ok_or(Failure::NothingDeclared)?;
    let fingerprints = fingerprints()?;
    match command {
        EnvCommand::List => print(&list(&declared)),
        EnvCommand::Show { which } => {
            let own = values(&declared, which)?;
            for difference in differences(&BTreeMap::new(), &own, &fingerprints) {
                print(&format!("{} = {}\n", difference.key, difference.second.unwrap_or_default()));
            }
        }
        EnvCommand::Diff { first, second } => {
            let found = differences(&values(&declared, first)?, &values(&declared, second)?, &fingerprints);
            let rows = found.into_iter().map(|difference| {
                let shown = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
                [difference.key, shown(difference.first), shown(difference.second)]
            });
            let head = [String::new(), first.to_string(), second.to_string()];
            print(&table(std::iter::once(head).chain(rows).collect()));
        }
        EnvCommand::Check => return judge(&declared, &fingerprints),
        EnvCommand::Files(args) => return env_files::run(&declared, args),
        EnvCommand::Cost => print(&priced(&operations::cost(&declared.declaration))),
        EnvCommand::Stamp | EnvCommand::Example => {}
    }
    Ok(())
}

/// Makes the database belong to the environment of this process.
///
/// # Errors
/// A [`Failure`] of the database.
pub async fn stamp(settings: &Settings) -> Result<(), Failure> {
    let database = compose::database(settings).await?;
    let before = stamp::set(settings, &database).await?;
    database.close().await;
    let before = before.map_or_else(|| "to none".to_owned(), |name| format!("to `{name}`"));
    print(&format!("The database belonged {before} and belongs to `{}` now.\n", settings.environment()));
    Ok(())
}

fn judge(declared: &Declared, fingerprints: &Fingerprints) -> Result<(), Failure> {
    for name in declared.declaration.environments.keys() {
        declared.settings(Some(name), toml::Table::new())?;
    }
    let found = check(&declared.declaration, fingerprints);
    found.iter().for_each(tell);
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        return Err(Failure::NotIsolated { errors });
    }
    print(&format!("{} environments share nothing.\n", declared.declaration.environments.len()));
    Ok(())
}

/// Says one thing that must not be.
pub fn tell(finding: &Finding) {
    let kind = if finding.severity == Severity::Error { "error" } else { "warning" };
    let names: Vec<&str> = finding.environments.iter().map(EnvironmentName::as_str).collect();
    let (key, detail, advice) = (&finding.key, &finding.detail, &finding.advice);
    print(&format!("{kind}: {key} ({}): {detail}\n  {advice}\n", names.join(", ")));
}

fn list(declared: &Declared) -> String {
    let head = ["environment", "comes by", "address", "runs on", "database"].map(str::to_owned);
    let rows = declared.declaration.environments.iter().map(|(name, environment)| {
        let values = effective(&declared.declaration, name, environment);
        let trigger = match &environment.trigger {
            Trigger::Local => "hand, here".to_owned(),
            Trigger::Manual => "hand".to_owned(),
            Trigger::Push(branch) => format!("push to {branch}"),
            Trigger::Release(kind) => format!("release {kind}"),
        };
        let trigger = match &environment.promote_from {
            Some(from) => format!("{trigger}, from {from}"),
            None => trigger,
        };
        let kind = match &environment.target {
            Target::Local => "",
            Target::Ssh(_) => "ssh ",
            Target::Compose(_) => "compose ",
            Target::Fly(_) | Target::Digitalocean(_) => "",
        };
        let machine = format!("{kind}{}", environment.target.machine());
        let database = values
            .get("database")
            .map_or("embedded", |address| address.split(':').next().unwrap_or_default());
        [name.to_string(), trigger, environment.url.to_string(), machine, database.to_owned()]
    });
    table(std::iter::once(head).chain(rows).collect())
}

fn names(names: &[EnvironmentName]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What is declared, added up.
fn priced(cost: &Cost) -> String {
    let shown = |figure: Option<String>| figure.unwrap_or_else(|| "–".to_owned());
    let head = ["environment", "runs on", "USD a month", "memory MiB"].map(str::to_owned);
    let rows = cost.rows.iter().map(|row| {
        let price = row.usd_month.map(|usd| format!("{usd:.2}"));
        let memory = row.memory_mib.map(|mib| mib.to_string());
        [row.name.to_string(), row.machine.clone(), shown(price), shown(memory)]
    });
    let sum = ["together".to_owned(), String::new(), format!("{:.2}", cost.usd_month), String::new()];
    let mut text = table(std::iter::once(head).chain(rows).chain(std::iter::once(sum)).collect());
    if !cost.without_price.is_empty() {
        let _ = writeln!(
            text,
            "No price is declared of {}: all cost more than that.",
            names(&cost.without_price)
        );
    }
    let Some(host) = &cost.one_host else { return text };
    let less = cost.usd_month - host.usd_month;
    let (of, machine, usd, mib) = (&host.of, &host.machine, host.usd_month, host.memory_mib);
    let _ = writeln!(
        text,
        "All on {machine}, the machine of `{of}`: {usd:.2} as it is declared, {less:.2} less; its processes take {mib} MiB \
         at most, a second one of the largest counted."
    );
    if !host.without_memory.is_empty() {
        let _ =
            writeln!(text, "No memory is declared of {}: it is not counted.", names(&host.without_memory));
    }
    text
}

fn values(declared: &Declared, name: &EnvironmentName) -> Result<BTreeMap<String, String>, Failure> {
    let name = declared.choose(Some(name))?;
    let environment = &declared.declaration.environments[&name];
    Ok(effective(&declared.declaration, &name, environment))
}

/// Columns as wide as what stands in them.
fn table<const COLUMNS: usize>(rows: Vec<[String; COLUMNS]>) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Comparable within this run alone.
pub fn fingerprints() -> Result<Fingerprints, Failure> {
    let mut entropy = compose::entropy()?;
    let mut key = [0; 32];
    for part in key.chunks_exact_mut(8) {
        part.copy_from_slice(&entropy.next_u64().to_le_bytes());
    }
    Ok(Fingerprints::new(&key))
}
