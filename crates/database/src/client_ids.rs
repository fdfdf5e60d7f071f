//! Client ids of music services that members and nests bring, with their secrets, which come and go sealed.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result, sealed, transaction};
use identity::{AuditEntry, Sealed};
use model::{MemberId, NestId, WallTime};

row! {
    struct ClientIdRow {
        provider: String, client_id: String, member_id: Option<String>, nest_id: Option<String>,
        secret: Option<String>, created_at: i64,
    }
}

macro_rules! columns {
    () => {
        "provider, client_id, member_id, nest_id, secret, created_at"
    };
}

queries! {
    ALL_OF(Text) -> ClientIdRow =
        concat!("select ", columns!(), " from client_ids where provider = $1 order by created_at, client_id");
    GET(Text, Text) -> ClientIdRow =
        concat!("select ", columns!(), " from client_ids where provider = $1 and client_id = $2");
    OF_MEMBER(Text, Text) -> ClientIdRow =
        concat!("select ", columns!(), " from client_ids where provider = $1 and member_id = $2");
    OF_NEST(Text, Text) -> ClientIdRow =
        concat!("select ", columns!(), " from client_ids where provider = $1 and nest_id = $2");
    INSERT(Text, Text, Text, Text, Text, Int) =
        "insert into client_ids (provider, client_id, member_id, nest_id, secret, created_at)
         values ($1, $2, $3, $4, $5, $6)";
    REMOVE(Text, Text) = "delete from client_ids where provider = $1 and client_id = $2";
}

/// Who brought a client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroughtBy {
    /// A member, for their own account.
    Member(MemberId),
    /// The host of a nest, for its people.
    Nest(NestId),
}

/// A client id that was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId {
    /// Which service, as in `spotify`.
    pub provider: String,
    /// The id.
    pub client_id: String,
    /// Who brought it.
    pub by: BroughtBy,
    /// Its secret, sealed.
    pub secret: Option<Sealed>,
    /// When it was brought.
    pub created_at: WallTime,
}

impl ClientIdRow {
    fn into_client_id(self) -> Result<ClientId> {
        let unreadable = |what: &'static str| move |error: model::IdError| Error::unreadable(what, error);
        let by = match (self.member_id, self.nest_id) {
            (Some(id), None) => BroughtBy::Member(id.parse().map_err(unreadable("client_ids.member_id"))?),
            (None, Some(id)) => BroughtBy::Nest(id.parse().map_err(unreadable("client_ids.nest_id"))?),
            _ => return Err(Error::unreadable("client_ids", "it has not one owner")),
        };
        Ok(ClientId {
            provider: self.provider,
            client_id: self.client_id,
            by,
            secret: self.secret.map(|text| sealed::read("client_ids.secret", &text)).transpose()?,
            created_at: WallTime::from_micros(self.created_at),
        })
    }
}

/// Every client id that was brought for a service, oldest first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(on: impl Execute, provider: &str) -> Result<Vec<ClientId>> {
    ALL_OF.all(on, [provider.into()]).await?.into_iter().map(ClientIdRow::into_client_id).collect()
}

/// A client id by its name.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(on: impl Execute, provider: &str, client_id: &str) -> Result<Option<ClientId>> {
    let row = GET.find(on, [provider.into(), client_id.into()]).await?;
    row.map(ClientIdRow::into_client_id).transpose()
}

/// The client id that somebody brought.
///
/// # Errors
/// Whatever the engine says.
pub async fn brought(on: impl Execute, provider: &str, by: BroughtBy) -> Result<Option<ClientId>> {
    let row = match by {
        BroughtBy::Member(id) => OF_MEMBER.find(on, [provider.into(), id.into()]).await?,
        BroughtBy::Nest(id) => OF_NEST.find(on, [provider.into(), id.into()]).await?,
    };
    row.map(ClientIdRow::into_client_id).transpose()
}

/// Brings a client id, in place of the one that was brought before, with a line in the audit log; `false`: somebody else
/// has brought it.
///
/// # Errors
/// Whatever the engine says.
pub async fn bring(database: &Database, brought_now: &ClientId, line: &AuditEntry) -> Result<bool> {
    transaction!(database, |tx| {
        let ClientId { provider, client_id, by, .. } = brought_now;
        let known = get(&mut tx, provider, client_id).await?;
        if known.is_some_and(|known| known.by != *by) {
            return Ok(false);
        }
        if let Some(before) = brought(&mut tx, provider, *by).await? {
            REMOVE.run(&mut tx, [provider.into(), (&before.client_id).into()]).await?;
        }
        let (member, nest) = match by {
            BroughtBy::Member(id) => (Value::from(*id), Value::Null),
            BroughtBy::Nest(id) => (Value::Null, Value::from(*id)),
        };
        let values = [
            provider.into(),
            client_id.into(),
            member,
            nest,
            brought_now.secret.as_ref().map_or(Value::Null, sealed::value),
            brought_now.created_at.into(),
        ];
        INSERT.run(&mut tx, values).await?;
        crate::audit::record(&mut tx, line).await?;
        Ok(true)
    })
}

/// Takes a client id away, with a line in the audit log; the one that was taken away.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(
    database: &Database,
    provider: &str,
    by: BroughtBy,
    line: &AuditEntry,
) -> Result<Option<String>> {
    transaction!(database, |tx| {
        let Some(known) = brought(&mut tx, provider, by).await? else { return Ok(None) };
        REMOVE.run(&mut tx, [provider.into(), (&known.client_id).into()]).await?;
        crate::audit::record(&mut tx, line).await?;
        Ok(Some(known.client_id))
    })
}
