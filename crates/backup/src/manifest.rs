//! What a snapshot consists of: the parts of the database at one instant, the files beside it, and what a copy restored
//! from it is compared with. It is stored sealed, as JSON, under the snapshot's id.

use crate::error::{Error, Result};
use crate::store::Key;
use crate::{hex, utc_basic};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{Entropy, WallTime};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;

/// The form this release writes and reads.
pub const FORMAT: u32 = 1;
/// Bytes of the largest manifest that is read.
pub const MANIFEST_BYTES_MAX: usize = 1 << 30;

/// The name of a snapshot: when it was taken, and chance, so that two never have the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SnapshotId(String);

impl SnapshotId {
    /// A new one.
    pub fn generate(at: WallTime, entropy: &mut dyn Entropy) -> Self {
        let second = utc_basic(at);
        let micros = at.micros().rem_euclid(1_000_000);
        Self(format!("{}{micros:06}Z-{:08x}", second.trim_end_matches('Z'), entropy.next_u64() >> 32))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it was taken later than the second of `at`.
    pub(crate) fn is_after(&self, at: WallTime) -> bool {
        self.0.as_str() > utc_basic(at).as_str()
    }

    /// Where its manifest is.
    pub(crate) fn key(&self) -> Key {
        Key::of(&format!("snapshots/{}", self.0))
    }

    /// Where it is written down that it was restored and checked.
    pub(crate) fn mark(&self) -> Key {
        Key::of(&format!("verified/{}", self.0))
    }
}

impl TryFrom<String> for SnapshotId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for SnapshotId {
    type Err = String;

