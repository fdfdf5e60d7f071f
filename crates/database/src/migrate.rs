//! Migrations up and down. Each script is embedded; when it is applied, the way back is stored beside it, so that an
//! older binary can undo what a newer one did.

use crate::query::queries;
use crate::row::row;
use crate::{Database, Engine, Error, Result, Transaction, transaction};
use model::WallTime;
use sha2::{Digest as _, Sha256};

/// A step of the schema.
struct Migration {
    number: u32,
    name: &'static str,
    /// The lowest migration a binary must know to work with the schema after this one. Equal to `number` unless the
    /// step only adds what older binaries do not see.
    known_at_least: u32,
    /// For SQLite and libSQL, and for PostgreSQL.
    up: [&'static str; 2],
    down: [&'static str; 2],
}

macro_rules! script {
    ($file:literal) => {
        include_str!(concat!("../migrations/", $file, ".sql"))
    };
}

static MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "people",
        known_at_least: 1,
        up: [script!("0001_people.up"); 2],
        down: [script!("0001_people.down"); 2],
    },
    Migration {
        number: 2,
        name: "library",
        known_at_least: 2,
        up: [script!("0002_library.up"), script!("0002_library.up.postgres")],
        down: [script!("0002_library.down"), script!("0002_library.down.postgres")],
    },
    Migration {
        number: 3,
        name: "work",
        known_at_least: 3,
        up: [script!("0003_work.up"); 2],
        down: [script!("0003_work.down"); 2],
    },
    Migration {
        number: 4,
        name: "nests",
        known_at_least: 4,
        up: [script!("0004_nests.up"); 2],
        down: [script!("0004_nests.down"); 2],
    },
    Migration {
        number: 5,
        name: "originals",
        known_at_least: 5,
        up: [script!("0005_originals.up"); 2],
        down: [script!("0005_originals.down"); 2],
    },
    Migration {
        number: 6,
        name: "listening",
        known_at_least: 5,
        up: [script!("0006_listening.up"); 2],
        down: [script!("0006_listening.down"); 2],
    },
    Migration {
        number: 7,
        name: "sign_in",
        known_at_least: 5,
        up: [script!("0007_sign_in.up"); 2],
        down: [script!("0007_sign_in.down"); 2],
    },
    Migration {
        number: 8,
        name: "history",
        known_at_least: 5,
        up: [script!("0008_history.up"); 2],
        down: [script!("0008_history.down"); 2],
    },
    // The logs have events that releases before cannot read.
    Migration {
        number: 9,
        name: "reactions",
        known_at_least: 9,
        up: [script!("0009_reactions.up"); 2],
        down: [script!("0009_reactions.down"); 2],
    },
    Migration {
        number: 10,
        name: "webhooks",
        known_at_least: 9,
        up: [script!("0010_webhooks.up"); 2],
        down: [script!("0010_webhooks.down"); 2],
    },
    Migration {
        number: 11,
        name: "link_codes",
        known_at_least: 9,
        up: [script!("0011_link_codes.up"); 2],
        down: [script!("0011_link_codes.down"); 2],
    },
    // A release without previews cannot read the log's new events.
    Migration {
        number: 12,
        name: "autofill",
        known_at_least: 12,
        up: [script!("0012_autofill.up"); 2],
        down: [script!("0012_autofill.down"); 2],
    },
    // And its doors.
    Migration {
        number: 13,
        name: "slugs",
        known_at_least: 13,
        up: [script!("0013_slugs.up"); 2],
        down: [script!("0013_slugs.down"); 2],
    },
    Migration {
        number: 14,
        name: "sources",
        known_at_least: 13,
        up: [script!("0014_sources.up"); 2],
        down: [script!("0014_sources.down"); 2],
    },
    // The logs may say that a filter was taken back.
    Migration {
        number: 15,
        name: "people_and_numbers",
        known_at_least: 15,
        up: [script!("0015_people_and_numbers.up"); 2],
        down: [script!("0015_people_and_numbers.down"); 2],
    },
];

const CREATE_TABLE: &str = "create table if not exists schema_migrations (
    number bigint not null primary key, name text not null, checksum text not null,
    down_script text not null, known_at_least bigint not null, applied_at bigint not null)";

row! {
    #[derive(Debug)]
    struct AppliedRow { number: i64, name: String, checksum: String, down_script: String, known_at_least: i64 }
}

queries! {
    APPLIED() -> AppliedRow =
        "select number, name, checksum, down_script, known_at_least from schema_migrations order by number";
    RECORD(Int, Text, Text, Text, Int, Int) =
        "insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
         values ($1, $2, $3, $4, $5, $6)";
    FORGET(Int) = "delete from schema_migrations where number = $1";
    SQLITE_SCHEMA[Sqlite]() -> String =
        "select type || ' ' || name || ' ' || coalesce(sql, '') as item from sqlite_schema
         where tbl_name <> 'schema_migrations' and name not like 'sqlite\\_%' escape '\\'
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
         ) items where of_table <> 'schema_migrations' order by item collate \"C\"";
}

/// The newest migration of this binary, and the one that another must know at least to work with what this one makes of a
/// database.
#[must_use]
pub fn range() -> (u32, u32) {
    let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
    (newest, MIGRATIONS.iter().map(|migration| migration.known_at_least).max().unwrap_or(0))
}

/// Where a database stands against this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Names of the migrations applied, oldest first, such as `0001_people`.
    pub applied: Vec<String>,
    /// Names of the migrations of this binary that are missing.
    pub pending: Vec<String>,
    /// Names of the applied migrations that this binary does not know.
    pub unknown: Vec<String>,
}

