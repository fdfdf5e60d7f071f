//! What a release says it is: JSON, signed, the same bytes for the same contents.

use crate::digest::Sealed;
use crate::error::{Error, Result};
use crate::id::{Instant, ReleaseId, is_commit};
use crate::{COMPONENTS_BYTES_MAX, MANIFEST_BYTES_MAX, PROGRAM_BYTES_MAX, UPLOAD_BYTES_MAX};
use serde::{Deserialize, Serialize};

/// The format of manifests that is written and understood.
pub const FORMAT: u64 = 1;

/// What a release is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u64,
    /// Its name, which follows from `built_at`, `commit` and `program`.
    pub id: ReleaseId,
    /// The commit it was built from: 40 hexadecimal digits.
    pub commit: String,
    /// Whether files differed from that commit.
    pub is_modified: bool,
    /// When.
    pub built_at: Instant,
    /// What the program says of itself.
    pub facts: Facts,
    /// The program.
    pub program: Sealed,
    /// The program as it is carried, compressed with zstd.
    pub upload: Sealed,
    /// What it is made of, CycloneDX 1.5.
    pub components: Sealed,
    /// The archive of the image, if there is one.
    pub image: Option<Sealed>,
}

/// What a program says of itself, asked with `rookery about`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// `rookery`.
    pub name: String,
    /// `0.1.0`.
    pub version: String,
    /// What it runs on, `x86_64-linux-gnu`.
    pub target: String,
    /// How it was built.
    pub profile: Profile,
    /// Which databases it can work with.
    pub schema: Schema,
    /// Versions of the socket's protocol that it speaks.
    pub protocol: Range,
}

/// How a program was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// For people.
    Release,
    /// For whoever works on it.
    Debug,
}

/// Which databases a program can work with, in numbers of migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// The newest migration it knows, which it brings a database to.
    pub newest: u32,
    /// The newest migration that another program must know to work with that database.
    pub known_at_least: u32,
}

/// From one version to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The oldest.
    pub min: u32,
    /// The newest.
    pub max: u32,
}

/// Why one release cannot stand in for another: on the same database, and for people whose pages are of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// The database is too new for the one that comes.
    #[error(
        "the database asks for a program that knows migration {asked}, and this release knows {known}: it cannot run on it"
    )]
    TooOld {
        /// What the database asks for.
        asked: u32,
        /// What the release knows.
        known: u32,
    },
    /// What it would make of the database is too new for the one that serves.
    #[error(
        "this release makes the database ask for migration {asked}, and the one that serves knows {known}: it could neither \
         serve beside it nor be gone back to"
    )]
    NoWayBack {
        /// What the database would ask for.
        asked: u32,
        /// What the one that serves knows.
        known: u32,
    },
    /// Pages of the one that serves speak to sockets as this one does not.
    #[error(
        "its socket speaks version {comes} of the protocol, and that of the release that serves {serves}: pages that are open \
         could not go on until they are loaded anew"
    )]
    Protocol {
        /// What the release speaks.
        comes: Range,
        /// What the one that serves speaks.
        serves: Range,
    },
}

impl Facts {
    /// Whether a release like this can take over from one like `serving`, and be gone back from: both work with the database,
    /// and a page of either finds a version in common with the other.
    ///
    /// # Errors
    /// [`Gap`].
    pub fn takes_over(&self, serving: &Self) -> Result<(), Gap> {
        self.schema.takes_over(&serving.schema)?;
        let (comes, serves) = (self.protocol, serving.protocol);
        if comes.max < serves.min || serves.max < comes.min {
            return Err(Gap::Protocol { comes, serves });
        }
        Ok(())
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.min == self.max {
            true => write!(formatter, "{}", self.min),
            false => write!(formatter, "{} to {}", self.min, self.max),
        }
    }
}

impl Schema {
    fn takes_over(&self, serving: &Self) -> Result<(), Gap> {
        if self.newest < serving.known_at_least {
            return Err(Gap::TooOld { asked: serving.known_at_least, known: self.newest });
        }
        if serving.newest < self.known_at_least {
            return Err(Gap::NoWayBack { asked: self.known_at_least, known: serving.newest });
        }
        Ok(())
    }
}

/// What is read before anything else is believed.
#[derive(Deserialize)]
struct Head {
    format: u64,
}

impl Manifest {
    /// Reads one. What it says of itself is checked; that the bytes are there is not.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Format`], [`Error::Manifest`], [`Error::OtherId`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        bound("the manifest", bytes.len() as u64, MANIFEST_BYTES_MAX)?;
        let invalid = |error: serde_json::Error| Error::Manifest(error.to_string());
        let Head { format } = serde_json::from_slice(bytes).map_err(invalid)?;
        if format != FORMAT {
            return Err(Error::Format { found: format, known: FORMAT });
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(invalid)?;
        manifest.check()?;
        // Two texts of one meaning would be two digests of one release.
        if manifest.to_bytes()? != bytes {
            return Err(Error::Manifest("it is not written as rookery writes it".to_owned()));
        }
        Ok(manifest)
    }

    /// As it is signed.
    ///
    /// # Errors
    /// [`Error::Describe`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn check(&self) -> Result<()> {
        if !is_commit(&self.commit) {
            return Err(Error::Manifest(format!("`{}` is no commit", self.commit)));
        }
        let Facts { name, version, target, schema, protocol, .. } = &self.facts;
        let is_word = |text: &str| {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
            (1..=64).contains(&text.len()) && text.chars().all(is_allowed)
        };
        if let Some(word) = [name, version, target].into_iter().find(|word| !is_word(word)) {
            return Err(Error::Manifest(format!("`{word}` is no name, version or target")));
        }
        if schema.known_at_least > schema.newest || protocol.min > protocol.max {
            return Err(Error::Manifest("a range ends before it begins".to_owned()));
        }
        bound("the program", self.program.bytes, PROGRAM_BYTES_MAX)?;
        bound("the compressed program", self.upload.bytes, UPLOAD_BYTES_MAX)?;
        bound("the list of components", self.components.bytes, COMPONENTS_BYTES_MAX)?;
        bound("the image", self.image.map_or(0, |image| image.bytes), UPLOAD_BYTES_MAX)?;
        let derived = ReleaseId::of(self.built_at, &self.commit, self.program.sha256);
        if derived != self.id {
            return Err(Error::OtherId { said: self.id.to_string(), derived: derived.to_string() });
        }
        Ok(())
    }
}

