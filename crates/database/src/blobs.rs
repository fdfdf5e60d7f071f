//! Which stored bytes are referred to, and which may be collected. The bytes themselves are in the blob store.

use crate::query::queries;
use crate::row::row;
use crate::{Database, Error, Result, Transaction, transaction};
use library::Blob;
use model::{BlobHash, WallTime};

row! {
    struct BlobRow { hash: String, size_bytes: i64 }
}

queries! {
    CLAIM(Text, Int, Int) -> bool =
        "insert into blobs (hash, size_bytes, created_at, unreferenced_since, collecting)
         values ($1, $2, $3, $3, false)
         on conflict (hash) do update set
           size_bytes = case when excluded.size_bytes > blobs.size_bytes then excluded.size_bytes else blobs.size_bytes end,
           unreferenced_since = case when blobs.unreferenced_since is null then null else excluded.unreferenced_since end
         returning collecting";
    HOLD(Text) = "update blobs set unreferenced_since = null where hash = $1";
    REFER(Text, Text, Text) =
        "insert into blob_references (hash, owner_kind, owner_id) values ($1, $2, $3) on conflict do nothing";
    RELEASE(Text, Text, Text) =
        "delete from blob_references where hash = $1 and owner_kind = $2 and owner_id = $3";
    ORPHAN(Text, Int) =
        "update blobs set unreferenced_since = $2 where hash = $1
         and not exists (select 1 from blob_references where blob_references.hash = blobs.hash)";
    COUNT(Text) -> i64 = "select count(*) from blob_references where hash = $1";
    COLLECT(Int, Int) -> BlobRow =
        "update blobs set collecting = true where hash in (
           select hash from blobs where unreferenced_since is not null and (unreferenced_since < $1 or collecting)
           order by unreferenced_since limit $2)
         returning hash, size_bytes";
    COLLECTED(Text) = "delete from blobs where hash = $1 and collecting";
    TOTAL() -> i64 = "select cast(coalesce(sum(size_bytes), 0) as bigint) from blobs where not collecting";
}

/// The kinds of owner that refer to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The file a track was made from.
    Original,
    /// What listeners of a track are given.
    Rendition,
    /// The picture of a track.
    Artwork,
    /// The picture of a member.
    Avatar,
}

impl Owner {
    const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Rendition => "rendition",
            Self::Artwork => "artwork",
            Self::Avatar => "avatar",
        }
    }
}

/// Says that these bytes are about to be stored, before they are: from now on the grace period runs anew. `false`: they
/// are being collected at this moment, so wait a little and claim them again.
///
/// # Errors
/// Whatever the engine says.
pub async fn claim(database: &Database, blob: Blob, now: WallTime) -> Result<bool> {
    let collecting = CLAIM.one(database, [blob.hash.into(), blob.size_bytes.into(), now.into()]).await?;
    Ok(!collecting)
}

/// [`claim`] for many, in one transaction. In the place of each, whether it may be stored.
///
/// # Errors
/// Whatever the engine says.
pub async fn claim_all(database: &Database, blobs: &[Blob], now: WallTime) -> Result<Vec<bool>> {
    transaction!(database, |tx| {
        let mut claimed = Vec::with_capacity(blobs.len());
        for blob in blobs {
            let values = [blob.hash.into(), blob.size_bytes.into(), now.into()];
            claimed.push(!CLAIM.one(&mut tx, values).await?);
        }
        Ok(claimed)
    })
}

/// How many owners refer to the bytes.
///
/// # Errors
/// Whatever the engine says.
pub async fn references(database: &Database, hash: BlobHash) -> Result<u64> {
    Ok(COUNT.one(database, [hash.into()]).await?.unsigned_abs())
}

/// Takes up to `limit` blobs that nobody has referred to since before `cutoff` out of use, and those an interrupted
/// collection left. Delete their bytes, then call [`collected`] for each.
///
/// # Errors
/// Whatever the engine says.
pub async fn collect(database: &Database, cutoff: WallTime, limit: u32) -> Result<Vec<Blob>> {
    let rows = transaction!(database, |tx| { COLLECT.all(&mut tx, [cutoff.into(), limit.into()]).await })?;
    rows.into_iter()
        .map(|row| {
            let hash = row.hash.parse().map_err(|error| Error::unreadable("blobs.hash", error))?;
            Ok(Blob { hash, size_bytes: row.size_bytes.unsigned_abs() })
        })
        .collect()
}

/// Says that the bytes are gone.
///
/// # Errors
/// Whatever the engine says.
pub async fn collected(database: &Database, hash: BlobHash) -> Result<()> {
    COLLECTED.run(database, [hash.into()]).await.map(drop)
}

/// How many bytes are in use, each content counted once.
///
/// # Errors
/// Whatever the engine says.
pub async fn total_bytes(database: &Database) -> Result<u64> {
    Ok(TOTAL.one(database, []).await?.unsigned_abs())
}

/// Adds a reference.
pub(crate) async fn refer(
    tx: &mut Transaction,
    blob: Blob,
    owner: Owner,
    id: &str,
    now: WallTime,
) -> Result<()> {
    let collecting = CLAIM.one(&mut *tx, [blob.hash.into(), blob.size_bytes.into(), now.into()]).await?;
    if collecting {
        return Err(Error::Conflict { detail: "the bytes are being collected".into() });
    }
    REFER.run(&mut *tx, [blob.hash.into(), owner.name().into(), id.into()]).await?;
    HOLD.run(&mut *tx, [blob.hash.into()]).await.map(drop)
}

/// Takes a reference away; the last one starts the grace period.
pub(crate) async fn release(
    tx: &mut Transaction,
    hash: BlobHash,
    owner: Owner,
    id: &str,
    now: WallTime,
) -> Result<()> {
    RELEASE.run(&mut *tx, [hash.into(), owner.name().into(), id.into()]).await?;
    ORPHAN.run(&mut *tx, [hash.into(), now.into()]).await.map(drop)
}
