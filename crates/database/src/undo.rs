//! Going back over migrations, and what is lost on the way. That is found out by going back inside a transaction,
//! looking, and not having gone: it is what would happen, and not what somebody once wrote down. Where something would
//! be lost, it is only done for whoever shows that they have seen it, and what is lost is given out first.
//!
//! What cannot be seen from outside: a value that a script writes over in place. Scripts that do so are tested
//! (`tests/it/suite`).

use crate::engine::{Engine, Lease};
use crate::give_back::{self, Back};
use crate::row::{FromRow as _, Row};
use crate::transaction::Transaction;
use crate::value::Value;
use crate::{Database, Error, Result, backups, migrate};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, io};

/// Rows that are given out at a time.
const PAGE_ROWS: usize = 2000;

/// What going back does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undoing {
    /// The migrations, newest first, such as `0015_people_and_numbers`.
    pub undone: Vec<String>,
    /// What is not there any more afterwards.
    pub lost: Vec<Loss>,
}

/// Something that is not there any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    /// Of which table.
    pub table: String,
    /// One column of it; otherwise whole rows.
    pub column: Option<String>,
    /// How many rows, or how many that have a value in the column.
    pub rows: u64,
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(formatter, "{}.{column} in {} rows", self.table, self.rows),
            None => write!(formatter, "{} rows of {}", self.rows, self.table),
        }
    }
}

impl Undoing {
    /// What whoever accepts the loss has to say. Another loss has another; without one there is none.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        if self.lost.is_empty() {
            return None;
        }
        let mut digest = Sha256::new();
        for name in &self.undone {
            digest.update(format!("{name}\n"));
        }
        for loss in &self.lost {
            digest.update(format!("{loss}\n"));
        }
        Some(digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Where the rows go that are lost.
pub trait Keep: Send {
    /// Takes a row: a line of JSON, `{"table":…,"row":…}`, blobs in hexadecimal digits.
    ///
    /// # Errors
    /// If it cannot be written: then nothing is undone.
    fn row(&mut self, line: &str) -> io::Result<()>;

    /// That was all of them. Once this returns they are kept whatever happens.
    ///
    /// # Errors
    /// As [`Keep::row`].
    fn finish(&mut self) -> io::Result<()>;
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Done(Undoing),
    /// Nothing was done: this would be lost, and was not accepted.
    Refused(Undoing),
}

/// What undoing the last `steps` migrations would do. Nothing is changed.
///
/// # Errors
/// [`Error::Migration`] if a script fails.
pub async fn preview(database: &Database, steps: usize) -> Result<Undoing> {
    migrate::prepare(database).await?;
    let mut tx = database.begin().await?;
    let found = look(database, &mut tx, steps).await;
    tx.rollback().await;
    found
}

/// Undoes the last `steps` migrations, whichever binary applied them, by the scripts stored in the database; all of them
/// or none. If something is lost, `accepted` must be its token, and `keep` is given every row of the tables concerned before
/// anything is gone.
///
/// # Errors
/// [`Error::Migration`] if a script fails, or the rows cannot be kept; [`Error::Conflict`] if somebody wrote meanwhile.
pub async fn undo(
    database: &Database,
    steps: usize,
    accepted: Option<&str>,
    keep: &mut dyn Keep,
) -> Result<Ended> {
    undo_and_give_back(database, steps, accepted, keep, None).await
}

/// The same, and rows that a contract took are put back where there is room for them again.
///
/// # Errors
/// As [`undo`], and if a line is none of those that were written.
pub async fn undo_and_give_back(
    database: &Database,
    steps: usize,
    accepted: Option<&str>,
    keep: &mut dyn Keep,
    back: Option<&mut Back<'_>>,
) -> Result<Ended> {
    migrate::prepare(database).await?;
    let mut tx = database.begin().await?;
    let done = undo_within(database, &mut tx, steps, accepted, keep, back).await;
    if matches!(done, Ok(Ended::Done(_))) {
        tx.commit().await?;
    } else {
        tx.rollback().await;
    }
    done
}

async fn undo_within(
    database: &Database,
    tx: &mut Transaction,
    steps: usize,
    accepted: Option<&str>,
    keep: &mut dyn Keep,
    back: Option<&mut Back<'_>>,
) -> Result<Ended> {
    let found = look(database, tx, steps).await?;
    if found.token().as_deref().is_some_and(|token| accepted != Some(token)) {
        return Ok(Ended::Refused(found));
    }
    give_out_all(database, tx, &found.lost, keep).await?;
    let before = give_back::shape(tx.lease(), database.engine()).await?;
    for _ in &found.undone {
        migrate::undo_last(tx).await?;
    }
    if let Some(back) = back {
        give_back::give_back(tx, &before, back).await?;
    }
    Ok(Ended::Done(found))
}

/// Every row of the tables that lose something.
pub(crate) async fn give_out_all(
    database: &Database,
    tx: &mut Transaction,
    lost: &[Loss],
    keep: &mut dyn Keep,
) -> Result<()> {
    let tables: BTreeSet<&str> = lost.iter().map(|loss| loss.table.as_str()).collect();
    for table in &tables {
        give_out(tx.lease(), database.engine(), table, keep).await?;
    }
    if tables.is_empty() { Ok(()) } else { keep.finish().map_err(not_kept) }
}

/// Goes, looks, and goes back to where it was.
async fn look(database: &Database, tx: &mut Transaction, steps: usize) -> Result<Undoing> {
    let engine = database.engine();
    migrate::lock(database, tx).await?;
    let before = survey(tx.lease(), engine).await?;
    tx.script("savepoint before_undoing").await?;
    let mut undone = Vec::new();
    while undone.len() < steps {
        let Some(name) = migrate::undo_last(tx).await? else { break };
        undone.push(name);
    }
    let after = survey(tx.lease(), engine).await?;
    tx.script("rollback to savepoint before_undoing").await?;
    Ok(Undoing { undone, lost: losses(&before, &after) })
}

/// A table: how many rows, and how many of them have a value in each column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    rows: u64,
    columns: BTreeMap<String, u64>,
}

