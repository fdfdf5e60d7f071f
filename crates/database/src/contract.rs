//! Contracts: steps that take away what nobody needs any more. They are never taken but by whoever asks for one, and not
//! while something still needs what goes: a backfill before it that is not finished, rows that lack what they should have
//! got, processes of releases that know less than it asks for. What it takes is found out by taking it inside a
//! transaction and looking, and every row of the tables concerned is given out before anything is gone.
//!
//! Deliberately not here: releases that are kept to go back to, and backups. Who asks looks after those.

use crate::migrate::{self, Migration, Migrations, Phase};
use crate::undo::{self, Keep, Loss};
use crate::{Database, Error, Result, Transaction, backfill, processes};
use model::WallTime;
use std::fmt;

/// What a contract does, and what stands in its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contracting {
    /// Its name, such as `0018_without_faces`.
    pub name: String,
    /// The newest migration that a binary must know afterwards.
    pub known_at_least: u32,
    /// What is not there any more afterwards.
    pub lost: Vec<Loss>,
    /// What stands in its way. Nothing: it can be done.
    pub hindrances: Vec<Hindrance>,
}

/// What stands in the way of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// A step is to be taken first.
    Pending(String),
    /// A backfill is not finished: how many rows it has looked at, of how many.
    Unfinished {
        /// Which.
        backfill: String,
        /// Looked at.
        seen: u64,
        /// Of how many.
        expected: u64,
    },
    /// A backfill is finished, and rows lack something all the same.
    Lacking(String),
    /// A process is there whose release needs what goes.
    Process {
        /// Its release.
        release: String,
        /// The newest migration that it knows.
        known: u32,
    },
    /// It was tried, and does not work.
    Fails(String),
}

impl fmt::Display for Hindrance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending(name) => write!(formatter, "{name} is not applied: `rookery migrate up`"),
            Self::Unfinished { backfill, seen, expected } => write!(
                formatter,
                "the backfill {backfill} is not finished ({seen} of {expected} rows): a server goes on with it, or `rookery \
                 migrate backfill`"
            ),
            Self::Lacking(backfill) => write!(
                formatter,
                "rows lack what the backfill {backfill} gave the others; an older release wrote them: `rookery migrate \
                 backfill`"
            ),
            Self::Process { release, known } => write!(
                formatter,
                "a process of release {release} works with the database, which knows migrations up to {known:04} and needs \
                 what goes: stop it; one that was killed counts for {} minutes",
                processes::SILENCE_MAX.as_secs() / 60
            ),
            Self::Fails(detail) => write!(formatter, "it was tried, and does not work: {detail}"),
        }
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Done(Contracting),
    /// Nothing was done: something stands in the way.
    Refused(Contracting),
}

/// What the next contract would do. Nothing is changed. `None`: there is none that is not applied.
///
/// # Errors
/// Whatever the engine says.
pub async fn preview(database: &Database, own: &Migrations, now: WallTime) -> Result<Option<Contracting>> {
    let Some(contract) = next(database, own).await? else { return Ok(None) };
    let mut tx = database.begin().await?;
    let found = look(database, &mut tx, own, contract, now).await;
    tx.rollback().await;
    found.map(Some)
}

/// Takes the next contract, if nothing stands in its way. `keep` is given every row of the tables that lose something before
/// anything is gone. `None`: there is none that is not applied.
///
/// # Errors
/// [`Error::Migration`] if the rows cannot be kept; [`Error::Conflict`] if somebody wrote meanwhile: nothing was done.
pub async fn contract(
    database: &Database,
    own: &Migrations,
    keep: &mut dyn Keep,
    now: WallTime,
) -> Result<Option<Ended>> {
    let Some(contract) = next(database, own).await? else { return Ok(None) };
    let mut tx = database.begin().await?;
    let done = contract_within(database, &mut tx, own, contract, keep, now).await;
    if matches!(done, Ok(Ended::Done(_))) {
        tx.commit().await?;
    } else {
        tx.rollback().await;
    }
    done.map(Some)
}

async fn contract_within(
    database: &Database,
    tx: &mut Transaction,
    own: &Migrations,
    contract: &Migration,
    keep: &mut dyn Keep,
    now: WallTime,
) -> Result<Ended> {
    let found = look(database, tx, own, contract, now).await?;
    if !found.hindrances.is_empty() {
        return Ok(Ended::Refused(found));
    }
    undo::give_out_all(database, tx, &found.lost, keep).await?;
    migrate::apply(database, tx, contract, now).await?;
    Ok(Ended::Done(found))
}

async fn next<'a>(database: &Database, own: &'a Migrations) -> Result<Option<&'a Migration>> {
    let waiting = own.status(database).await?.contracts.into_iter().next();
    Ok(waiting.and_then(|name| own.steps.iter().find(|step| step.full_name() == name)))
}

/// Goes, looks, and goes back to where it was.
async fn look(
    database: &Database,
    tx: &mut Transaction,
    own: &Migrations,
    contract: &Migration,
    now: WallTime,
) -> Result<Contracting> {
    migrate::lock(database, tx).await?;
    let mut found = Contracting {
        name: contract.full_name(),
        known_at_least: contract.known_at_least,
        lost: Vec::new(),
        hindrances: hindrances(tx, own, contract, now).await?,
    };
    let before = undo::survey(tx.lease(), database.engine()).await?;
    tx.run_script("savepoint before_contract").await?;
    match migrate::apply(database, tx, contract, now).await {
        Ok(()) => {
            let after = undo::survey(tx.lease(), database.engine()).await?;
            tx.run_script("rollback to savepoint before_contract").await?;
            found.lost = undo::losses(&before, &after);
        }
        // The transaction is over, and nothing is done in it.
        Err(Error::Migration { detail, .. }) => found.hindrances.push(Hindrance::Fails(detail)),
        Err(error) => return Err(error),
    }
    Ok(found)
}

async fn hindrances(
    tx: &mut Transaction,
    own: &Migrations,
    contract: &Migration,
    now: WallTime,
) -> Result<Vec<Hindrance>> {
    let mut found = Vec::new();
    let applied = migrate::applied(tx).await?;
    let missing = own.steps.iter().filter(|step| step.phase != Phase::Contract);
    let missing = missing.filter(|step| !applied.iter().any(|row| row.number == i64::from(step.number)));
    found.extend(missing.map(|step| Hindrance::Pending(step.full_name())));
    if !found.is_empty() {
        return Ok(found);
    }
    for backfill in own.backfills.iter().filter(|backfill| backfill.number < contract.number) {
        let Some(progress) = backfill::progress_within(tx, backfill, now).await? else { continue };
        if !progress.is_finished {
            found.push(Hindrance::Unfinished {
                backfill: progress.name,
                seen: progress.seen,
                expected: progress.expected,
            });
        } else if backfill.is_lacking(tx, "1 = 1").await? {
            found.push(Hindrance::Lacking(progress.name));
        }
    }
    for process in processes::there(&mut *tx, now).await? {
        if process.known < contract.known_at_least {
            found.push(Hindrance::Process { release: process.release, known: process.known });
        }
    }
    Ok(found)
}
