//! The sounds of horns as files: each is made when it is first asked for, and kept. All of them are less than 2 MB.

use axum::body::Bytes;
use model::HornSound;
use sha2::{Digest as _, Sha256};
use std::sync::OnceLock;

/// The media type of every sound.
pub(crate) const MEDIA_TYPE: &str = "audio/wav";

/// A sound as a file.
#[derive(Clone)]
pub(crate) struct HornFile {
    pub(crate) bytes: Bytes,
    pub(crate) etag: String,
}

/// The files that were made so far.
pub(crate) struct Horns(Vec<(HornSound, OnceLock<HornFile>)>);

impl Default for Horns {
    fn default() -> Self {
        Self(HornSound::ALL.iter().map(|&sound| (sound, OnceLock::new())).collect())
    }
}

impl Horns {
    /// The file of a sound. Making it takes some milliseconds of processor time, once.
    pub(crate) fn get(&self, sound: HornSound) -> HornFile {
        let kept = self.0.iter().find(|(other, _)| *other == sound);
        kept.map_or_else(|| make(sound), |(_, file)| file.get_or_init(|| make(sound)).clone())
    }
}

fn make(sound: HornSound) -> HornFile {
    let bytes = audio::horns::render(sound);
    let digest = Sha256::digest(&bytes);
    let digest: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HornFile { bytes: bytes.into(), etag: format!("\"{digest}\"") }
}