pub(crate) fn losses(before: &BTreeMap<String, Table>, after: &BTreeMap<String, Table>) -> Vec<Loss> {
    let gone = Table::default();
    let mut lost = Vec::new();
    for (name, table) in before {
        let left = after.get(name).unwrap_or(&gone);
        let rows = table.rows.saturating_sub(left.rows);
        if rows > 0 {
            lost.push(Loss { table: name.clone(), column: None, rows });
        }
        if left.rows > 0 {
            let missing = table.columns.iter().filter(|(column, _)| !left.columns.contains_key(*column));
            let missing = missing.filter(|(_, rows)| **rows > 0);
            lost.extend(missing.map(|(column, rows)| Loss {
                table: name.clone(),
                column: Some(column.clone()),
                rows: *rows,
            }));
        }
    }
    lost
}

pub(crate) async fn survey(lease: &mut Lease, engine: Engine) -> Result<BTreeMap<String, Table>> {
    let mut found = BTreeMap::new();
    for name in backups::tables(lease, engine).await? {
        // What the migrations themselves note is meant to change; an index of full texts can be made again.
        if migrate::BOOKS.contains(&name.as_str()) || is_virtual(lease, engine, &name).await? {
            continue;
        }
        let columns = columns(lease, engine, &name).await?;
        let counted: Vec<String> =
            columns.iter().map(|column| format!("count({})", quoted(column))).collect();
        let sql = format!("select count(*), {} from {}", counted.join(", "), quoted(&name));
        let numbers = lease.ask(&sql).await?.into_iter().next().map_or_else(Vec::new, numbers);
        let rows = numbers.first().copied().unwrap_or(0);
        let columns = columns.into_iter().zip(numbers.into_iter().skip(1)).collect();
        found.insert(name, Table { rows, columns });
    }
    Ok(found)
}

fn numbers(row: Row) -> Vec<u64> {
    let number = |value| if let Value::Int(number) = value { u64::try_from(number).unwrap_or(0) } else { 0 };
    row.values.into_iter().map(number).collect()
}

async fn is_virtual(lease: &mut Lease, engine: Engine, table: &str) -> Result<bool> {
    if engine == Engine::Postgres {
        return Ok(false);
    }
    let sql = format!(
        "select count(*) from sqlite_schema where name = {} and sql like 'create virtual%'",
        literal(table)
    );
    Ok(lease.ask(&sql).await?.into_iter().next().map(i64::from_row).transpose()? == Some(1))
}

