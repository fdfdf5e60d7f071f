//! The quick look at a file that an import takes: what it is, how long, and what it says about itself. Reads little
//! and decodes nothing.

use crate::source::Source;
use crate::{AudioError, AudioFormat, Limits, Picture, Tags, stream, tags};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a file is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// By content.
    pub format: AudioFormat,
    /// The length in milliseconds, checked against the size of the file; [`crate::Analysis`] has the exact one.
    pub duration_ms: u64,
    /// Samples a second.
    pub sample_rate: u32,
    /// How many.
    pub channels: u16,
    /// Of lossless formats.
    pub bits_per_sample: Option<u16>,
    /// Every current browser plays it as it is; otherwise it needs [`crate::transcode()`].
    pub browser_playable: bool,
    /// What it says about itself, cleaned and cut to the limits.
    pub tags: Tags,
    /// The embedded front cover, or else its first picture. Not decoded: it may be broken.
    #[serde(skip)]
    pub picture: Option<Picture>,
}

/// Looks at a file.
///
/// # Errors
/// [`AudioError::NotAudio`], [`AudioError::NotRegular`], [`AudioError::Unsupported`], [`AudioError::Damaged`],
/// [`AudioError::TooLarge`]. Tags that cannot be read are no error: then they are empty.
pub fn inspect(path: &Path, limits: &Limits) -> Result<Inspection, AudioError> {
    look(path, limits, true)
}

/// [`inspect`], with or without what the file says about itself.
pub(crate) fn look(path: &Path, limits: &Limits, with_tags: bool) -> Result<Inspection, AudioError> {
    let source = Source::open(path, limits)?;
    let stream = stream::find(&source, limits)?;
    let (tags, picture) = if with_tags { tags::read(&source, &stream, limits) } else { Default::default() };
    Ok(Inspection {
        format: stream.format,
        duration_ms: stream.duration_ms,
        sample_rate: stream.sample_rate,
        channels: stream.channels,
        bits_per_sample: stream.bits_per_sample,
        browser_playable: stream.browser_playable,
        tags,
        picture,
    })
}
