//! Codes that link a program to a member: short, so they are found by a keyed hash, taken once, and last some minutes.

use crate::query::{Execute, queries};
use crate::{Database, Error, Result, transaction};
use model::{MemberId, WallTime};

queries! {
    FORGET(Text, Int) = "delete from link_codes where member_id = $1 or expires_at <= $2";
    INSERT(Text, Text, Int) = "insert into link_codes (code_hash, member_id, expires_at) values ($1, $2, $3)";
    TAKE(Text, Int) -> String =
        "delete from link_codes where code_hash = $1 and expires_at > $2 returning member_id";
}

/// Keeps a member's code until `expires_at`; an earlier one of theirs, and all whose time is over, are forgotten.
///
/// # Errors
/// [`Error::Unique`] if somebody has the same code: draw another; whatever the engine says.
pub async fn put(
    database: &Database,
    code_hash: &str,
    member: MemberId,
    now: WallTime,
    expires_at: WallTime,
) -> Result<()> {
    transaction!(database, |tx| {
        FORGET.run(&mut tx, [member.into(), now.into()]).await?;
        INSERT.run(&mut tx, [code_hash.into(), member.into(), expires_at.into()]).await.map(drop)
    })
}

/// Whose code it is; it is used up by that.
///
/// # Errors
/// Whatever the engine says.
pub async fn take(on: impl Execute, code_hash: &str, now: WallTime) -> Result<Option<MemberId>> {
    let member = TAKE.find(on, [code_hash.into(), now.into()]).await?;
    member.map(|id| id.parse().map_err(|error| Error::unreadable("link_codes.member_id", error))).transpose()
}
