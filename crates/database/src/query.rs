//! Statements: one SQL text for every engine, with its parameters and answer declared, registered for the check.
//!
//! `$1` is the placeholder; libSQL gets `?1`. `each($1)` stands for the items of a JSON list as rows with one column
//! `value`; it is the only word of our SQL that the dialects spell differently. Where whole statements must differ
//! (full-text search), two statements are declared, each for its dialect.

use crate::engine::Engine;
use crate::row::{FromRow, Row};
use crate::value::{Kind, Value};
use crate::{Error, Result};
use std::future::Future;
use std::marker::PhantomData;
use std::sync::OnceLock;

/// The SQL a statement is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// All engines.
    Common,
    /// SQLite and libSQL.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A statement without the type of its answer.
#[derive(Debug)]
pub struct Statement {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    pub(crate) parameters: &'static [Kind],
    pub(crate) columns: &'static [(&'static str, Kind)],
    sql: &'static str,
    /// The text for SQLite, PostgreSQL and libSQL, made once.
    texts: [OnceLock<String>; 3],
}

impl Statement {
    /// The text this engine understands.
    pub(crate) fn text(&'static self, engine: Engine) -> &'static str {
        self.texts[engine as usize].get_or_init(|| match engine {
            Engine::Sqlite => self.sql.replace("each($", "json_each($"),
            Engine::Libsql => number_placeholders(&self.sql.replace("each($", "json_each($")),
            Engine::Postgres => expand_lists(self.sql),
        })
    }

    /// Whether the statement only reads.
    pub(crate) fn reads(&self) -> bool {
        self.sql.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select"))
    }

    /// Whether it belongs to this engine.
    pub(crate) fn is_for(&self, engine: Engine) -> bool {
        match self.dialect {
            Dialect::Common => true,
            Dialect::Sqlite => engine != Engine::Postgres,
            Dialect::Postgres => engine == Engine::Postgres,
        }
    }

    fn check(&self, values: &[Value]) -> Result<()> {
        let fits = values.len() == self.parameters.len()
            && values.iter().zip(self.parameters).all(|(value, &kind)| value.fits(kind));
        if fits {
            return Ok(());
        }
        let detail = format!("{} values do not fit {:?}", values.len(), self.parameters);
        Err(Error::Statement { statement: self.name.into(), detail })
    }
}

/// A statement whose rows become `R`.
#[derive(Debug)]
pub(crate) struct Query<R> {
    pub(crate) statement: Statement,
    row: PhantomData<fn() -> R>,
}

/// What a statement runs on: `&Database` (a connection of its own) or `&mut Transaction`.
pub trait Execute: Send {
    /// The rows of a reading or returning statement.
    fn rows(
        self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// The number of rows changed.
    fn run(
        self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64>> + Send;
}

impl<R> Query<R> {
    pub(crate) const fn new(
        name: &'static str,
        dialect: Dialect,
        sql: &'static str,
        parameters: &'static [Kind],
        columns: &'static [(&'static str, Kind)],
    ) -> Self {
        let texts = [const { OnceLock::new() }; 3];
        let statement = Statement { name, dialect, parameters, columns, sql, texts };
        Self { statement, row: PhantomData }
    }
}

impl Query<()> {
    /// Runs it; the number of rows changed.
    pub(crate) async fn run<const N: usize>(
        &'static self,
        on: impl Execute,
        values: [Value; N],
    ) -> Result<u64> {
        self.statement.check(&values)?;
        on.run(&self.statement, values.into()).await
    }

    /// Prepares it for a group of writes.
    pub(crate) fn with<const N: usize>(&'static self, values: [Value; N]) -> Result<Write> {
        self.statement.check(&values)?;
        Ok(Write { statement: &self.statement, values: values.into(), must_change: false })
    }
}

impl<R: FromRow> Query<R> {
    /// All rows.
    pub(crate) async fn all<const N: usize>(
        &'static self,
        on: impl Execute,
        values: [Value; N],
    ) -> Result<Vec<R>> {
        self.statement.check(&values)?;
        on.rows(&self.statement, values.into()).await?.into_iter().map(R::from_row).collect()
    }

