//! Content in parts: cut at fixed places, named by a keyed digest, stored once however many snapshots have it. Pages of
//! a database stay where they are, so that most parts of its next snapshot are there already.

use crate::error::{Error, Result, blocking};
use crate::manifest::{NameKey, Piece};
use crate::vault::Vault;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, future::join_all, stream};
use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of a part: a page of SQLite always lies in one.
pub const PIECE_BYTES: usize = 2 * 1024 * 1024;
/// Parts that are read, sealed and sent at once.
const WRITTEN_AT_ONCE: usize = 3;
/// Parts that are fetched and opened at once.
const FETCHED_AT_ONCE: usize = 6;

/// How far a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many more bytes are to be done.
    Found(u64),
    /// So many bytes were done.
    Done(u64),
}

/// Whom progress is told.
pub(crate) type Tell<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Reads at an offset as much as there is, up to the whole of the buffer.
pub(crate) type ReadAt = Arc<dyn Fn(&mut [u8], u64) -> Result<usize> + Send + Sync>;

/// Puts parts into all places at once.
pub(crate) struct Writer<'a> {
    targets: Vec<Target<'a>>,
    names: NameKey,
    tell: Tell<'a>,
}

struct Target<'a> {
    vault: &'a Vault,
    known: Mutex<BTreeSet<String>>,
    failed: Mutex<Option<Error>>,
}

impl Target<'_> {
    async fn put(&self, piece: &Piece, sealed: Bytes) {
        match self.vault.store.put_and_check(&piece.key(), sealed).await {
            Ok(()) => {
                lock(&self.known).insert(piece.name.clone());
            }
            Err(error) => {
                lock(&self.failed).get_or_insert(error);
            }
        }
    }

    fn lacks(&self, name: &str) -> bool {
        lock(&self.failed).is_none() && !lock(&self.known).contains(name)
    }
}

impl<'a> Writer<'a> {
    /// Asks each place what it has. A place that fails is left out from then on.
    pub(crate) async fn open(vaults: &'a [Vault], names: &NameKey, tell: Tell<'a>) -> Self {
        let targets = join_all(vaults.iter().map(|vault| async move {
            let (known, failed) = match vault.store.list("content/").await {
                Ok(listed) => (listed, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            let known = known.into_iter().filter(|listed| listed.bytes > 0);
            let known = known.map(|listed| listed.key.name().to_owned()).collect();
            Target { vault, known: Mutex::new(known), failed: Mutex::new(failed) }
        }))
        .await;
        Self { targets, names: names.clone(), tell }
    }

    /// Whether every place that has not failed has the part.
    pub(crate) fn is_known(&self, piece: &Piece) -> bool {
        !self.targets.iter().any(|target| target.lacks(&piece.name))
    }

    /// Announces work and how much of it is done.
    pub(crate) fn tell(&self, progress: Progress) {
        (self.tell)(progress);
    }

    /// Stores a part.
    ///
    /// # Errors
    /// Only if it cannot be sealed: places that fail are asked for at the end.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<Piece> {
        let names = self.names.clone();
        let count = bytes.len() as u64;
        let (piece, bytes) = blocking(move || {
            let name = names.name(&bytes);
            Ok((Piece { name, bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }, bytes))
        })
        .await?;
        let lacking: Vec<_> = self.targets.iter().filter(|target| target.lacks(&piece.name)).collect();
        if let Some(first) = lacking.first() {
            let keys = first.vault.keys.clone();
            let sealed = Bytes::from(blocking(move || keys.seal(&bytes)).await?);
            join_all(lacking.iter().map(|target| target.put(&piece, sealed.clone()))).await;
        }
        self.tell(Progress::Done(count));
        Ok(piece)
    }

    /// Stores `bytes_max` bytes of a source in parts, or as many as it has.
    ///
    /// # Errors
    /// Those of the source.
    pub(crate) async fn put_all(&self, source: &ReadAt, bytes_max: u64) -> Result<Vec<Piece>> {
        let parts = bytes_max.div_ceil(PIECE_BYTES as u64);
        let put = stream::iter(0..parts).map(|part| async move {
            let source = Arc::clone(source);
            let bytes = blocking(move || {
                let offset = part * PIECE_BYTES as u64;
                let length = usize::try_from(bytes_max - offset).unwrap_or(usize::MAX).min(PIECE_BYTES);
                let mut bytes = vec![0; length];
                let mut got = 0;
                while got < bytes.len() {
                    match source(&mut bytes[got..], offset + got as u64)? {
                        0 => break,
                        count => got += count,
                    }
                }
                bytes.truncate(got);
                Ok(bytes)
            });
            let bytes = bytes.await?;
            if bytes.is_empty() { Ok(None) } else { self.put(bytes).await.map(Some) }
        });
        put.buffered(WRITTEN_AT_ONCE).try_filter_map(|piece| async { Ok(piece) }).try_collect().await
    }

    /// What went wrong in each place, in the order they were given.
    pub(crate) fn finish(self) -> Vec<Option<Error>> {
        self.targets
            .into_iter()
            .map(|target| target.failed.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }
}

/// Writes the parts into a file, one after the other from its beginning. Returns how many bytes that were.
///
/// # Errors
/// As [`Vault::fetch`]; [`Error::Io`].
pub(crate) async fn fetch_into(
    vault: &Vault,
    pieces: &[Piece],
    names: &NameKey,
    (file, path): (&Arc<File>, &std::path::Path),
    tell: Tell<'_>,
) -> Result<u64> {
    let mut offset = 0;
    let places = pieces.iter().map(|piece| {
        let at = offset;
        offset += u64::from(piece.bytes);
        (at, piece)
    });
    let places: Vec<_> = places.collect();
    stream::iter(places.into_iter().map(Ok::<_, Error>))
        .try_for_each_concurrent(FETCHED_AT_ONCE, |(at, piece)| async move {
            let plain = vault.fetch(piece, names).await?;
            let (file, path) = (Arc::clone(file), path.to_owned());
            blocking(move || file.write_all_at(&plain, at).map_err(|error| Error::io("write", &path, error)))
                .await?;
            tell(Progress::Done(piece.bytes.into()));
            Ok(())
        })
        .await?;
    Ok(offset)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
