//! Rows put back that a contract took, from the file they were written to: the way back makes the room, this fills it. Only
//! what was not there before the step back is filled; what people have written since stays as it is.

use crate::engine::{Engine, Lease};
use crate::row::FromRow as _;
use crate::transaction::Transaction;
use crate::undo::{columns, literal, quoted};
use crate::{Error, Result, backups};
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Lines that were written when rows were given out, and how many rows were put back.
pub struct Back<'a> {
    /// The lines.
    pub lines: &'a mut (dyn Iterator<Item = io::Result<String>> + Send),
    /// Rows that were put back.
    pub rows: u64,
}

/// The tables and their columns.
pub(crate) type Shape = BTreeMap<String, BTreeSet<String>>;

#[derive(serde::Deserialize)]
struct Line {
    table: String,
    row: serde_json::Map<String, serde_json::Value>,
}

/// What there is room for.
pub(crate) async fn shape(lease: &mut Lease, engine: Engine) -> Result<Shape> {
    let mut found = Shape::new();
    for table in backups::tables(lease, engine).await? {
        let columns = columns(lease, engine, &table).await?;
        found.insert(table, columns.into_iter().collect());
    }
    Ok(found)
}

/// Fills what was not there before.
pub(crate) async fn give_back(tx: &mut Transaction, before: &Shape, back: &mut Back<'_>) -> Result<()> {
    let engine = tx.engine();
    let after = shape(tx.lease(), engine).await?;
    let wrong = |detail: String| Error::Migration { name: "putting rows back".to_owned(), detail };
    let mut keys = BTreeMap::new();
    for line in &mut *back.lines {
        let line = line.map_err(|error| wrong(error.to_string()))?;
        let Line { table, row } = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        let Some(there) = after.get(&table) else { continue };
        let is_new = !before.contains_key(&table);
        let fill: Vec<&String> = match before.get(&table) {
            None => there.iter().collect(),
            Some(before) => there.difference(before).collect(),
        };
        let fill: Vec<&String> = fill.into_iter().filter(|column| row.contains_key(*column)).collect();
        if fill.is_empty() {
            continue;
        }
        if !keys.contains_key(&table) {
            keys.insert(table.clone(), key(tx, &table).await?);
        }
        let key = &keys[&table];
        if key.is_empty() && !is_new {
            return Err(wrong(format!("rows of {table} cannot be told apart: it has no primary key")));
        }
        let source = Source { engine, table: &table, row: serde_json::Value::Object(row).to_string() };
        let sql = if is_new { source.insert(&fill) } else { source.update(&fill, key) };
        back.rows += tx.ask(&sql).await?.len() as u64;
    }
    Ok(())
}

/// The columns of a primary key.
async fn key(tx: &mut Transaction, table: &str) -> Result<Vec<String>> {
    let sql = match tx.engine() {
        Engine::Postgres => format!(
            "select a.attname::text from pg_index i
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
             where i.indisprimary and i.indrelid = cast({} as regclass)",
            literal(&quoted(table))
        ),
        Engine::Sqlite | Engine::Libsql => {
            format!("select name from pragma_table_info({}) where pk > 0 order by pk", literal(table))
        }
    };
    tx.ask(&sql).await?.into_iter().map(String::from_row).collect()
}

/// A row as it was written.
struct Source<'a> {
    engine: Engine,
    table: &'a str,
    row: String,
}

impl Source<'_> {
    /// What the row has in a column.
    fn value(&self, column: &str) -> String {
        match self.engine {
            Engine::Postgres => format!("r.{}", quoted(column)),
            Engine::Sqlite | Engine::Libsql => {
                let (row, path) = (literal(&self.row), literal(&format!("$.{}", quoted(column))));
                // Blobs were written in hexadecimal digits.
                format!(
                    "(select case when lower(type) in ('bytea', 'blob') then unhex(json_extract({row}, {path}))
                             else json_extract({row}, {path}) end
                      from pragma_table_info({}) where name = {})",
                    literal(self.table),
                    literal(column)
                )
            }
        }
    }

    /// Where values come from, if not from the text itself.
    fn origin(&self) -> String {
        match self.engine {
            Engine::Postgres => format!(
                " from json_populate_record(cast(null as {}), cast({} as json)) r",
                quoted(self.table),
                literal(&self.row)
            ),
            Engine::Sqlite | Engine::Libsql => String::new(),
        }
    }

    fn insert(&self, columns: &[&String]) -> String {
        let names: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let values: Vec<String> = columns.iter().map(|column| self.value(column)).collect();
        let as_it_is = if self.engine == Engine::Postgres { " overriding system value" } else { "" };
        format!(
            "insert into {} ({}){as_it_is} select {}{} returning cast(1 as bigint)",
            quoted(self.table),
            names.join(", "),
            values.join(", "),
            self.origin()
        )
    }

    fn update(&self, columns: &[&String], key: &[String]) -> String {
        let table = quoted(self.table);
        let sets: Vec<String> =
            columns.iter().map(|column| format!("{} = {}", quoted(column), self.value(column))).collect();
        let which: Vec<String> =
            key.iter().map(|column| format!("{table}.{} = {}", quoted(column), self.value(column))).collect();
        format!(
            "update {table} set {}{} where {} returning cast(1 as bigint)",
            sets.join(", "),
            self.origin(),
            which.join(" and ")
        )
    }
}
