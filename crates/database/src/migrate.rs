//! Migrations up and down. Each script is embedded; when it is applied, the way back is stored beside it, so that an
//! older binary can undo what a newer one did. What the release before could not live with waits until somebody asks for
//! it ([`contract`](crate::contract)).

use crate::backfill::Backfill;
use crate::query::queries;
use crate::row::row;
use crate::{Database, Engine, Error, Result, Transaction, steps, transaction};
use model::WallTime;
use sha2::{Digest as _, Sha256};

/// What a step may do, and when it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// From before there were phases: which releases can live with it stands in [`Migration::known_at_least`] alone.
    Founding,
    /// It only adds: the release before goes on as if nothing had happened. Taken when a release starts.
    Expand,
    /// It takes away what nobody needs any more. Never taken but by whoever asks for it, once nothing needs what goes.
    Contract,
}

/// A step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place, from 1, without a gap.
    pub number: u32,
    /// Its name, in words with lines between them.
    pub name: &'static str,
    /// What it may do.
    pub phase: Phase,
    /// The lowest migration a binary must know to work with the schema after this one. Lower than `number` if the step only
    /// adds what older binaries do not see.
    pub known_at_least: u32,
    /// The way there, for SQLite and libSQL, and for PostgreSQL.
    pub up: [&'static str; 2],
    /// The way back, likewise.
    pub down: [&'static str; 2],
}

/// The steps of a schema, and the rows that are brought along beside them.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// In the order of their numbers.
    pub steps: &'static [Migration],
    /// In the order in which they are worked through.
    pub backfills: &'static [Backfill],
}

/// Those of this binary.
pub static OWN: Migrations = Migrations { steps: steps::STEPS, backfills: steps::BACKFILLS };
/// What is written down of the schema itself. A contract is undone before what was there when it came, whatever its number.
const CREATE_TABLES: &str = "create table if not exists schema_migrations (
    number bigint not null primary key, name text not null, checksum text not null,
    down_script text not null, known_at_least bigint not null, applied_at bigint not null);
  create table if not exists schema_contracts (
    number bigint not null primary key, applied_after bigint not null);
  create table if not exists schema_backfills (
    name text not null primary key, number bigint not null, place text, holder text, held_until bigint,
    rows_expected bigint not null, rows_seen bigint not null, rows_changed bigint not null,
    rounds bigint not null, batches bigint not null, started_at bigint not null,
    finished_at bigint, failures bigint not null, last_error text);
  create table if not exists schema_processes (
    id text not null primary key, release text not null, known bigint not null, started_at bigint not null,
    seen_at bigint not null)";
/// The tables of it, which are no part of the schema that is compared or lost.
pub(crate) const BOOKS: [&str; 4] =
    ["schema_migrations", "schema_contracts", "schema_backfills", "schema_processes"];

row! {
    #[derive(Debug)]
    struct AppliedRow {
        number: i64, name: String, checksum: String, down_script: String, known_at_least: i64,
    }
}

queries! {
    APPLIED() -> AppliedRow =
        "select number, name, checksum, down_script, known_at_least from schema_migrations order by number";
    RECORD(Int, Text, Text, Text, Int, Int) =
        "insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
         values ($1, $2, $3, $4, $5, $6)";
    FORGET(Int) = "delete from schema_migrations where number = $1";
    RECORD_CONTRACT(Int, Int) = "insert into schema_contracts (number, applied_after) values ($1, $2)";
    FORGET_CONTRACT(Int) = "delete from schema_contracts where number = $1";
    FORGET_BACKFILLS(Int) = "delete from schema_backfills where number = $1";
    LAST() -> i64 =
        "select m.number as number from schema_migrations m left join schema_contracts c on c.number = m.number
         order by case when c.applied_after > m.number then c.applied_after else m.number end desc,
                  case when c.number is null then 0 else 1 end desc, m.number desc limit 1";
    SQLITE_SCHEMA[Sqlite]() -> String =
        "select type || ' ' || name || ' ' || coalesce(sql, '') as item from sqlite_schema
         where tbl_name not in ('schema_migrations', 'schema_contracts', 'schema_backfills', 'schema_processes')
           and name not like 'sqlite\\_%' escape '\\'
           and name not like 'libsql\\_%' escape '\\' order by 1";
    POSTGRES_SCHEMA[Postgres]() -> String =
        "select item from (
             select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                    || ' ' || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
                    || ' ' || coalesce(generation_expression, '') as item, table_name as of_table
             from information_schema.columns where table_schema = current_schema()
             union all
             select 'index ' || indexdef, tablename from pg_indexes where schemaname = current_schema()
             union all
             select 'constraint ' || conname || ' ' || pg_get_constraintdef(c.oid), r.relname
             from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = c.connamespace
             where n.nspname = current_schema()
             union all
             select 'function ' || p.proname || ' ' || p.prosrc, '' from pg_proc p
             join pg_namespace n on n.oid = p.pronamespace where n.nspname = current_schema()
         ) items where of_table not in ('schema_migrations', 'schema_contracts', 'schema_backfills', 'schema_processes')
         order by item collate \"C\"";
}

