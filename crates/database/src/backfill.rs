//! Backfills: rows that are brought along batch by batch while people are served, after a step that only adds.
//!
//! A batch is one transaction: the next rows in the order of their key, changed where they still lack something, and the
//! place that was reached, written down with them. So a process that dies in the middle loses nothing and repeats nothing.
//! One process works at a time: it holds the backfill until a moment that each batch moves on; whoever comes later waits
//! for that moment. Two that believe they hold it cannot harm: the transaction that is second sees what the first did.
//!
//! A release before, which knows nothing of this, may write rows that lack it, also behind the place that was reached. So a
//! round through all rows ends with a look for any row that lacks; where there is one, another round begins; and nothing
//! counts as finished while a process of such a release is there ([`processes`]). One that comes later
//! opens what was finished again.
//!
//! How fast, and what to do after a failure: [`backfill_worker`](crate::backfill_worker).

use crate::query::queries;
use crate::row::{FromRow as _, Row, row};
use crate::undo::{literal, quoted};
use crate::value::Value;
use crate::{Database, Error, Result, Transaction, processes, transaction};
use model::WallTime;
use std::time::Duration;

/// Rows of one table that are to be brought along.
#[derive(Debug)]
pub struct Backfill {
    /// The step that made room for what they get.
    pub number: u32,
    /// Its name, for people and in the books: never used twice.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns that tell its rows apart, texts or whole numbers, best the primary key.
    pub key: &'static [&'static str],
    /// Which rows lack something, as a condition. A row that was brought along lacks nothing.
    pub lacks: &'static str,
    /// What they get: what stands after `set`, for SQLite and libSQL, and for PostgreSQL.
    pub set: [&'static str; 2],
}

/// What one step of the work did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many rows were looked at, and so many of them changed.
    Batch {
        /// Looked at.
        seen: u64,
        /// Changed.
        changed: u64,
    },
    /// A round is over, and there are rows that lack: another begins.
    Again,
    /// Every row has what it should, but a process is there that may write others.
    Waits,
    /// Another process works on it, until then at least.
    Held {
        /// Until when.
        until: WallTime,
    },
    /// It is finished.
    Finished,
    /// There is nothing to do: the step it belongs to is not applied, or a contract has come since.
    Idle,
}

/// How far a backfill is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Its name.
    pub name: String,
    /// Rows that were looked at in this round.
    pub seen: u64,
    /// Rows there were when the round began.
    pub expected: u64,
    /// Rows that were changed, in all rounds.
    pub changed: u64,
    /// Batches, in all rounds.
    pub batches: u64,
    /// Which round it is, from 1; 0 before it began.
    pub round: u64,
    /// Whether it is finished, or nothing is left for it to do.
    pub is_finished: bool,
    /// How often a batch failed.
    pub failures: u64,
    /// Why the last one did, if none has succeeded since.
    pub failure: Option<String>,
    /// Processes of releases that know nothing of it.
    pub older: u64,
}

row! {
    #[derive(Debug)]
    struct BookRow {
        place: Option<String>, holder: Option<String>, held_until: Option<i64>,
        rows_expected: i64, rows_seen: i64, rows_changed: i64, rounds: i64, batches: i64,
        finished_at: Option<i64>, failures: i64, last_error: Option<String>,
    }
}

queries! {
    FIND(Text) -> BookRow =
        "select place, holder, held_until, rows_expected, rows_seen, rows_changed, rounds, batches,
                finished_at, failures, last_error
         from schema_backfills where name = $1";
    BEGIN(Text, Int, Int, Int) =
        "insert into schema_backfills (name, number, rows_expected, rows_seen, rows_changed, rounds, batches, started_at,
                                       failures)
         values ($1, $2, $3, 0, 0, 1, 0, $4, 0)";
    ADVANCE(Text, Text, Int, Int, Text, Int) =
        "update schema_backfills
         set place = $2, rows_seen = rows_seen + $3, rows_changed = rows_changed + $4,
             batches = batches + 1, holder = $5, held_until = $6, last_error = null
         where name = $1";
    AGAIN(Text, Int) =
        "update schema_backfills
         set place = null, rows_seen = 0, rounds = rounds + 1, rows_expected = $2, finished_at = null
         where name = $1";
    FINISH(Text, Int) =
        "update schema_backfills set finished_at = $2, holder = null, held_until = null, last_error = null
         where name = $1";
    LET_GO(Text) = "update schema_backfills set holder = null, held_until = null where holder = $1";
    FAILED(Text, Text) = "update schema_backfills set failures = failures + 1, last_error = $2 where name = $1";
    REOPEN(Int) =
        "update schema_backfills
         set finished_at = null, place = null, rows_seen = 0, rounds = rounds + 1
         where finished_at is not null and number > $1";
    IS_APPLIED(Int) -> i64 = "select count(*) from schema_migrations where number = $1";
    CONTRACTS_AFTER(Int) -> i64 = "select count(*) from schema_contracts where number > $1";
}

