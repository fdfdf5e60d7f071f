//! Releases to test with.

use release::{
    Facts, Ingredients, Instant, KeyPair, Manifest, Parts, Profile, PublicKeys, Range, Schema, SigningKey,
    make, sign,
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const METADATA: &str = r#"{"packages": [{"id": "r", "name": "rookery", "version": "0.1.0"}],
    "workspace_members": ["r"], "resolve": {"nodes": [{"id": "r", "deps": []}]}}"#;

pub struct Kitchen {
    pub folder: TempDir,
    pub signing: SigningKey,
    pub keys: PublicKeys,
}

/// A program of these bytes that needs nothing beside it.
pub fn program(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    bytes[18] = 62;
    bytes.extend(content);
    bytes
}

pub fn ingredients(program: &[u8]) -> Ingredients<'_> {
    Ingredients {
        program,
        facts: Facts {
            name: "rookery".to_owned(),
            version: "0.1.0".to_owned(),
            target: "x86_64-linux-gnu".to_owned(),
            profile: Profile::Release,
            schema: Schema { newest: 15, known_at_least: 13 },
            protocol: Range { min: 2, max: 2 },
        },
        commit: "b50df30".to_owned() + &"0".repeat(33),
        is_modified: false,
        built_at: Instant::from_seconds(1_795_295_220).unwrap(),
        parts: Parts { package: "rookery", metadata: METADATA.as_bytes(), lock: "", web_lock: None },
        certificates: Some(b"certificates"),
    }
}

impl Kitchen {
    pub fn new() -> Self {
        let pair = KeyPair::generate().unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            signing: SigningKey::parse("test", &pair.signing, None).unwrap(),
            keys: PublicKeys::parse("test", &pair.public).unwrap(),
        }
    }

    /// A signed release of this program.
    pub fn release(&self, name: &str, content: &[u8]) -> (PathBuf, Manifest) {
        let folder = self.folder.path().join(name);
        make(ingredients(&program(content)), &folder).unwrap();
        let manifest = sign(&folder, &self.signing).unwrap();
        (folder, manifest)
    }

    pub fn sent(&self, folder: &Path) -> Vec<u8> {
        let mut stream = Vec::new();
        let bytes = release::send(folder, &self.keys, &mut stream).unwrap();
        assert_eq!(bytes, stream.len() as u64);
        stream
    }

    pub fn releases(&self) -> PathBuf {
        self.folder.path().join("releases")
    }
}
