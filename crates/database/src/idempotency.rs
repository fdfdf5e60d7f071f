//! Requests that may be sent twice: the first is carried out, the second gets the first one's answer.

use crate::query::queries;
use crate::row::row;
use crate::{Database, Result, transaction};
use model::{MemberId, WallTime};

row! {
    struct KeyRow { digest: String, status: Option<i64>, body: Option<Vec<u8>>, expires_at: i64 }
}

queries! {
    FIND(Text, Text) -> KeyRow =
        "select digest, status, body, expires_at from idempotency where member_id = $1 and key = $2";
    BEGIN(Text, Text, Text, Int) =
        "insert into idempotency (member_id, key, digest, expires_at) values ($1, $2, $3, $4)
         on conflict (member_id, key) do update set
           digest = excluded.digest, status = null, body = null, expires_at = excluded.expires_at";
    FINISH(Text, Text, Int, Blob) =
        "update idempotency set status = $3, body = $4 where member_id = $1 and key = $2 and status is null";
    ABANDON(Text, Text) = "delete from idempotency where member_id = $1 and key = $2 and status is null";
    SWEEP(Int) = "delete from idempotency where expires_at <= $1";
}

/// What a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing yet: carry the request out, then call [`finish`] or [`abandon`].
    First,
    /// The same request is being carried out now.
    UnderWay,
    /// The same request was answered with this.
    Answered {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Vec<u8>,
    },
    /// The key was used for another request.
    Reused,
}

/// Begins a request under a key of this member. `digest` tells requests apart; the key is kept until `expires_at`.
///
/// # Errors
/// Whatever the engine says.
pub async fn begin(
    database: &Database,
    member: MemberId,
    key: &str,
    digest: &str,
    now: WallTime,
    expires_at: WallTime,
) -> Result<Begun> {
    transaction!(database, |tx| {
        let found = FIND.find(&mut tx, [member.into(), key.into()]).await?;
        match found.filter(|row| row.expires_at > now.micros()) {
            Some(row) if row.digest != digest => Ok(Begun::Reused),
            Some(KeyRow { status: Some(status), body, .. }) => {
                let status = u16::try_from(status).unwrap_or(500);
                Ok(Begun::Answered { status, body: body.unwrap_or_default() })
            }
            Some(_) => Ok(Begun::UnderWay),
            None => {
                let values = [member.into(), key.into(), digest.into(), expires_at.into()];
                BEGIN.run(&mut tx, values).await?;
                Ok(Begun::First)
            }
        }
    })
}

/// Stores the answer to a request that was begun.
///
/// # Errors
/// Whatever the engine says.
pub async fn finish(
    database: &Database,
    member: MemberId,
    key: &str,
    status: u16,
    body: &[u8],
) -> Result<()> {
    let values = [member.into(), key.into(), u32::from(status).into(), body.into()];
    FINISH.run(database, values).await.map(drop)
}

/// Gives a key free again: the request had no effect.
///
/// # Errors
/// Whatever the engine says.
pub async fn abandon(database: &Database, member: MemberId, key: &str) -> Result<()> {
    ABANDON.run(database, [member.into(), key.into()]).await.map(drop)
}

/// Removes keys whose time is over; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, now: WallTime) -> Result<u64> {
    SWEEP.run(database, [now.into()]).await
}