/// Where a database stands against this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Names of the migrations applied, oldest first, such as `0001_people`.
    pub applied: Vec<String>,
    /// Names of the migrations of this binary that are missing.
    pub pending: Vec<String>,
    /// Names of its contracts that nobody has asked for yet.
    pub contracts: Vec<String>,
    /// Names of the applied migrations that this binary does not know.
    pub unknown: Vec<String>,
    /// The newest migration that a binary must know to work with the database.
    pub known_at_least: u32,
}

impl Migrations {
    /// The newest step, and the one that a binary must know at least to work with what [`Migrations::up`] makes of a
    /// database.
    #[must_use]
    pub fn range(&self) -> (u32, u32) {
        let newest = self.steps.last().map_or(0, |migration| migration.number);
        let asked = self.steps.iter().filter(|step| step.phase != Phase::Contract);
        (newest, asked.map(|step| step.known_at_least).max().unwrap_or(0))
    }

    /// Applies what is missing but contracts, each migration in a transaction of its own. Returns the names applied.
    ///
    /// # Errors
    /// [`Error::DatabaseNewer`] if a newer release migrated the database beyond what this one can work with;
    /// [`Error::Migration`] if a script fails or was edited after it had been applied.
    pub async fn up(&self, database: &Database, now: WallTime) -> Result<Vec<String>> {
        prepare(database).await?;
        let mut done = Vec::new();
        for migration in self.steps {
            let fresh = transaction!(database, |tx| {
                lock(database, &mut tx).await?;
                let applied = APPLIED.all(&mut tx, []).await?;
                self.refuse_newer(&applied)?;
                if is_as_applied(database, &applied, migration)? || migration.phase == Phase::Contract {
                    return Ok(false);
                }
                apply(database, &mut tx, migration, now).await.map(|()| true)
            })?;
            if fresh {
                let name = migration.full_name();
                tracing::info!(migration = name, "applied");
                done.push(name);
            }
        }
        Ok(done)
    }

    /// What is applied, missing and unknown.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn status(&self, database: &Database) -> Result<Status> {
        prepare(database).await?;
        let rows = APPLIED.all(database, []).await?;
        let is_known = |row: &&AppliedRow| self.steps.iter().any(|m| i64::from(m.number) == row.number);
        let missing = |is_contract: bool| {
            let is_applied = |m: &&Migration| rows.iter().any(|row| row.number == i64::from(m.number));
            let missing = self.steps.iter().filter(|m| !is_applied(m));
            let missing = missing.filter(|m| (m.phase == Phase::Contract) == is_contract);
            missing.map(Migration::full_name).collect()
        };
        Ok(Status {
            applied: rows.iter().map(AppliedRow::full_name).collect(),
            pending: missing(false),
            contracts: missing(true),
            unknown: rows.iter().filter(|row| !is_known(row)).map(AppliedRow::full_name).collect(),
            known_at_least: asked_by(&rows),
        })
    }

    /// Refuses a database that this binary must not touch: migrations missing, or one from a release that broke with it.
    ///
    /// # Errors
    /// [`Error::DatabaseNewer`], or [`Error::Migration`] that names what is missing.
    pub async fn verify(&self, database: &Database) -> Result<()> {
        prepare(database).await?;
        self.refuse_newer(&APPLIED.all(database, []).await?)?;
        match self.status(database).await?.pending.into_iter().next() {
            Some(name) => {
                Err(Error::Migration { name, detail: "is not applied: migrate the database".into() })
            }
            None => Ok(()),
        }
    }

    /// Undoes migrations, the last first, until there is none that this binary does not know: the way to run an older
    /// release again.
    ///
    /// # Errors
    /// As [`down`].
    pub async fn step_back(&self, database: &Database) -> Result<Vec<String>> {
        let mut done = Vec::new();
        while !self.status(database).await?.unknown.is_empty() {
            done.extend(down(database, 1).await?);
        }
        Ok(done)
    }

    pub(crate) fn refuse_newer(&self, applied: &[AppliedRow]) -> Result<()> {
        let (known, newest) = (self.range().0, applied.last().map_or(0, |row| row.number));
        if asked_by(applied) > known {
            return Err(Error::DatabaseNewer { newest: u32::try_from(newest).unwrap_or(u32::MAX), known });
        }
        Ok(())
    }
}

