//! Ten short pieces of music that belong to the project: written here as chords, rhythms and instruments, synthesised,
//! and drawn a cover. They make a fresh installation worth listening to, and tests of playback need no downloads.
//! The same code gives the same bytes.
//!
//! Deliberately not here: recordings, and anything that is not ours.

mod cover;
mod drums;
mod effects;
mod instruments;
mod master;
mod pieces;
mod score;

use crate::AudioError;
use crate::flac::{FlacWriter, Metadata};
use std::io::Cursor;

pub use pieces::{Piece, pieces};

/// Frames a second of everything here.
const SAMPLE_RATE: u32 = 44_100;
/// RFC 9639, section 8.1.
const VORBIS_COMMENT: u8 = 4;
const PICTURE: u8 = 6;

/// A piece as a file.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// A FLAC file: 44.1 kHz, stereo, 16 bits, -16 LUFS, with its tags and its cover inside.
    pub file: Vec<u8>,
    /// The cover by itself: a JPEG of 640 × 640 pixels.
    pub cover: Vec<u8>,
    /// The length in milliseconds.
    pub duration_ms: u64,
}

/// Plays a piece into a file. Takes about a second of processor time in a release build.
///
/// # Errors
/// If the encoders fail, which would be our fault.
pub fn render(piece: &Piece) -> Result<Rendered, AudioError> {
    let cover = cover::draw(piece)?;
    let sound = master::finish(score::perform(piece))?;
    let metadata = [(VORBIS_COMMENT, comments(piece)), (PICTURE, picture(&cover))];
    let metadata: &[Metadata] = &metadata;
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), SAMPLE_RATE, 2, 16, metadata)?;
    writer.write(sound.iter().flatten().copied())?;
    let (file, _) = writer.finish()?;
    let duration_ms = crate::stream::frames_to_ms(sound.len() as u64, SAMPLE_RATE);
    Ok(Rendered { file: file.into_inner(), cover, duration_ms })
}

fn comments(piece: &Piece) -> Vec<u8> {
    let mut block = Vec::new();
    let mut text = |text: &str| {
        block.extend((text.len() as u32).to_le_bytes());
        block.extend(text.as_bytes());
    };
    text("rookery");
    let fields = [
        format!("TITLE={}", piece.title),
        format!("ARTIST={}", piece.artist),
        format!("ALBUM={}", piece.album),
        format!("GENRE={}", piece.genre),
        format!("TRACKNUMBER={}", piece.track),
        "DATE=2026".to_owned(),
        "LICENSE=CC0-1.0".to_owned(),
    ];
    fields.iter().for_each(|field| text(field));
    // The number of fields stands between the vendor and the first of them.
    let at = 4 + "rookery".len();
    block.splice(at..at, (fields.len() as u32).to_le_bytes());
    block
}

fn picture(jpeg: &[u8]) -> Vec<u8> {
    let mut block = Vec::new();
    let kind = "image/jpeg";
    // A front cover, its kind, no description, its width, height and depth, no palette.
    block.extend(3u32.to_be_bytes());
    block.extend((kind.len() as u32).to_be_bytes());
    block.extend(kind.as_bytes());
    for number in [0, cover::SIDE, cover::SIDE, 24, 0, jpeg.len() as u32] {
        block.extend(number.to_be_bytes());
    }
    block.extend(jpeg);
    block
}
