//! Everything that touches the bytes of music and of pictures, safely: files come from strangers.
//!
//! [`inspect()`], [`analyse()`], [`transcode()`] and [`artwork()`] run where they are called, with limits on memory, size and
//! duration; a parser may still panic, overflow its stack or loop. The server therefore calls them through [`Workers`],
//! which runs them in child processes with limits of their own, so that the worst file costs one worker and is
//! reported as an error of that file.
//!
//! Deliberately not here: where files are kept (`blobs`), what tags mean for a library (`library`), playing.

mod analyse;
mod artwork;
mod decode;
pub mod demo;
mod error;
mod flac;
pub mod horns;
mod inspect;
mod limits;
mod source;
mod stream;
mod tags;
mod transcode;
mod unpack;
pub mod worker;

pub use analyse::{Analysis, WAVEFORM_BARS, analyse};
pub use artwork::{ARTWORK_SIDES, Artwork, ArtworkVariant, artwork};
pub use error::AudioError;
pub use inspect::{Inspection, inspect};
pub use limits::Limits;
pub use stream::AudioFormat;
pub use tags::{Picture, PictureKind, Tags};
pub use transcode::{Transcoded, transcode};
pub use unpack::{UNPACKED_FRAME_BYTES, UNPACKED_HEAD_BYTES, Unpacked, unpack, unpacked_rate};
pub use worker::{WorkerCommand, WorkerLimits, Workers};
