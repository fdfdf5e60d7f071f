//! Migrations beside those of this release, read from a file: how tests see a change in several releases through the real
//! program before a release has one. Only in a build with the feature `fakes`.

use crate::failure::Failure;
use database::backfill::Backfill;
use database::migrate::{Migration, Migrations, OWN, Phase};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    steps: Vec<TrialStep>,
    backfills: Vec<TrialBackfill>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialStep {
    number: u32,
    name: String,
    is_contract: bool,
    known_at_least: u32,
    up: String,
    down: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialBackfill {
    number: u32,
    name: String,
    table: String,
    key: Vec<String>,
    lacks: String,
    set: String,
}

/// Reads them. What is read stays for as long as the process does, as this release's own do.
///
/// # Errors
/// [`Failure::Trial`].
pub fn read(file: &Path) -> Result<Migrations, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Trial(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
    let trial: Trial = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let steps = OWN.steps.iter().copied().chain(trial.steps.into_iter().map(TrialStep::kept));
    let backfills = trial.backfills.into_iter().map(TrialBackfill::kept);
    Ok(Migrations { steps: kept(steps.collect()), backfills: kept(backfills.collect()) })
}

/// A task that goes wrong as none should.
#[expect(clippy::panic, reason = "tests see what becomes of it")]
pub async fn panic() {
    panic!("a task panics, for a test");
}

impl TrialStep {
    fn kept(self) -> Migration {
        Migration {
            number: self.number,
            name: self.name.leak(),
            phase: if self.is_contract { Phase::Contract } else { Phase::Expand },
            known_at_least: self.known_at_least,
            up: [self.up.leak(); 2],
            down: [self.down.leak(); 2],
        }
    }
}

impl TrialBackfill {
    fn kept(self) -> Backfill {
        Backfill {
            number: self.number,
            name: self.name.leak(),
            table: self.table.leak(),
            key: kept(self.key.into_iter().map(|column| &*column.leak()).collect()),
            lacks: self.lacks.leak(),
            set: [self.set.leak(); 2],
        }
    }
}

fn kept<T>(all: Vec<T>) -> &'static [T] {
    Vec::leak(all)
}
