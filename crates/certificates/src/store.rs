//! The folder in which the processes of one environment keep what they share: the account, certificates with their keys,
//! answers to challenges, and the lock of whoever orders.
//!
//! ```text
//! FOLDER/AUTHORITY/account.json      the account and its key
//! FOLDER/AUTHORITY/NAME.pem          a key, its certificate and the chain
//! FOLDER/AUTHORITY/NAME.json         what became of its orders
//! FOLDER/AUTHORITY/challenges/…      answers to challenges while an order runs
//! FOLDER/AUTHORITY/lock              held by whoever orders
//! ```
//!
//! Files are replaced whole (written beside, then renamed) and readable by their owner alone. Each authority has a folder
//! of its own: a certificate of a test authority is never taken for a real one.

use crate::attempts::Attempts;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::limits;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The folder of one authority.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

/// The right to order, until it is dropped or the process ends.
pub(crate) struct Lock {
    _file: File,
}

impl Store {
    /// Opens or makes the folder of an authority.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn open(folder: &Path, directory: &str) -> Result<Self> {
        let name = directory.split_once("://").map_or(directory, |(_, rest)| rest);
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let store = Self { folder: folder.join(name.chars().map(plain).take(120).collect::<String>()) };
        let challenges = store.challenges();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&challenges)
            .map_err(|source| Error::Io { path: challenges, source })?;
        Ok(store)
    }

    /// The account, if there is one.
    pub(crate) fn account(&self) -> Result<Option<Vec<u8>>> {
        read(&self.folder.join("account.json"))
    }

    pub(crate) fn keep_account(&self, account: &[u8]) -> Result<()> {
        write(&self.folder.join("account.json"), account)
    }

    pub(crate) fn forget_account(&self) -> Result<()> {
        remove(&self.folder.join("account.json"))
    }

    /// Where the certificate of a name is.
    pub(crate) fn pair_path(&self, name: &Host) -> PathBuf {
        self.folder.join(format!("{name}.pem"))
    }

    /// The certificate of a name with its key, if there is one.
    pub(crate) fn pair(&self, name: &Host) -> Result<Option<Vec<u8>>> {
        read(&self.pair_path(name))
    }

    pub(crate) fn keep_pair(&self, name: &Host, pem: &[u8]) -> Result<()> {
        write(&self.pair_path(name), pem)
    }

    /// What became of a name's orders.
    pub(crate) fn attempts(&self, name: &Host) -> Result<Attempts> {
        let text = read(&self.folder.join(format!("{name}.json")))?;
        Ok(text.map_or_else(Attempts::default, |text| Attempts::parse(&String::from_utf8_lossy(&text))))
    }

    pub(crate) fn keep_attempts(&self, name: &Host, attempts: Attempts) -> Result<()> {
        write(&self.folder.join(format!("{name}.json")), attempts.to_text().as_bytes())
    }

    /// The answer to the challenge with this token (RFC 8555, section 8.3), from whichever process orders.
    pub(crate) fn http_answer(&self, token: &str) -> Option<Vec<u8>> {
        read(&self.http_path(token)?).ok().flatten()
    }

    pub(crate) fn keep_http_answer(&self, token: &str, answer: &str) -> Result<()> {
        match self.http_path(token) {
            Some(path) => write(&path, answer.as_bytes()),
            None => Err(Error::Authority("its token is none of RFC 8555".to_owned())),
        }
    }

    /// The certificate that answers the challenge of a name (RFC 8737), with its key.
    pub(crate) fn tls_answer(&self, name: &Host) -> Option<Vec<u8>> {
        read(&self.tls_path(name)).ok().flatten()
    }

    pub(crate) fn keep_tls_answer(&self, name: &Host, pem: &[u8]) -> Result<()> {
        write(&self.tls_path(name), pem)
    }

    /// Removes all answers: those of this order, and what one that was cut off left behind.
    pub(crate) fn forget_answers(&self) -> Result<()> {
        let folder = self.challenges();
        let failed = |source| Error::Io { path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            remove(&entry.map_err(failed)?.path())?;
        }
        Ok(())
    }

    /// The right to order; `None`: another process has it.
    pub(crate) fn lock(&self) -> Result<Option<Lock>> {
        let path = self.folder.join("lock");
        let failed = |source| Error::Io { path: path.clone(), source };
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    fn challenges(&self) -> PathBuf {
        self.folder.join("challenges")
    }

    /// Where the answer to a token is. A token that is none (RFC 8555, section 8: base64url) leads nowhere.
    fn http_path(&self, token: &str) -> Option<PathBuf> {
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        let is_token = (1..=limits::TOKEN_CHARS_MAX).contains(&token.len()) && token.bytes().all(is_plain);
        is_token.then(|| self.challenges().join(format!("{token}.txt")))
    }

    fn tls_path(&self, name: &Host) -> PathBuf {
        self.challenges().join(format!("{name}.pem"))
    }
}

/// Reads a file that is not too large, if it is there.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(limits::PEM_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limits::PEM_BYTES_MAX {
        return Err(failed(io::Error::other("it is too large to be a certificate")));
    }
    Ok(Some(bytes))
}

/// Puts a file there, whole: written beside, then renamed. Only whoever holds the lock writes.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(true).mode(0o600).open(&beside).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    let folder = path.parent().map(File::open).transpose().map_err(failed)?;
    folder.map_or(Ok(()), |folder| folder.sync_all()).map_err(failed)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    const DIRECTORY: &str = "https://acme.example/directory";

    #[test]
    fn what_is_kept_is_its_owner_s_alone_and_another_authority_s_is_not_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), DIRECTORY).unwrap();
        let name: Host = "a.example".parse().unwrap();
        assert_eq!(store.pair(&name).unwrap(), None);
        store.keep_pair(&name, b"one").unwrap();
        store.keep_pair(&name, b"two").unwrap();
        assert_eq!(store.pair(&name).unwrap().as_deref(), Some(b"two".as_slice()));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&store.pair_path(&name)), mode(&store.folder)), (0o600, 0o700));
        let other = Store::open(folder.path(), "https://test.example/directory").unwrap();
        assert_eq!(other.pair(&name).unwrap(), None);
    }

    #[test]
    fn a_token_leads_to_its_answer_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), DIRECTORY).unwrap();
        store.keep_account(b"secret").unwrap();
        store.keep_http_answer("to-ken_1", "to-ken_1.thumb").unwrap();
        assert_eq!(store.http_answer("to-ken_1").as_deref(), Some(b"to-ken_1.thumb".as_slice()));
        for token in ["", "..", "../account", "../account.json", "to/ken", "to-ken_1.txt", &"a".repeat(129)] {
            assert_eq!(store.http_answer(token), None, "{token}");
        }
        store.forget_answers().unwrap();
        assert_eq!(store.http_answer("to-ken_1"), None);
    }

    #[test]
    fn one_at_a_time_has_the_right_to_order() {
        let folder = tempfile::tempdir().unwrap();
        let stores = [(); 2].map(|()| Store::open(folder.path(), DIRECTORY).unwrap());
        let held = stores[0].lock().unwrap();
        assert!(held.is_some() && stores[1].lock().unwrap().is_none());
        drop(held);
        assert!(stores[1].lock().unwrap().is_some());
    }
}
