//! Where backups are kept: objects under keys, in a folder or in a bucket that speaks S3. An object appears whole or not
//! at all and is never changed afterwards, except for marks, which are written over as a whole.
//!
//! Deliberately not here: what objects mean, and encryption: a store sees sealed bytes alone.

mod folder;
mod key;
mod s3;
mod signing;

pub use key::Key;
pub use s3::S3Options;

use crate::error::{Error, Result};
use bytes::Bytes;
use model::Clock;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its key.
    pub key: Key,
    /// Its size.
    pub bytes: u64,
}

/// Where backups go, as it is written in settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// `file:PATH`
    Folder(PathBuf),
    /// `s3:BUCKET` or `s3:BUCKET/PREFIX`
    S3 {
        /// The bucket.
        bucket: String,
        /// What all keys begin with; empty or ending with a slash.
        prefix: String,
    },
}

impl std::str::FromStr for Destination {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = |detail: &str| Error::Destination { text: text.to_owned(), detail: detail.to_owned() };
        if let Some(path) = text.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(bad("no path")) } else { Ok(Self::Folder(path.into())) };
        }
        let Some(rest) = text.strip_prefix("s3:") else { return Err(bad("unknown scheme")) };
        let rest = rest.trim_start_matches('/').trim_end_matches('/');
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_bucket_letter =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_bucket_letter) {
            return Err(bad("a bucket's name has 3 to 63 small letters, digits, dots and hyphens"));
        }
        if !prefix.is_empty() && Key::parse(prefix).is_none() {
            return Err(bad("a prefix is made of letters, digits, dots, hyphens and slashes"));
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix })
    }
}

/// One place of backups.
#[derive(Clone, Debug)]
pub struct Store {
    kind: Kind,
    place: String,
}

#[derive(Clone, Debug)]
enum Kind {
    Folder(folder::Folder),
    S3(Arc<s3::Bucket>),
}

impl Store {
    /// Opens a place of backups; a folder is made if its parent is there.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be written to; [`Error::Destination`] if S3 is asked for without credentials.
    pub async fn open(
        destination: &Destination,
        s3: Option<&S3Options>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self> {
        match destination {
            Destination::Folder(path) => {
                let kind = Kind::Folder(folder::Folder::open(path).await?);
                Ok(Self { kind, place: format!("file:{}", path.display()) })
            }
            Destination::S3 { bucket, prefix } => {
                let place = format!("s3:{bucket}/{prefix}").trim_end_matches('/').to_owned();
                let options = s3.ok_or_else(|| Error::Destination {
                    text: place.clone(),
                    detail: "the endpoint, the access key id and the secret access key are not set"
                        .to_owned(),
                })?;
                let bucket = s3::Bucket::new(options, bucket, prefix, &place, Arc::clone(clock))?;
                Ok(Self { kind: Kind::S3(Arc::new(bucket)), place })
            }
        }
    }

    /// What to call it.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether it is lost together with what is at `path`: a folder on the same disk.
    #[must_use]
    pub fn is_on_disk_of(&self, path: &Path) -> bool {
        match &self.kind {
            Kind::Folder(folder) => folder.is_on_disk_of(path),
            Kind::S3(_) => false,
        }
    }

    /// Stores an object, durable when this returns.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::Store`].
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.put(&self.place, key, bytes).await,
            Kind::S3(bucket) => bucket.put(key, bytes).await,
        }
    }

    /// Stores an object and reads it back: it counts when what comes back is what was sent.
    ///
    /// # Errors
    /// As [`Store::put`]; [`Error::Damaged`] if something else comes back.
    pub async fn put_and_check(&self, key: &Key, bytes: Bytes) -> Result<()> {
        self.put(key, bytes.clone()).await?;
        let back = self.get(key).await?;
        if back == bytes {
            return Ok(());
        }
        let detail = format!("{} bytes were written, {} other ones came back", bytes.len(), back.len());
        Err(Error::damaged(format!("{}: {key}", self.place), detail))
    }

    /// Stores a small object, reads it back and removes it: whether backups can be kept here at all.
    ///
    /// # Errors
    /// As [`Store::put_and_check`]. That it may not be removed is none: some places keep everything for a time.
    pub async fn try_out(&self) -> Result<()> {
        let key = Key::of("probe");
        let bytes = Bytes::from_static(b"rookery looks whether this place keeps what it is given");
        self.put_and_check(&key, bytes).await?;
        let _is_gone = self.delete(&key).await;
        Ok(())
    }

    /// The bytes of an object.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Store`].
    pub async fn get(&self, key: &Key) -> Result<Bytes> {
        match &self.kind {
            Kind::Folder(folder) => folder.get(&self.place, key).await,
            Kind::S3(bucket) => bucket.get(key).await,
        }
    }

    /// The objects whose keys begin with `prefix`, in order.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn list(&self, prefix: &str) -> Result<Vec<Listed>> {
        let mut listed = match &self.kind {
            Kind::Folder(folder) => folder.list(&self.place, prefix).await?,
            Kind::S3(bucket) => bucket.list(prefix).await?,
        };
        listed.sort();
        Ok(listed)
    }

    /// Removes an object; nothing happens if it is gone.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn delete(&self, key: &Key) -> Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.delete(&self.place, key).await,
            Kind::S3(bucket) => bucket.delete(key).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_others_refused() {
        let read = |text: &str| text.parse::<Destination>();
        assert_eq!(read("file:/srv/b").unwrap(), Destination::Folder("/srv/b".into()));
        assert_eq!(read("file:///srv/b").unwrap(), Destination::Folder("/srv/b".into()));
        let s3 =
            |bucket: &str, prefix: &str| Destination::S3 { bucket: bucket.into(), prefix: prefix.into() };
        assert_eq!(read("s3:music").unwrap(), s3("music", ""));
        assert_eq!(read("s3://music/prod/a/").unwrap(), s3("music", "prod/a/"));
        for bad in ["", "file:", "s3:", "s3:Music", "s3:music/../x", "ftp:x", "/srv/b"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