    /// The row, if there is one.
    pub(crate) async fn find<const N: usize>(
        &'static self,
        on: impl Execute,
        values: [Value; N],
    ) -> Result<Option<R>> {
        self.statement.check(&values)?;
        on.rows(&self.statement, values.into()).await?.pop().map(R::from_row).transpose()
    }

    /// The row of a statement that always answers with one.
    pub(crate) async fn one<const N: usize>(
        &'static self,
        on: impl Execute,
        values: [Value; N],
    ) -> Result<R> {
        let found = self.find(on, values).await?;
        found.ok_or_else(|| Error::Statement {
            statement: self.statement.name.into(),
            detail: "no row".into(),
        })
    }
}

/// A statement with its values, waiting to be run with others in one transaction.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) statement: &'static Statement,
    pub(crate) values: Vec<Value>,
    must_change: bool,
}

impl Write {
    /// The same write, which fails if it changes no row.
    pub(crate) fn or_fail(self) -> Self {
        Self { must_change: true, ..self }
    }

    /// Whether the number of rows it changed is what it wanted.
    ///
    /// # Errors
    /// [`Error::Constraint`] with the name of the statement if it had to change a row and did not.
    pub(crate) fn accept(&self, changed: u64) -> Result<()> {
        if self.must_change && changed == 0 {
            return Err(Error::Constraint { detail: self.statement.name.into() });
        }
        Ok(())
    }
}

/// `$1` to `?1` outside of quotation marks: libSQL binds `$1` by name, not by number.
fn number_placeholders(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut quote = None;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '$') if rest.peek().is_some_and(char::is_ascii_digit) => {
                text.push('?');
                continue;
            }
            _ => {}
        }
        text.push(c);
    }
    text
}

/// `each($1)` to the function of PostgreSQL that unpacks a JSON list.
fn expand_lists(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("each($") {
        let (number, after) = after.split_once(')').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&format!(
            "json_array_elements_text(cast(cast(${number} as text) as json)) as listed(value)"
        ));
        rest = after;
    }
    text + rest
}

/// Declares statements and registers them in `ALL`: `NAME(kinds) -> Row = "sql";`, with `[Sqlite]` or `[Postgres]`
/// after the name where it is for one dialect.
macro_rules! queries {
    ($($(#[$meta:meta])* $name:ident $([$dialect:ident])? ($($kind:ident),*) $(-> $row:ty)? = $sql:expr;)+) => {
        $(
            $(#[$meta])*
            static $name: $crate::query::Query<$crate::query::queries!(@row $($row)?)> = $crate::query::Query::new(
                concat!(module_path!(), "::", stringify!($name)),
                $crate::query::queries!(@dialect $($dialect)?),
                $sql,
                &[$($crate::value::Kind::$kind),*],
                $crate::query::queries!(@columns $($row)?),
            );
        )+
        /// Every statement of this module, for the check.
        pub(crate) static ALL: &[&$crate::query::Statement] = &[$(&$name.statement),+];
    };
    (@row) => { () };
    (@row $row:ty) => { $row };
    (@columns) => { &[] };
    (@columns $row:ty) => { <$row as $crate::row::FromRow>::COLUMNS };
    (@dialect) => { $crate::query::Dialect::Common };
    (@dialect $dialect:ident) => { $crate::query::Dialect::$dialect };
}
pub(crate) use queries;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_quotes_stay() {
        assert_eq!(
            number_placeholders("a = $1 and b = '$2' and \"$3\" = $12"),
            "a = ?1 and b = '$2' and \"$3\" = ?12"
        );
    }

    #[test]
    fn lists_are_spelled_for_postgres() {
        let text = expand_lists("id in (select value from each($2))");
        assert_eq!(
            text,
            "id in (select value from json_array_elements_text(cast(cast($2 as text) as json)) as listed(value))"
        );
    }
}