/// The columns of a table that hold something of their own.
pub(crate) async fn columns(lease: &mut Lease, engine: Engine, table: &str) -> Result<Vec<String>> {
    let sql = match engine {
        // It leaves out what is computed.
        Engine::Sqlite | Engine::Libsql => {
            format!("select name from pragma_table_info({}) order by cid", literal(table))
        }
        Engine::Postgres => format!(
            "select column_name::text from information_schema.columns
             where table_schema = current_schema() and table_name = {} and is_generated = 'NEVER'
             order by ordinal_position",
            literal(table)
        ),
    };
    lease.ask(&sql).await?.into_iter().map(String::from_row).collect()
}

/// Every row of a table, page by page, in the order of their texts: rows that are alike may change places.
pub(crate) async fn give_out(
    lease: &mut Lease,
    engine: Engine,
    table: &str,
    keep: &mut dyn Keep,
) -> Result<()> {
    let row = match engine {
        Engine::Postgres => "row_to_json(t)::text".to_owned(),
        Engine::Sqlite | Engine::Libsql => {
            let columns = columns(lease, engine, table).await?;
            let pair = |column: &String| {
                let quoted = quoted(column);
                format!(
                    "{}, case typeof({quoted}) when 'blob' then hex({quoted}) else {quoted} end",
                    literal(column)
                )
            };
            format!("json_object({})", columns.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    };
    let (name, from) = (serde_json::Value::from(table), quoted(table));
    for page in 0.. {
        let offset = page * PAGE_ROWS;
        let sql = format!("select {row} from {from} t order by 1 limit {PAGE_ROWS} offset {offset}");
        let rows = lease.ask(&sql).await?;
        let is_last = rows.len() < PAGE_ROWS;
        for row in rows {
            let line = format!("{{\"table\":{name},\"row\":{}}}\n", String::from_row(row)?);
            keep.row(&line).map_err(not_kept)?;
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

pub(crate) fn not_kept(error: io::Error) -> Error {
    Error::Migration { name: "keeping what is lost".to_owned(), detail: error.to_string() }
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: u64, columns: &[(&str, u64)]) -> Table {
        let columns = columns.iter().map(|(name, rows)| ((*name).to_owned(), *rows)).collect();
        Table { rows, columns }
    }

    fn database(tables: &[(&str, &Table)]) -> BTreeMap<String, Table> {
        let copy = |of: &Table| Table { rows: of.rows, columns: of.columns.clone() };
        tables.iter().map(|(name, table)| ((*name).to_owned(), copy(table))).collect()
    }

    #[test]
    fn only_what_held_something_is_lost() {
        let (full, empty) = (table(3, &[("id", 3), ("note", 2)]), table(0, &[("id", 0)]));
        let before = database(&[("kept", &full), ("dropped", &full), ("empty", &empty)]);
        let after = database(&[("kept", &table(2, &[("id", 2)]))]);
        let said: Vec<String> = losses(&before, &after).iter().map(ToString::to_string).collect();
        assert_eq!(said, ["3 rows of dropped", "1 rows of kept", "kept.note in 2 rows"]);
        assert_eq!(losses(&before, &before), []);
        let without_values = database(&[("kept", &table(3, &[("id", 3), ("note", 0)]))]);
        assert_eq!(losses(&without_values, &database(&[("kept", &table(3, &[("id", 3)]))])), []);
    }

    #[test]
    fn another_loss_has_another_token_and_no_loss_has_none() {
        let undoing = |rows| Undoing {
            undone: vec!["0002_b".to_owned()],
            lost: vec![Loss { table: "b".to_owned(), column: None, rows }],
        };
        assert_eq!(undoing(1).token(), undoing(1).token());
        assert_ne!(undoing(1).token(), undoing(2).token());
        assert_eq!(undoing(1).token().map(|token| token.len()), Some(12));
        assert_eq!(Undoing { lost: Vec::new(), ..undoing(1) }.token(), None);
    }

    #[test]
    fn names_are_quoted_whatever_they_are() {
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("a'b"), "'a''b'");
    }
}