impl Migration {
    /// Its number and name, such as `0001_people`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{:04}_{}", self.number, self.name)
    }
}

impl AppliedRow {
    fn full_name(&self) -> String {
        format!("{:04}_{}", self.number, self.name)
    }
}

/// As [`Migrations::range`], of this binary's own.
#[must_use]
pub fn range() -> (u32, u32) {
    OWN.range()
}

/// As [`Migrations::up`], of this binary's own.
///
/// # Errors
/// As there.
pub async fn up(database: &Database, now: WallTime) -> Result<Vec<String>> {
    OWN.up(database, now).await
}

/// As [`Migrations::status`], of this binary's own.
///
/// # Errors
/// As there.
pub async fn status(database: &Database) -> Result<Status> {
    OWN.status(database).await
}

/// As [`Migrations::verify`], of this binary's own.
///
/// # Errors
/// As there.
pub async fn verify(database: &Database) -> Result<()> {
    OWN.verify(database).await
}

/// As [`Migrations::step_back`], of this binary's own.
///
/// # Errors
/// As there.
pub async fn step_back(database: &Database) -> Result<Vec<String>> {
    OWN.step_back(database).await
}

/// Undoes the last `steps` migrations, whichever binary applied them, by the scripts stored in the database, whatever is
/// lost ([`undo`](crate::undo) asks). Returns the names undone, newest first.
///
/// # Errors
/// [`Error::Migration`] if a script fails.
pub async fn down(database: &Database, steps: usize) -> Result<Vec<String>> {
    prepare(database).await?;
    let mut done = Vec::new();
    while done.len() < steps {
        let undone = transaction!(database, |tx| {
            lock(database, &mut tx).await?;
            undo_last(&mut tx).await
        })?;
        let Some(name) = undone else { break };
        done.push(name);
    }
    Ok(done)
}

/// A text of the whole schema, to compare before and after.
///
/// # Errors
/// Whatever the engine says.
pub async fn schema(database: &Database) -> Result<Vec<String>> {
    match database.engine() {
        Engine::Postgres => POSTGRES_SCHEMA.all(database, []).await,
        Engine::Sqlite | Engine::Libsql => SQLITE_SCHEMA.all(database, []).await,
    }
}

pub(crate) async fn prepare(database: &Database) -> Result<()> {
    for _ in 0..5 {
        match database.lease(true).await?.script(CREATE_TABLES).await {
            // Two processes at their first start: PostgreSQL reports the race as a duplicate key.
            Err(Error::Unique { .. } | Error::Conflict { .. }) => {}
            done => return done,
        }
    }
    database.lease(true).await?.script(CREATE_TABLES).await
}

/// One migrates at a time. SQLite and libSQL hold their only write lock from the start of the transaction. PostgreSQL waits
/// for a table only for a moment: behind whoever waits for it, everybody else would wait too.
pub(crate) async fn lock(database: &Database, tx: &mut Transaction) -> Result<()> {
    match database.engine() {
        Engine::Postgres => {
            tx.script("set local lock_timeout = '3s'; lock table schema_migrations in exclusive mode").await
        }
        Engine::Sqlite | Engine::Libsql => Ok(()),
    }
}