impl Backfill {
    /// The columns of the key, as they stand in statements.
    fn columns(&self) -> String {
        self.key.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
    }

    /// The rows between two places: after the first, up to the second.
    fn between(&self, after: Option<&str>, until: Option<&str>) -> Result<String> {
        let columns = self.columns();
        let bound = |word: &str, place: Option<&str>| {
            place.map(|place| Ok(format!("({columns}) {word} ({})", literals(place)?))).transpose()
        };
        let bounds = [bound(">", after)?, bound("<=", until)?];
        let bounds: Vec<String> = bounds.into_iter().flatten().collect();
        Ok(if bounds.is_empty() { "1 = 1".to_owned() } else { bounds.join(" and ") })
    }

    /// The places of the next rows.
    async fn next(&self, tx: &mut Transaction, after: Option<&str>, rows: u32) -> Result<Vec<String>> {
        let (columns, table) = (self.columns(), quoted(self.table));
        let which = self.between(after, None)?;
        let sql = format!("select {columns} from {table} where {which} order by {columns} limit {rows}");
        tx.ask(&sql).await?.into_iter().map(|row| self.place(row)).collect()
    }

    fn place(&self, row: Row) -> Result<String> {
        let words = row.values.into_iter().map(|value| match value {
            Value::Text(text) => Ok(text.into()),
            Value::Int(number) => Ok(number.into()),
            other => Err(Error::unreadable(self.table, format!("{other:?} is no key of a backfill"))),
        });
        Ok(serde_json::Value::Array(words.collect::<Result<_>>()?).to_string())
    }

    /// Changes the rows between two places that lack something; how many.
    async fn bring(&self, tx: &mut Transaction, after: Option<&str>, until: &str) -> Result<u64> {
        let set = self.set[usize::from(tx.engine() == crate::Engine::Postgres)];
        let (table, which) = (quoted(self.table), self.between(after, Some(until))?);
        let sql = format!(
            "update {table} set {set} where {which} and ({}) returning cast(1 as bigint)",
            self.lacks
        );
        let changed = tx.ask(&sql).await?.len() as u64;
        // Otherwise there would be no end to it.
        if changed > 0 && self.is_lacking(tx, &which).await? {
            let detail = format!("rows of {table} up to {until} lack something that it does not give them");
            return Err(Error::Migration { name: format!("the backfill {}", self.name), detail });
        }
        Ok(changed)
    }

    /// Whether any row, or any of some, lacks something.
    pub(crate) async fn is_lacking(&self, tx: &mut Transaction, which: &str) -> Result<bool> {
        let (table, lacks) = (quoted(self.table), self.lacks);
        let sql = format!("select cast(1 as bigint) from {table} where {which} and ({lacks}) limit 1");
        Ok(!tx.ask(&sql).await?.is_empty())
    }

    async fn count(&self, tx: &mut Transaction) -> Result<i64> {
        let rows = tx.ask(&format!("select count(*) from {}", quoted(self.table))).await?;
        rows.into_iter().next().map_or(Ok(0), i64::from_row)
    }
}

/// A place as it stands in statements.
fn literals(place: &str) -> Result<String> {
    let broken = |error: serde_json::Error| Error::unreadable("schema_backfills.place", error);
    let words: Vec<serde_json::Value> = serde_json::from_str(place).map_err(broken)?;
    let words = words.iter().map(|word| match word {
        serde_json::Value::String(text) => Ok(literal(text)),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        other => Err(Error::unreadable("schema_backfills.place", other)),
    });
    Ok(words.collect::<Result<Vec<_>>>()?.join(", "))
}

/// Does the next batch, or says why there is none.
///
/// # Errors
/// Whatever the engine says of the batch; then nothing was done.
pub async fn step(
    database: &Database,
    backfill: &Backfill,
    holder: &str,
    held_for: Duration,
    rows: u32,
    now: WallTime,
) -> Result<Step> {
    transaction!(database, |tx| { step_within(&mut tx, backfill, holder, held_for, rows, now).await })
}

