//! Requests that may be sent twice: the first is carried out, the second gets the first one's answer.
//!
//! Nothing is written down before the work: the answer is kept by the transaction that does it (see
//! [`Projection::Answered`](crate::nests::Projection)). So there is no claim that a dead process could leave behind, and
//! an answer is there exactly when its work is.

use crate::query::{Write, queries};
use crate::row::row;
use crate::{Database, Result};
use model::{MemberId, WallTime};

row! {
    struct KeyRow { digest: String, status: i64, body: Option<Vec<u8>> }
}

queries! {
    FIND(Text, Text, Int) -> KeyRow =
        "select digest, status, body from idempotency
         where member_id = $1 and key = $2 and expires_at > $3 and status is not null";
    // A key whose time is over is free again.
    KEEP(Text, Text, Text, Int, Blob, Int, Int) =
        "insert into idempotency (member_id, key, digest, status, body, expires_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (member_id, key) do update set digest = excluded.digest, status = excluded.status,
           body = excluded.body, expires_at = excluded.expires_at
         where idempotency.expires_at <= $7 or idempotency.status is null";
    SWEEP(Int) = "delete from idempotency where expires_at <= $1";
}

/// The answer to a request with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whose key.
    pub member: MemberId,
    /// The key.
    pub key: String,
    /// What tells this request from another.
    pub digest: String,
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
    /// When the request was carried out.
    pub at: WallTime,
    /// Until when the answer is kept.
    pub expires_at: WallTime,
}

/// What a key that is in use stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The same request was answered with this.
    Answered {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Vec<u8>,
    },
    /// Another request was.
    Reused,
}

/// What this member's key stands for; `None`: nothing that is done.
///
/// # Errors
/// Whatever the engine says.
pub async fn find(
    database: &Database,
    member: MemberId,
    key: &str,
    digest: &str,
    now: WallTime,
) -> Result<Option<Kept>> {
    let found = FIND.find(database, [member.into(), key.into(), now.into()]).await?;
    Ok(found.map(|row| match row {
        KeyRow { digest: of, .. } if of != digest => Kept::Reused,
        KeyRow { status, body, .. } => {
            Kept::Answered { status: u16::try_from(status).unwrap_or(500), body: body.unwrap_or_default() }
        }
    }))
}

/// Removes answers whose time is over; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, now: WallTime) -> Result<u64> {
    SWEEP.run(database, [now.into()]).await
}

/// Keeps an answer; fails if its key is in use, see [`refused`].
pub(crate) fn write(answer: &Answer) -> Result<Write> {
    let values = [
        answer.member.into(),
        (&answer.key).into(),
        (&answer.digest).into(),
        u32::from(answer.status).into(),
        answer.body.as_slice().into(),
        answer.expires_at.into(),
        answer.at.into(),
    ];
    Ok(KEEP.with(values)?.or_fail())
}

/// Whether a failed constraint was that of [`write()`].
pub(crate) fn refused(constraint: &str) -> bool {
    constraint == KEEP.statement.name
}