/// The newest migration that a binary must know.
pub(crate) fn asked_by(applied: &[AppliedRow]) -> u32 {
    let asked = applied.iter().map(|row| row.known_at_least).max().unwrap_or(0);
    u32::try_from(asked).unwrap_or(u32::MAX)
}

/// What is applied, inside a transaction.
pub(crate) async fn applied(tx: &mut Transaction) -> Result<Vec<AppliedRow>> {
    APPLIED.all(tx, []).await
}

/// Whether a step is applied, by the script that it has.
fn is_as_applied(database: &Database, applied: &[AppliedRow], migration: &Migration) -> Result<bool> {
    let Some(row) = applied.iter().find(|row| row.number == i64::from(migration.number)) else {
        return Ok(false);
    };
    if row.checksum == checksum(migration.up[dialect(database)]) {
        return Ok(true);
    }
    let detail = "was changed after it had been applied: write another migration instead".into();
    Err(Error::Migration { name: migration.full_name(), detail })
}

fn dialect(database: &Database) -> usize {
    usize::from(database.engine() == Engine::Postgres)
}

/// Takes a step and writes it down with its way back.
pub(crate) async fn apply(
    database: &Database,
    tx: &mut Transaction,
    migration: &Migration,
    now: WallTime,
) -> Result<()> {
    let (up, down) = (migration.up[dialect(database)], migration.down[dialect(database)]);
    tx.script(up).await.map_err(|error| match error {
        error @ (Error::Conflict { .. } | Error::StorageFull) => error,
        error => Error::Migration { name: migration.full_name(), detail: error.to_string() },
    })?;
    if migration.phase == Phase::Contract {
        let newest = APPLIED.all(&mut *tx, []).await?.last().map_or(0, |row| row.number);
        RECORD_CONTRACT.run(&mut *tx, [migration.number.into(), newest.into()]).await?;
    }
    let values = [
        migration.number.into(),
        migration.name.into(),
        checksum(up).into(),
        down.into(),
        migration.known_at_least.into(),
        now.into(),
    ];
    RECORD.run(&mut *tx, values).await.map(drop)
}

/// Undoes the last migration that is applied; its name.
pub(crate) async fn undo_last(tx: &mut Transaction) -> Result<Option<String>> {
    let Some(number) = LAST.find(&mut *tx, []).await? else { return Ok(None) };
    let applied = APPLIED.all(&mut *tx, []).await?;
    let Some(last) = applied.into_iter().find(|row| row.number == number) else { return Ok(None) };
    let name = last.full_name();
    tx.script(&last.down_script).await.map_err(|error| match error {
        error @ Error::Conflict { .. } => error,
        error => Error::Migration { name: name.clone(), detail: error.to_string() },
    })?;
    for statement in [&FORGET, &FORGET_CONTRACT, &FORGET_BACKFILLS] {
        statement.run(&mut *tx, [number.into()]).await?;
    }
    Ok(Some(name))
}

/// SHA-256 of what a script does: comments and white space outside of quotation marks do not count.
fn checksum(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut quote = None;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), _) => {
                quote = if c == open { None } else { quote };
                plain.push(c);
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                plain.push(c);
            }
            (None, '-') if rest.peek() == Some(&'-') => {
                for skipped in rest.by_ref() {
                    if skipped == '\n' {
                        break;
                    }
                }
                plain.push(' ');
            }
            (None, c) if c.is_whitespace() => plain.push(' '),
            (None, c) => plain.push(c),
        }
    }
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    Sha256::digest(words.join(" ")).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_white_space_do_not_count_but_words_do() {
        let base = checksum("create table a (b text); -- why\n");
        assert_eq!(base, checksum("-- because\ncreate  table\n a (b text);"));
        assert_ne!(base, checksum("create table a (c text);"));
        assert_ne!(checksum("select 'a -- b'"), checksum("select 'a'"));
    }

    #[test]
    fn numbers_run_from_one_without_a_gap() {
        for (at, migration) in OWN.steps.iter().enumerate() {
            assert_eq!(migration.number as usize, at + 1);
            assert!(migration.known_at_least <= migration.number);
        }
    }
}
