//! What parent and child say to each other: a header in JSON and, after it, bytes that JSON would only swell.
//! Each message is two lengths (32 bits, little endian), the header, the bytes.

use crate::artwork::ArtworkHeader;
use crate::{Analysis, AudioError, Inspection, Limits, PictureKind, Transcoded, Unpacked};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A header has texts of some hundred characters; more is not ours.
pub(super) const HEADER_BYTES_MAX: usize = 1 << 20;
/// Embedded pictures and their small versions.
pub(super) const BODY_BYTES_MAX: usize = 64 << 20;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) limits: Limits,
    /// Processor seconds this task may take.
    pub(super) cpu_seconds_max: u64,
    /// Bytes of address space the child may have.
    pub(super) memory_bytes_max: u64,
    pub(super) task: Task,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Task {
    Inspect {
        path: PathBytes,
        with_tags: bool,
    },
    Analyse {
        path: PathBytes,
    },
    Transcode {
        path: PathBytes,
        target: PathBytes,
    },
    Unpack {
        path: PathBytes,
        target: PathBytes,
    },
    /// The picture is the body.
    Artwork,
}

/// A path as it is: not every name is text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PathBytes(Vec<u8>);

impl From<&Path> for PathBytes {
    fn from(path: &Path) -> Self {
        Self(path.as_os_str().as_bytes().to_vec())
    }
}

impl From<PathBytes> for PathBuf {
    fn from(bytes: PathBytes) -> Self {
        OsString::from_vec(bytes.0).into()
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// The picture, if there is one, is the body.
    Inspected {
        inspection: Box<Inspection>,
        picture: Option<PictureKind>,
    },
    Analysed(Analysis),
    Transcoded(Transcoded),
    Unpacked(Unpacked),
    /// The variants, one after the other, are the body.
    Artwork(ArtworkHeader),
}

pub(super) type Outcome = Result<Answer, AudioError>;

/// The bytes of a message.
pub(super) fn encode(header: &impl Serialize, body: &[u8]) -> Result<Vec<u8>, AudioError> {
    let header = serde_json::to_vec(header).map_err(|error| AudioError::io("encode", error))?;
    let sizes = (u32::try_from(header.len()), u32::try_from(body.len()));
    let (Ok(header_len), Ok(body_len)) = sizes else {
        return Err(AudioError::too_large("message bytes", body.len() as u64, BODY_BYTES_MAX as u64));
    };
    let mut message = Vec::with_capacity(8 + header.len() + body.len());
    message.extend(header_len.to_le_bytes());
    message.extend(body_len.to_le_bytes());
    message.extend(header);
    message.extend(body);
    Ok(message)
}

/// The lengths of header and body, if they are allowed.
pub(super) fn lengths(prefix: [u8; 8]) -> Result<(usize, usize), AudioError> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let header = u32::from_le_bytes([a, b, c, d]) as usize;
    let body = u32::from_le_bytes([e, f, g, h]) as usize;
    if header > HEADER_BYTES_MAX {
        return Err(AudioError::too_large("message header bytes", header as u64, HEADER_BYTES_MAX as u64));
    }
    if body > BODY_BYTES_MAX {
        return Err(AudioError::too_large("message bytes", body as u64, BODY_BYTES_MAX as u64));
    }
    Ok((header, body))
}
