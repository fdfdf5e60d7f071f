//! Covers: a picture is stored once in each of its sizes, however many tracks have it.

use super::Intake;
use crate::error::Result;
use crate::recent::Recent;
use blobs::{ArtworkSize, BlobKey};
use bytes::Bytes;
use library::Blob;
use model::BlobHash;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

/// The tracks of an album come together and have one cover: what was done for the first is not done for the others.
#[derive(Default)]
pub(super) struct Covers {
    /// Claimed a moment ago.
    claimed: Recent<BlobHash, ()>,
    /// Held while a cover is made, by the first byte of its hash: nobody makes one that is being made.
    making: [Mutex<()>; 16],
}

impl Intake {
    /// Stores a picture of a person in the sizes of covers; `None` if it cannot be used.
    pub(crate) async fn picture(&self, bytes: &[u8]) -> Result<Option<Blob>> {
        let hash = self.cover(bytes).await?;
        Ok(hash.map(|hash| Blob { hash, size_bytes: bytes.len() as u64 }))
    }

    /// Stores a cover in its sizes. A picture that cannot be used costs the track its cover, not its place.
    pub(super) async fn cover(&self, bytes: &[u8]) -> Result<Option<BlobHash>> {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let hash = BlobHash::from_bytes(digest);
        let _making = self.covers.making[usize::from(digest[0] % 16)].lock().await;
        if let Err(asked) = self.covers.claimed.get(&hash, self.clock.instant()) {
            self.claim(Blob { hash, size_bytes: bytes.len() as u64 }).await?;
            self.covers.claimed.remember(asked, hash, ());
        }
        if self.blobs.contains(BlobKey::Artwork { hash, size: ArtworkSize::Large }) {
            return Ok(Some(hash));
        }
        let artwork = match self.workers.artwork(bytes).await {
            Ok(artwork) => artwork,
            Err(error) => {
                tracing::debug!(%error, "a cover could not be used");
                return Ok(None);
            }
        };
        for (size, variant) in ArtworkSize::ALL.into_iter().zip(artwork.variants) {
            let mut writer = self.blobs.writer(variant.bytes.len() as u64).await?;
            writer.write(Bytes::from(variant.bytes)).await?;
            writer.commit(|_| BlobKey::Artwork { hash, size }).await?;
        }
        Ok(Some(hash))
    }
}
