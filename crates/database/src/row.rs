//! A row of an answer and how it becomes a private struct. The struct's fields are the columns: the statement check
//! compares them with what each engine says.

use crate::value::{Kind, Value};
use crate::{Error, Result};
use std::sync::Arc;

/// One row.
#[derive(Debug)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// Takes the value of a column out.
    pub(crate) fn take<T: FromValue>(&mut self, name: &'static str) -> Result<T> {
        let at = self.columns.iter().position(|column| column == name);
        let at = at.ok_or_else(|| Error::unreadable(name, "no such column"))?;
        let value = std::mem::replace(&mut self.values[at], Value::Null);
        T::from_value(value).map_err(|value| Error::unreadable(name, format!("unexpected {value:?}")))
    }
}

/// What a row becomes.
pub(crate) trait FromRow: Sized {
    /// The columns it needs; an empty name is the first column whatever it is called.
    const COLUMNS: &'static [(&'static str, Kind)];

    fn from_row(row: Row) -> Result<Self>;
}

/// What a column becomes.
pub(crate) trait FromValue: Sized {
    const KIND: Kind;

    /// The value itself is given back when it does not fit.
    fn from_value(value: Value) -> Result<Self, Value>;
}

macro_rules! column {
    ($kind:ident, $type:ty, $($pattern:pat => $value:expr),+) => {
        impl FromValue for $type {
            const KIND: Kind = Kind::$kind;
            fn from_value(value: Value) -> Result<Self, Value> {
                match value { $($pattern => Ok($value),)+ other => Err(other) }
            }
        }
        impl FromRow for $type {
            const COLUMNS: &'static [(&'static str, Kind)] = &[("", Kind::$kind)];
            fn from_row(mut row: Row) -> Result<Self> {
                let first = row.values.drain(..).next().unwrap_or(Value::Null);
                Self::from_value(first).map_err(|value| Error::unreadable("the first column", format!("unexpected {value:?}")))
            }
        }
    };
}
column!(Bool, bool, Value::Bool(value) => value, Value::Int(0) => false, Value::Int(1) => true);
column!(Int, i64, Value::Int(value) => value);
column!(Real, f64, Value::Real(value) => value, Value::Int(value) => value as f64);
column!(Text, String, Value::Text(value) => value);
column!(Blob, Vec<u8>, Value::Blob(value) => value);

/// An aggregate that may be NULL.
impl FromRow for Option<i64> {
    const COLUMNS: &'static [(&'static str, Kind)] = &[("", Kind::Int)];

    fn from_row(mut row: Row) -> Result<Self> {
        let first = row.values.drain(..).next().unwrap_or(Value::Null);
        Self::from_value(first)
            .map_err(|value| Error::unreadable("the first column", format!("unexpected {value:?}")))
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const KIND: Kind = T::KIND;

    fn from_value(value: Value) -> Result<Self, Value> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

/// Declares a private row struct whose fields are the columns of an answer.
macro_rules! row {
    ($(#[$meta:meta])* struct $name:ident { $($field:ident : $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        pub(crate) struct $name { $(pub(crate) $field: $type),+ }

        impl $crate::row::FromRow for $name {
            const COLUMNS: &'static [(&'static str, $crate::value::Kind)] =
                &[$((stringify!($field), <$type as $crate::row::FromValue>::KIND)),+];

            fn from_row(mut row: $crate::row::Row) -> $crate::Result<Self> {
                Ok(Self { $($field: row.take(stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use row;
