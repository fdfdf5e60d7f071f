//! The values that SQLite, PostgreSQL and libSQL can all carry, and how our types become such values.

use model::{
    AuditId, BlobHash, DeviceId, IdentityId, InvitationId, JobId, MemberId, NestCode, NestId, PlayId,
    TokenId, TrackId, TrackPosition, WallTime, WebhookId,
};

/// A portable value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// The declared kind of a parameter or column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Int,
    Real,
    Text,
    Blob,
}

impl Kind {
    /// The kind behind a type name of an engine.
    pub(crate) fn of_type_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "BOOL" | "BOOLEAN" => Self::Bool,
            "INT8" | "INT4" | "INTEGER" | "BIGINT" => Self::Int,
            "FLOAT8" | "REAL" | "DOUBLE PRECISION" => Self::Real,
            "TEXT" | "VARCHAR" | "NAME" => Self::Text,
            "BYTEA" | "BLOB" => Self::Blob,
            _ => return None,
        })
    }
}

impl Value {
    /// Whether the value may stand where this kind was declared.
    pub(crate) const fn fits(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _)
                | (Self::Bool(_), Kind::Bool)
                | (Self::Int(_), Kind::Int)
                | (Self::Real(_), Kind::Real)
                | (Self::Text(_), Kind::Text)
                | (Self::Blob(_), Kind::Blob)
        )
    }

    /// A JSON list of texts, for `each($n)`.
    pub(crate) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().map(|item| serde_json::Value::String(item.to_string())).collect();
        Self::Text(serde_json::Value::Array(items).to_string())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

/// Counts beyond 2⁶³ do not occur; they saturate.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<f32> for Value {
    fn from(value: f32) -> Self {
        Self::Real(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl From<WallTime> for Value {
    fn from(value: WallTime) -> Self {
        Self::Int(value.micros())
    }
}

impl From<TrackPosition> for Value {
    fn from(value: TrackPosition) -> Self {
        Self::Int(value.millis())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! texts {
    ($($id:ty),+) => { $(
        impl From<$id> for Value {
            fn from(value: $id) -> Self {
                Self::Text(value.to_string())
            }
        }
    )+ };
}
texts!(
    AuditId,
    BlobHash,
    DeviceId,
    IdentityId,
    InvitationId,
    JobId,
    MemberId,
    NestCode,
    NestId,
    PlayId,
    TokenId,
    TrackId,
    WebhookId
);
