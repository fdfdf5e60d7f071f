//! What a file may cost. Every limit has a name, a unit and an error at the limit.

use serde::{Deserialize, Serialize};

/// Limits for one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file; more is [`crate::AudioError::TooLarge`].
    pub file_bytes_max: u64,
    /// Milliseconds of music; more is [`crate::AudioError::TooLarge`].
    pub duration_ms_max: u64,
    /// Bytes of an embedded picture; a larger one is ignored.
    pub picture_bytes_max: usize,
    /// Pixels of a picture that is decoded (width × height); more is [`crate::AudioError::TooLarge`].
    pub picture_pixels_max: u64,
    /// Characters of a title, an artist and so on; the rest is cut off.
    pub text_chars_max: usize,
}

impl Default for Limits {
    /// 2 GiB, 12 hours, pictures of 10 MiB and 16 megapixels, texts of 300 characters.
    fn default() -> Self {
        Self {
            file_bytes_max: 2 << 30,
            duration_ms_max: 12 * 3_600_000,
            picture_bytes_max: 10 << 20,
            picture_pixels_max: 16 << 20,
            text_chars_max: 300,
        }
    }
}
