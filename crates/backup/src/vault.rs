//! One place of backups with the keys to it: snapshots by their ids, and what was found when they were checked.

use crate::content::PIECE_BYTES;
use crate::error::{Error, Result, blocking};
use crate::manifest::{MANIFEST_BYTES_MAX, Manifest, Mark, NameKey, Piece, SnapshotId};
use crate::seal::Keys;
use crate::store::Store;

/// Bytes of the largest mark that is read.
const MARK_BYTES_MAX: usize = 64 * 1024;

/// A place of backups that can be worked with.
#[derive(Clone, Debug)]
pub struct Vault {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
}

/// A snapshot as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: SnapshotId,
    /// What was found when it was checked last; `None`: it never was.
    pub mark: Option<Mark>,
}

impl Entry {
    /// Whether it was restored and found sound.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.mark.as_ref().is_some_and(|mark| mark.fault.is_none())
    }
}

impl Vault {
    /// A store with the keys.
    #[must_use]
    pub const fn new(store: Store, keys: Keys) -> Self {
        Self { store, keys }
    }

    /// What to call it.
    #[must_use]
    pub fn place(&self) -> &str {
        self.store.place()
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Every snapshot, oldest first. What else is in the store is passed over.
    ///
    /// # Errors
    /// [`Error::Store`]. A mark that cannot be read counts as none.
    pub async fn snapshots(&self) -> Result<Vec<Entry>> {
        let ids = self.store.list("snapshots/").await?;
        let marked = self.store.list("verified/").await?;
        let mut entries = Vec::new();
        for id in ids.iter().filter_map(|listed| listed.key.name().parse::<SnapshotId>().ok()) {
            let is_marked = marked.iter().any(|listed| listed.key == id.mark());
            let mark = if is_marked { self.mark(&id).await? } else { None };
            entries.push(Entry { id, mark });
        }
        Ok(entries)
    }

    /// The newest snapshot that counts.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn last_verified(&self) -> Result<Option<Entry>> {
        Ok(self.snapshots().await?.into_iter().rfind(Entry::counts))
    }

    /// What belongs to a snapshot.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::WrongKey`], [`Error::Damaged`], [`Error::Store`].
    pub async fn manifest(&self, id: &SnapshotId) -> Result<Manifest> {
        let sealed = match self.store.get(&id.key()).await {
            Err(Error::Missing { .. }) => return Err(Error::Unknown { id: id.to_string() }),
            sealed => sealed?,
        };
        let (keys, id) = (self.keys.clone(), id.clone());
        blocking(move || Manifest::parse(&id, &keys.open(id.as_str(), &sealed, MANIFEST_BYTES_MAX)?)).await
    }

    /// Writes down what was found.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub(crate) async fn set_mark(&self, id: &SnapshotId, mark: &Mark) -> Result<()> {
        let text = serde_json::to_vec(mark).map_err(|error| Error::damaged(id, error))?;
        let sealed = self.keys.seal(&text)?;
        self.store.put_and_check(&id.mark(), sealed.into()).await
    }

    pub(crate) async fn mark(&self, id: &SnapshotId) -> Result<Option<Mark>> {
        let sealed = match self.store.get(&id.mark()).await {
            Err(Error::Missing { .. }) => return Ok(None),
            sealed => sealed?,
        };
        let opened = self.keys.open(id.as_str(), &sealed, MARK_BYTES_MAX).ok();
        Ok(opened.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// The bytes of a part, compared with its name.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::WrongKey`], [`Error::Damaged`], [`Error::Store`].
    pub(crate) async fn fetch(&self, piece: &Piece, names: &NameKey) -> Result<Vec<u8>> {
        let key = piece.key();
        let sealed = self.store.get(&key).await?;
        let (keys, piece, names) = (self.keys.clone(), piece.clone(), names.clone());
        blocking(move || {
            let plain = keys.open(key.as_str(), &sealed, PIECE_BYTES)?;
            if plain.len() != piece.bytes as usize || names.name(&plain) != piece.name {
                return Err(Error::damaged(key, "it holds other bytes than its name says"));
            }
            Ok(plain)
        })
        .await
    }
}