    /// Exactly what [`SnapshotId::generate`] makes: retention deletes nothing of another shape.
    fn from_str(text: &str) -> Result<Self, String> {
        let shape = "00000000T000000000000Z-xxxxxxxx";
        let fits = |(c, shape): (char, char)| match shape {
            '0' => c.is_ascii_digit(),
            'x' => c.is_ascii_digit() || ('a'..='f').contains(&c),
            _ => c == shape,
        };
        if text.len() == shape.len() && text.chars().zip(shape.chars()).all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{}` is no snapshot", text.escape_debug()))
        }
    }
}

impl From<SnapshotId> for String {
    fn from(id: SnapshotId) -> Self {
        id.0
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A part of a file: sealed in an object of its own, which all snapshots with the same part share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// A keyed digest of the bytes: whoever keeps the backups cannot look up whether a known file is among them.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u32,
}

impl Piece {
    pub(crate) fn key(&self) -> Key {
        Key::of(&format!("content/{}/{}", self.name.get(..2).unwrap_or("00"), self.name))
    }
}

/// The key under which parts are named.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameKey([u8; 32]);

impl fmt::Debug for NameKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NameKey")
    }
}

impl NameKey {
    /// From a secret of the installation. Other recipients get other names: what was sealed for some cannot be read by
    /// those that came later.
    pub fn derive(secret: &[u8; 32], recipients: impl IntoIterator<Item = String>) -> Self {
        let joined = recipients.into_iter().collect::<Vec<_>>().join("\n");
        Self(mac(secret, joined.as_bytes()))
    }

    /// The name of a part.
    pub(crate) fn name(&self, bytes: &[u8]) -> String {
        hex(&mac(&self.0, bytes))
    }
}

fn mac(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// Where a snapshot stands in the shipped log: what is shipped behind it leads from it to later instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The unbroken sequence of rounds.
    pub lineage: String,
    /// The round in it.
    pub run: u64,
    /// Frames of that round that are in the snapshot.
    pub frames: u32,
}

/// The database of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub enum Base {
    /// The file page by page, and the log that is to be laid over it.
    Sqlite {
        /// The file.
        file: Vec<Piece>,
        /// The log; nothing if it was empty.
        log: Vec<Piece>,
        /// Frames in the log.
        frames: u32,
        /// Where it goes on; nothing if nothing is shipped.
        position: Option<Position>,
    },
    /// What `pg_dump` wrote in its own format.
    Postgres {
        /// The dump.
        dump: Vec<Piece>,
    },
    /// The statements that a libSQL server wrote.
    Libsql {
        /// The dump.
        dump: Vec<Piece>,
    },
}

impl Base {
    /// All its parts.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        let (one, other) = match self {
            Self::Sqlite { file, log, .. } => (file.as_slice(), log.as_slice()),
            Self::Postgres { dump } | Self::Libsql { dump } => (dump.as_slice(), [].as_slice()),
        };
        one.iter().chain(other)
    }

    /// Where it stands in the shipped log, if anything is shipped.
    pub(crate) const fn position(&self) -> Option<&Position> {
        match self {
            Self::Sqlite { position, .. } => position.as_ref(),
            Self::Postgres { .. } | Self::Libsql { .. } => None,
        }
    }

    /// The engine's name.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres { .. } => "postgres",
            Self::Libsql { .. } => "libsql",
        }
    }
}

/// A file beside the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Below the folder that is restored, with slashes.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was changed last, in nanoseconds since 1970: with the size it tells whether it has to be read again.
    pub modified_ns: i64,
    /// Its permissions.
    pub mode: u32,
    /// Its parts.
    pub pieces: Vec<Piece>,
}

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// Its name.
    pub id: SnapshotId,
    /// The instant it shows, in microseconds since 1970.
    pub taken_at_us: i64,
    /// The release that made it.
    pub release: String,
    /// The environment it is of.
    pub environment: String,
    /// Under which key its parts are named.
    pub names: NameKey,
    /// The database.
    pub base: Base,
    /// Rows of each table.
    pub counts: BTreeMap<String, u64>,
    /// SHA-256 of the schema.
    pub schema: String,
    /// The files.
    pub files: Vec<FileEntry>,
}

impl Manifest {
    /// The instant it shows.
    #[must_use]
    pub const fn taken_at(&self) -> WallTime {
        WallTime::from_micros(self.taken_at_us)
    }

    /// Every part it refers to.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.base.pieces().chain(self.files.iter().flat_map(|file| &file.pieces))
    }

    /// The bytes of everything, before compression.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.pieces().map(|piece| u64::from(piece.bytes)).sum()
    }

    /// As it is stored.
    ///
    /// # Errors
    /// None is known.
    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| Error::damaged(&self.id, error))
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`Error::Damaged`] for what is none, of a later form, or names files outside.
    pub(crate) fn parse(id: &SnapshotId, bytes: &[u8]) -> Result<Self> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| Error::damaged(id, error))?;
        if manifest.format != FORMAT {
            let detail = format!("it has form {}, this release reads {FORMAT}", manifest.format);
            return Err(Error::damaged(id, detail));
        }
        if manifest.id != *id {
            return Err(Error::damaged(id, format!("it says that it is {}", manifest.id)));
        }
        let is_outside = |path: &str| {
            path.starts_with('/')
                || path.split('/').any(|word| matches!(word, "" | "." | ".."))
                || path.contains('\0')
        };
        if let Some(file) = manifest.files.iter().find(|file| is_outside(&file.path)) {
            return Err(Error::damaged(id, format!("it names the file `{}`", file.path.escape_debug())));
        }
        let is_name = |name: &str| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if let Some(piece) = manifest.pieces().find(|piece| !is_name(&piece.name)) {
            return Err(Error::damaged(id, format!("it names the part `{}`", piece.name.escape_debug())));
        }
        Ok(manifest)
    }
}

/// What is written down when a snapshot was restored and checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// How long restoring and checking took.
    pub took_ms: u64,
    /// Whether every part of every file was read, not only of the database.
    pub is_whole: bool,
    /// What was wrong; nothing if it was sound.
    pub fault: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    #[test]
    fn ids_are_of_one_shape_and_in_the_order_of_time() {
        let mut chance = SeededEntropy::from_seed(1);
        let id =
            |us: i64, chance: &mut SeededEntropy| SnapshotId::generate(WallTime::from_micros(us), chance);
        let (early, late) = (id(1_000_000, &mut chance), id(1_763_733_780_000_000, &mut chance));
        assert!(early < late);
        assert_eq!(late.as_str().parse::<SnapshotId>().unwrap(), late);
        assert!(late.as_str().starts_with("20251121T140300000000Z-"), "{late}");
        for bad in
            ["", ".", "..", "backups", "20251121T140300Z-0a1b2c3d", "20251121T140300000000Z-0a1b2c3/", "*"]
        {
            assert!(bad.parse::<SnapshotId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_manifest_that_names_files_outside_is_refused() {
        let mut chance = SeededEntropy::from_seed(1);
        let id = SnapshotId::generate(WallTime::from_micros(0), &mut chance);
        let mut manifest = Manifest {
            format: FORMAT,
            id: id.clone(),
            taken_at_us: 0,
            release: "1".into(),
            environment: "x".into(),
            names: NameKey([1; 32]),
            base: Base::Postgres { dump: Vec::new() },
            counts: BTreeMap::new(),
            schema: String::new(),
            files: vec![],
        };
        assert_eq!(Manifest::parse(&id, &manifest.write().unwrap()).unwrap(), manifest);
        for path in ["/etc/passwd", "../x", "a/../../x", "a//b", "./a", ""] {
            let entry = FileEntry { path: path.into(), bytes: 0, modified_ns: 0, mode: 0, pieces: vec![] };
            manifest.files = vec![entry];
            assert!(Manifest::parse(&id, &manifest.write().unwrap()).is_err(), "{path}");
        }
    }
}
