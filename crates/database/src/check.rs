//! The statement check: every registered statement, prepared by a real engine on the migrated schema, must have the
//! parameters and columns the code declares. One run for each engine stands in for a compiler that knows SQL.

use crate::engine::Connection;
use crate::query::Statement;
use crate::value::Kind;
use crate::{Database, Engine, Result};
use sqlx::{AssertSqlSafe, Column as _, Executor as _, SqlSafeStr as _, Statement as _, TypeInfo as _};

/// What an engine says about a statement; kinds it does not know are `None`.
struct Described {
    parameters: Option<Vec<Option<Kind>>>,
    columns: Vec<(String, Option<Kind>)>,
}

/// Prepares every statement of this crate and returns what does not fit, one sentence each.
///
/// # Errors
/// If the engine cannot be reached.
pub async fn check_statements(database: &Database) -> Result<Vec<String>> {
    check_these(database, &registry()).await
}

fn registry() -> Vec<&'static Statement> {
    let files = [
        crate::access::ALL,
        crate::accounts::ALL,
        crate::audit::ALL,
        crate::avatars::ALL,
        crate::app_channels::ALL,
        crate::backfill::ALL,
        crate::blobs::ALL,
        crate::autofill::ALL,
        crate::client_ids::ALL,
        crate::daily_counts::ALL,
        crate::devices::ALL,
        crate::external_tracks::ALL,
        crate::followings::ALL,
        crate::idempotency::ALL,
        crate::identities::ALL,
        crate::invitations::ALL,
        crate::jobs::ALL,
        crate::link_codes::ALL,
        crate::log_readers::ALL,
        crate::members::ALL,
        crate::migrate::ALL,
        crate::past_members::ALL,
        crate::processes::ALL,
        crate::resealing::ALL,
        crate::schema_history::ALL,
        crate::settings::ALL,
        crate::stock::ALL,
        crate::tokens::ALL,
        crate::webhooks::ALL,
    ];
    let folders =
        crate::nests::statements().chain(crate::search::statements()).chain(crate::tracks::statements());
    let folders = folders.chain(crate::plays::statements());
    files.into_iter().flatten().copied().chain(folders).collect()
}

async fn check_these(database: &Database, statements: &[&'static Statement]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut lease = database.lease(true).await?;
    for statement in statements.iter().filter(|statement| statement.is_for(database.engine())) {
        match describe(lease.connection()?, statement, database.engine()).await {
            Ok(described) => compare(statement, &described, &mut problems),
            Err(detail) => problems.push(format!("{}: {detail}", statement.name)),
        }
    }
    Ok(problems)
}

async fn describe(
    connection: &mut Connection,
    statement: &'static Statement,
    engine: Engine,
) -> Result<Described, String> {
    let text = statement.text(engine);
    let sql = || AssertSqlSafe(text).into_sql_str();
    match connection {
        Connection::Sqlite(connection) => {
            let prepared = connection.driver().prepare(sql()).await.map_err(|error| error.to_string())?;
            let count = prepared.parameters().and_then(sqlx::Either::right);
            Ok(Described {
                parameters: count.map(|count| vec![None; count]),
                columns: columns(prepared.columns(), |column| column.type_info().name()),
            })
        }
        Connection::Postgres(connection) => {
            let prepared = connection.driver().prepare(sql()).await.map_err(|error| error.to_string())?;
            let types = prepared.parameters().and_then(sqlx::Either::left).unwrap_or_default();
            Ok(Described {
                parameters: Some(types.iter().map(|kind| Kind::of_type_name(kind.name())).collect()),
                columns: columns(prepared.columns(), |column| column.type_info().name()),
            })
        }
        Connection::Libsql(connection) => {
            let driver = connection.inner().map_err(|error| error.to_string())?;
            let prepared = driver.prepare(text).await.map_err(|error| error.to_string())?;
            let columns = prepared.columns().into_iter();
            let columns = columns.map(|column| {
                let kind = column.decl_type().and_then(Kind::of_type_name);
                (column.name().to_owned(), kind)
            });
            Ok(Described { parameters: None, columns: columns.collect() })
        }
    }
}

fn columns<C: sqlx::Column>(columns: &[C], type_name: impl Fn(&C) -> &str) -> Vec<(String, Option<Kind>)> {
    columns.iter().map(|column| (column.name().to_owned(), Kind::of_type_name(type_name(column)))).collect()
}

fn compare(statement: &Statement, described: &Described, problems: &mut Vec<String>) {
    let mut problem = |text: String| problems.push(format!("{}: {text}", statement.name));
    if let Some(parameters) = &described.parameters {
        if parameters.len() != statement.parameters.len() {
            problem(format!("{} parameters, {} declared", parameters.len(), statement.parameters.len()));
        }
        for (at, (kind, declared)) in parameters.iter().zip(statement.parameters).enumerate() {
            if kind.is_some_and(|kind| kind != *declared) {
                problem(format!("parameter {} is {kind:?}, declared {declared:?}", at + 1));
            }
        }
    }
    for (name, declared) in statement.columns {
        let column = match *name {
            "" => described.columns.first(),
            name => described.columns.iter().find(|column| column.0 == name),
        };
        match column {
            None => problem(format!("no column {name}")),
            Some((_, Some(kind))) if kind != declared => {
                problem(format!("column {name} is {kind:?}, declared {declared:?}"));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::queries;
    use crate::row::row;
    use crate::{Options, migrate};
    use model::WallTime;

    row! { struct WrongRow { id: i64, missing: String } }

    queries! {
        NO_TABLE() = "delete from nowhere";
        WRONG_COLUMNS() -> WrongRow = "select id from members";
        WRONG_COUNT(Text) = "delete from members where id = $1 and name = $2";
    }

    #[tokio::test]
    async fn the_check_finds_what_a_change_of_schema_breaks() {
        let database = Database::open("sqlite::memory:", Options::default()).await.unwrap();
        migrate::up(&database, WallTime::from_micros(0)).await.unwrap();
        let problems = check_these(&database, ALL).await.unwrap();
        assert_eq!(problems.len(), 4, "{problems:#?}");
        let row = WrongRow { id: 1, missing: String::new() };
        assert!(row.id == 1 && row.missing.is_empty());
    }
}
