//! Releases to bring, small ones: programs that are scripts around the real one.

use crate::stage::Stage;
use release::{
    COMPONENTS, FORMAT, Facts, KeyPair, MANIFEST, Manifest, PROGRAM, PublicKeys, ReleaseId, Sealed,
    SigningKey, sign,
};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A release that does what the program does.
pub const GOOD: &str = "exec /machine/rookery \"$@\"\n";
/// One that says what it is and never becomes ready.
pub const STUCK: &str =
    "case \"$1\" in about) ;; *) [ \"$3\" = env ] || exec sleep 600 ;; esac\nexec /machine/rookery \"$@\"\n";
/// One that is ready, and dies once it is tried on some people or watched.
pub const DYING: &str = "[ \"$3\" = --environment ] && (while sleep 0.2 && kill -0 $$; do\n\
    case $(tail -n 1 /srv/rookery/$4/deploys) in *'\"soaking\"'*|*'\"trying\"'*) sleep 1; kill -9 $$ ;; esac\n\
    done) 2>/dev/null &\nexec /machine/rookery \"$@\"\n";
/// One in which something panics, and which goes on.
pub const PANICKING: &str = "export ROOKERY_TRIAL_PANIC=true\nexec /machine/rookery \"$@\"\n";

pub struct Cook {
    pub folder: TempDir,
    pub pair: KeyPair,
    signing: SigningKey,
    pub keys: PublicKeys,
    facts: Facts,
}

impl Cook {
    /// With a key that the stage's machine trusts.
    pub fn of(stage: &Stage) -> Self {
        let cook = Self::new();
        stage.machine.write(&stage.layout.release_keys(), &cook.pair.public);
        cook
    }

    /// With a key that nobody trusts yet.
    pub fn new() -> Self {
        let pair = KeyPair::generate().unwrap();
        let said = Command::new(env!("CARGO_BIN_EXE_rookery")).arg("about").output().unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            signing: SigningKey::parse("test", &pair.signing, None).unwrap(),
            keys: PublicKeys::parse("test", &pair.public).unwrap(),
            pair,
            facts: serde_json::from_slice(&said.stdout).unwrap(),
        }
    }

    /// A signed release folder; `minute` tells it from others.
    pub fn release(
        &self,
        minute: u32,
        script: &str,
        change: impl FnOnce(&mut Facts),
    ) -> (PathBuf, ReleaseId) {
        let mut facts = self.facts.clone();
        change(&mut facts);
        let about = serde_json::to_string(&facts).unwrap();
        let about = format!("#!/bin/sh\n[ \"$1\" = about ] && {{ echo '{about}'; exit 0; }}\n{script}");
        let (program, components) = (Sealed::of(about.as_bytes()), &b"{}\n"[..]);
        let commit = "b50df30".to_owned() + &"0".repeat(33);
        let id = format!("20261121T21{minute:02}00Z-b50df30-{}", &program.sha256.to_string()[..8]);
        let packed = zstd::bulk::compress(about.as_bytes(), 1).unwrap();
        let manifest = Manifest {
            format: FORMAT,
            id: id.parse().unwrap(),
            commit,
            is_modified: false,
            built_at: format!("2026-11-21T21:{minute:02}:00Z").try_into().unwrap(),
            facts,
            program,
            upload: Sealed::of(&packed),
            components: Sealed::of(components),
            image: None,
        };
        let folder = self.folder.path().join(&id);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(PROGRAM), packed).unwrap();
        fs::write(folder.join(COMPONENTS), components).unwrap();
        fs::write(folder.join(MANIFEST), manifest.to_bytes().unwrap()).unwrap();
        sign(&folder, &self.signing).unwrap();
        (folder, manifest.id)
    }

    /// Puts a release on the stage's machine.
    pub fn put(&self, stage: &Stage, minute: u32, script: &str) -> ReleaseId {
        self.put_changed(stage, minute, script, |_| {})
    }

    pub fn put_changed(
        &self,
        stage: &Stage,
        minute: u32,
        script: &str,
        change: impl FnOnce(&mut Facts),
    ) -> ReleaseId {
        let (folder, id) = self.release(minute, script, change);
        let mut stream = Vec::new();
        release::send(&folder, &self.keys, &mut stream).unwrap();
        let placed = upload(stage, &stream);
        assert!(placed.status.success(), "{}", String::from_utf8_lossy(&placed.stderr));
        id
    }
}

/// Has the machine take a stream.
pub fn upload(stage: &Stage, stream: &[u8]) -> Output {
    fs::write(stage.machine.shared().join("upload"), stream).unwrap();
    stage.machine.run(&["sh", "-c", "/machine/rookery --environment test gate put < /machine/upload"])
}