async fn step_within(
    tx: &mut Transaction,
    backfill: &Backfill,
    holder: &str,
    held_for: Duration,
    rows: u32,
    now: WallTime,
) -> Result<Step> {
    if is_idle(&mut *tx, backfill).await? {
        return Ok(Step::Idle);
    }
    let name = || Value::from(backfill.name);
    let book = FIND.find(&mut *tx, [name()]).await?;
    if book.is_none() {
        let expected = backfill.count(tx).await?;
        BEGIN.run(&mut *tx, [name(), backfill.number.into(), expected.into(), now.into()]).await?;
    }
    if let Some(BookRow { finished_at: Some(_), .. }) = &book {
        return Ok(Step::Finished);
    }
    if let Some(BookRow { holder: Some(other), held_until: Some(until), .. }) = &book
        && other != holder
        && *until > now.micros()
    {
        return Ok(Step::Held { until: WallTime::from_micros(*until) });
    }
    let after = book.as_ref().and_then(|book| book.place.as_deref());
    let places = backfill.next(tx, after, rows).await?;
    let Some(until) = places.last() else {
        return round_ends(tx, backfill, now).await;
    };
    let (seen, changed) = (places.len() as u64, backfill.bring(tx, after, until).await?);
    let held_until = now.plus(held_for);
    let values = [name(), until.into(), seen.into(), changed.into(), holder.into(), held_until.into()];
    ADVANCE.run(&mut *tx, values).await?;
    Ok(Step::Batch { seen, changed })
}

/// All rows were looked at.
async fn round_ends(tx: &mut Transaction, backfill: &Backfill, now: WallTime) -> Result<Step> {
    if backfill.is_lacking(tx, "1 = 1").await? {
        let expected = backfill.count(tx).await?;
        AGAIN.run(&mut *tx, [backfill.name.into(), expected.into()]).await?;
        return Ok(Step::Again);
    }
    if processes::older(&mut *tx, backfill.number, now).await? > 0 {
        return Ok(Step::Waits);
    }
    FINISH.run(&mut *tx, [backfill.name.into(), now.into()]).await?;
    Ok(Step::Finished)
}

async fn is_idle(tx: &mut Transaction, backfill: &Backfill) -> Result<bool> {
    Ok(IS_APPLIED.one(&mut *tx, [backfill.number.into()]).await? == 0
        || CONTRACTS_AFTER.one(&mut *tx, [backfill.number.into()]).await? > 0)
}

/// Writes down that a batch failed.
///
/// # Errors
/// Whatever the engine says.
pub async fn note_failure(database: &Database, backfill: &Backfill, why: &str) -> Result<()> {
    FAILED.run(database, [backfill.name.into(), why.into()]).await.map(drop)
}

/// Lets others work on what this process held.
///
/// # Errors
/// Whatever the engine says.
pub async fn let_go(database: &Database, holder: &str) -> Result<()> {
    LET_GO.run(database, [holder.into()]).await.map(drop)
}

/// What was finished is open again for a process that knows migrations only up to `known`: it may write rows that lack.
pub(crate) async fn reopen(tx: &mut Transaction, known: u32) -> Result<()> {
    REOPEN.run(tx, [known.into()]).await.map(drop)
}

/// How far one is; `None` where there is nothing to do for it.
///
/// # Errors
/// Whatever the engine says.
pub async fn progress(database: &Database, backfill: &Backfill, now: WallTime) -> Result<Option<Progress>> {
    transaction!(database, |tx| { progress_within(&mut tx, backfill, now).await })
}

pub(crate) async fn progress_within(
    tx: &mut Transaction,
    backfill: &Backfill,
    now: WallTime,
) -> Result<Option<Progress>> {
    if is_idle(&mut *tx, backfill).await? {
        return Ok(None);
    }
    let older = processes::older(&mut *tx, backfill.number, now).await?;
    let book = FIND.find(&mut *tx, [backfill.name.into()]).await?;
    let number = |of: fn(&BookRow) -> i64| book.as_ref().map_or(0, |book| of(book).unsigned_abs());
    Ok(Some(Progress {
        name: backfill.name.to_owned(),
        seen: number(|book| book.rows_seen),
        expected: number(|book| book.rows_expected),
        changed: number(|book| book.rows_changed),
        batches: number(|book| book.batches),
        round: number(|book| book.rounds),
        is_finished: book.as_ref().is_some_and(|book| book.finished_at.is_some()),
        failures: number(|book| book.failures),
        failure: book.as_ref().and_then(|book| book.last_error.clone()),
        older,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    static PAIRS: Backfill = Backfill {
        number: 1,
        name: "pairs",
        table: "pairs",
        key: &["kind", "number"],
        lacks: "folded is null",
        set: ["folded = lower(kind)"; 2],
    };

    #[test]
    fn rows_lie_between_two_places_whatever_their_names_are() {
        assert_eq!(PAIRS.between(None, None).unwrap(), "1 = 1");
        assert_eq!(
            PAIRS.between(Some(r#"["it's",3]"#), Some(r#"["z",-4]"#)).unwrap(),
            r#"("kind", "number") > ('it''s', 3) and ("kind", "number") <= ('z', -4)"#
        );
        assert!(PAIRS.between(Some("[null]"), None).is_err());
    }
}
