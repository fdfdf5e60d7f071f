//! Pictures that people brought from elsewhere, by the hash under which they are stored. Their bytes are referenced like
//! covers, so that they go when nobody shows them.

use crate::blobs::{self, Owner};
use crate::query::queries;
use crate::{Database, Error, Result, Transaction, transaction};
use library::Blob;
use model::{BlobHash, MemberId, WallTime};

queries! {
    PUT(Text, Text, Int) =
        "insert into avatars (member_id, picture, updated_at) values ($1, $2, $3)
         on conflict (member_id) do update set picture = excluded.picture, updated_at = excluded.updated_at";
    GET(Text) -> String = "select picture from avatars where member_id = $1";
}

/// The picture of a member.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(database: &Database, member: MemberId) -> Result<Option<BlobHash>> {
    let text = GET.find(database, [member.into()]).await?;
    let read = |text: String| text.parse().map_err(|error| Error::unreadable("avatars.picture", error));
    text.map(read).transpose()
}

/// Gives a member this picture, whose bytes are stored.
///
/// # Errors
/// [`Error::ForeignKey`] if the member is gone; whatever the engine says.
pub async fn set(database: &Database, member: MemberId, picture: Blob, now: WallTime) -> Result<()> {
    transaction!(database, |tx| {
        let before = GET.find(&mut tx, [member.into()]).await?;
        if before.as_ref() == Some(&picture.hash.to_string()) {
            return Ok(());
        }
        release(&mut tx, member, now).await?;
        PUT.run(&mut tx, [member.into(), picture.hash.into(), now.into()]).await?;
        blobs::refer(&mut tx, picture, Owner::Avatar, &member.to_string(), now).await
    })
}

/// Lets go of a member's picture.
pub(crate) async fn release(tx: &mut Transaction, member: MemberId, now: WallTime) -> Result<()> {
    let Some(before) = GET.find(&mut *tx, [member.into()]).await? else { return Ok(()) };
    let hash = before.parse().map_err(|error| Error::unreadable("avatars.picture", error))?;
    blobs::release(tx, hash, Owner::Avatar, &member.to_string(), now).await
}