pub(crate) fn bound(what: &'static str, bytes: u64, bytes_max: u64) -> Result<()> {
    if bytes <= bytes_max { Ok(()) } else { Err(Error::TooLarge { what, bytes, bytes_max }) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn facts() -> Facts {
        Facts {
            name: "rookery".to_owned(),
            version: "0.1.0".to_owned(),
            target: "x86_64-linux-gnu".to_owned(),
            profile: Profile::Release,
            schema: Schema { newest: 15, known_at_least: 13 },
            protocol: Range { min: 2, max: 2 },
        }
    }

    pub(crate) fn manifest(program: &[u8]) -> Manifest {
        let built_at = Instant::from_seconds(1_795_295_220).unwrap();
        let commit = "b50df30".to_owned() + &"a".repeat(33);
        let program = Sealed::of(program);
        let id = ReleaseId::of(built_at, &commit, program.sha256);
        let (upload, components) = (Sealed::of(b"small"), Sealed::of(b"{}"));
        let facts = facts();
        Manifest {
            format: FORMAT,
            id,
            commit,
            is_modified: false,
            built_at,
            facts,
            program,
            upload,
            components,
            image: None,
        }
    }

    fn refusal(change: impl FnOnce(&mut Manifest)) -> String {
        let mut manifest = manifest(b"program");
        change(&mut manifest);
        Manifest::parse(&manifest.to_bytes().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let manifest = manifest(b"program");
        assert_eq!(Manifest::parse(&manifest.to_bytes().unwrap()).unwrap(), manifest);
    }

    #[test]
    fn a_format_that_is_not_known_is_named_before_anything_else_is_read() {
        let later = Manifest::parse(br#"{"format": 2, "everything": "different"}"#).unwrap_err();
        assert!(matches!(later, Error::Format { found: 2, known: FORMAT }), "{later}");
        assert!(matches!(Manifest::parse(b"{}").unwrap_err(), Error::Manifest(_)));
    }

    #[test]
    fn what_a_manifest_says_must_fit_together() {
        let other = manifest(b"other").id;
        assert!(refusal(|it| it.id = other).contains("describes"));
        assert!(refusal(|it| it.commit = "main".to_owned()).contains("no commit"));
        assert!(refusal(|it| it.facts.version = "1.0\n".to_owned()).contains("no name"));
        assert!(refusal(|it| it.facts.name = String::new()).contains("no name"));
        assert!(refusal(|it| it.facts.schema.known_at_least = 16).contains("ends before"));
        assert!(refusal(|it| it.facts.protocol.min = 3).contains("ends before"));
        assert!(refusal(|it| it.upload.bytes = UPLOAD_BYTES_MAX + 1).contains("at most"));
        assert!(refusal(|it| it.components.bytes = u64::MAX).contains("at most"));
    }

    #[test]
    fn neither_other_spellings_nor_unknown_keys_nor_what_follows_are_taken() {
        let text = String::from_utf8(manifest(b"program").to_bytes().unwrap()).unwrap();
        for other in [
            format!("{text} "),
            format!("{text}{text}"),
            text.replacen("  \"format\": 1,", "  \"format\":1,", 1),
            text.replacen("  \"format\": 1,", "  \"format\": 1,\n  \"more\": 1,", 1),
        ] {
            assert!(matches!(Manifest::parse(other.as_bytes()), Err(Error::Manifest(_))), "{other}");
        }
        let long = vec![b' '; MANIFEST_BYTES_MAX as usize + 1];
        assert!(matches!(Manifest::parse(&long), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn a_release_takes_over_where_both_can_work_with_the_database() {
        let with = |newest, known_at_least| Facts { schema: Schema { newest, known_at_least }, ..facts() };
        let serving = with(15, 13);
        for (next, holds) in [
            (with(15, 13), Ok(())),
            (with(16, 15), Ok(())),
            (with(14, 13), Ok(())),
            (with(13, 13), Ok(())),
            (with(12, 12), Err(Gap::TooOld { asked: 13, known: 12 })),
            (with(16, 16), Err(Gap::NoWayBack { asked: 16, known: 15 })),
        ] {
            assert_eq!(next.takes_over(&serving), holds, "{next:?}");
        }
    }

    #[test]
    fn a_release_takes_over_where_pages_of_either_can_speak_with_the_other() {
        let with = |min, max| Facts { protocol: Range { min, max }, ..facts() };
        for (next, serving, holds) in [
            ((2, 2), (2, 2), true),
            ((2, 3), (2, 2), true),
            ((2, 2), (2, 3), true),
            ((3, 4), (2, 3), true),
            ((3, 3), (2, 2), false),
            ((2, 2), (3, 4), false),
        ] {
            let (next, serving) = (with(next.0, next.1), with(serving.0, serving.1));
            assert_eq!(next.takes_over(&serving).is_ok(), holds, "{next:?}");
        }
        let said = with(3, 4).takes_over(&with(2, 2)).unwrap_err().to_string();
        assert!(said.starts_with("its socket speaks version 3 to 4 of the protocol, and that of"), "{said}");
    }
}