/// Applies what is missing, each migration in a transaction of its own. Returns the names applied.
///
/// # Errors
/// [`Error::DatabaseNewer`] if a newer release migrated the database beyond what this one can work with;
/// [`Error::Migration`] if a script fails or was edited after it had been applied.
pub async fn up(database: &Database, now: WallTime) -> Result<Vec<String>> {
    prepare(database).await?;
    let mut done = Vec::new();
    for migration in MIGRATIONS {
        let name = full_name(migration.number, migration.name);
        let fresh = transaction!(database, |tx| {
            lock(database, &mut tx).await?;
            let applied = APPLIED.all(&mut tx, []).await?;
            refuse_newer(&applied)?;
            apply(database, &mut tx, &applied, migration, now).await
        })?;
        if fresh {
            tracing::info!(migration = name, "applied");
            done.push(name);
        }
    }
    Ok(done)
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

/// Undoes every migration that this binary does not know: the way to run an older release again.
///
/// # Errors
/// As [`down`].
pub async fn step_back(database: &Database) -> Result<Vec<String>> {
    let unknown = status(database).await?.unknown.len();
    down(database, unknown).await
}

/// What is applied, missing and unknown.
///
/// # Errors
/// Whatever the engine says.
pub async fn status(database: &Database) -> Result<Status> {
    prepare(database).await?;
    let rows = APPLIED.all(database, []).await?;
    let name = |row: &AppliedRow| full_name(u32::try_from(row.number).unwrap_or(u32::MAX), &row.name);
    let is_known = |row: &AppliedRow| MIGRATIONS.iter().any(|m| i64::from(m.number) == row.number);
    let is_applied = |m: &&Migration| rows.iter().any(|row| row.number == i64::from(m.number));
    Ok(Status {
        applied: rows.iter().map(name).collect(),
        pending: MIGRATIONS.iter().filter(|m| !is_applied(m)).map(|m| full_name(m.number, m.name)).collect(),
        unknown: rows.iter().filter(|row| !is_known(row)).map(name).collect(),
    })
}

/// Refuses a database that this binary must not touch: migrations missing, or one from a release that broke with it.
///
/// # Errors
/// [`Error::DatabaseNewer`], or [`Error::Migration`] that names what is missing.
pub async fn verify(database: &Database) -> Result<()> {
    prepare(database).await?;
    refuse_newer(&APPLIED.all(database, []).await?)?;
    match status(database).await?.pending.into_iter().next() {
        Some(name) => Err(Error::Migration { name, detail: "is not applied: migrate the database".into() }),
        None => Ok(()),
    }
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

fn full_name(number: u32, name: &str) -> String {
    format!("{number:04}_{name}")
}

pub(crate) async fn prepare(database: &Database) -> Result<()> {
    for _ in 0..5 {
        match database.lease(true).await?.script(CREATE_TABLE).await {
            // Two processes at their first start: PostgreSQL reports the race as a duplicate key.
            Err(Error::Unique { .. } | Error::Conflict { .. }) => {}
            done => return done,
        }
    }
    database.lease(true).await?.script(CREATE_TABLE).await
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

fn refuse_newer(applied: &[AppliedRow]) -> Result<()> {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.number);
    let newest = applied.last().map_or(0, |row| row.number);
    let asked = applied.iter().map(|row| row.known_at_least).max().unwrap_or(0);
    if asked > i64::from(known) {
        return Err(Error::DatabaseNewer { newest: u32::try_from(newest).unwrap_or(u32::MAX), known });
    }
    Ok(())
}

async fn apply(
    database: &Database,
    tx: &mut Transaction,
    applied: &[AppliedRow],
    migration: &Migration,
    now: WallTime,
) -> Result<bool> {
    let dialect = usize::from(database.engine() == Engine::Postgres);
    let (up, down) = (migration.up[dialect], migration.down[dialect]);
    let failed =
        |detail: String| Error::Migration { name: full_name(migration.number, migration.name), detail };
    if let Some(row) = applied.iter().find(|row| row.number == i64::from(migration.number)) {
        return if row.checksum == checksum(up) {
            Ok(false)
        } else {
            Err(failed("was changed after it had been applied: write another migration instead".into()))
        };
    }
    tx.script(up).await.map_err(|error| match error {
        error @ (Error::Conflict { .. } | Error::StorageFull) => error,
        error => failed(error.to_string()),
    })?;
    let known_at_least = migration.known_at_least;
    let values = [
        migration.number.into(),
        migration.name.into(),
        checksum(up).into(),
        down.into(),
        known_at_least.into(),
        now.into(),
    ];
    RECORD.run(&mut *tx, values).await?;
    Ok(true)
}

/// Undoes the newest migration that is applied; its name.
pub(crate) async fn undo_last(tx: &mut Transaction) -> Result<Option<String>> {
    let Some(last) = APPLIED.all(&mut *tx, []).await?.pop() else { return Ok(None) };
    let name = full_name(u32::try_from(last.number).unwrap_or(u32::MAX), &last.name);
    tx.script(&last.down_script).await.map_err(|error| match error {
        error @ Error::Conflict { .. } => error,
        error => Error::Migration { name: name.clone(), detail: error.to_string() },
    })?;
    FORGET.run(&mut *tx, [last.number.into()]).await?;
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
        for (at, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number as usize, at + 1);
            assert!(migration.known_at_least <= migration.number);
        }
    }
}
