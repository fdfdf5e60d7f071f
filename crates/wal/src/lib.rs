//! SQLite's write-ahead log, read from outside: which frames are committed, and whether their bytes have arrived.
//!
//! The format is the one of <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>: a header of 32 bytes, then
//! frames of 24 bytes and a page. Each frame carries the header's two salts and a checksum over everything before it, so
//! a frame that is half written, or left from an earlier round, is told from one that counts. A frame that ends a
//! transaction carries the size of the database after it.
//!
//! Deliberately not here: what pages mean. Replaying is SQLite's own business (`database::backups::recover`). A crate of
//! its own because it goes over every byte that is written, and so is compiled for speed where little else is.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Bytes before the first frame.
pub const HEADER_BYTES: usize = 32;
/// Bytes before the page of a frame.
pub const FRAME_HEADER_BYTES: usize = 24;
/// The most bytes that are read at once.
const READ_BYTES_MAX: usize = 1024 * 1024;
const MAGIC: u32 = 0x377f_0682;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is not what SQLite writes.
    #[error("{what} is damaged: {detail}")]
    Damaged {
        /// Which part.
        what: String,
        /// How that was noticed.
        detail: &'static str,
    },
}

impl Error {
    fn damaged(what: impl std::fmt::Display, detail: &'static str) -> Self {
        Self::Damaged { what: what.to_string(), detail }
    }

    fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

/// The header of one round of the log. SQLite begins a new round, with other salts, when all frames are in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    bytes: [u8; HEADER_BYTES],
    is_big_endian: bool,
    page_bytes: usize,
}

/// How far a round has been read: always between two transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    header: Header,
    frames: u32,
    checksum: (u32, u32),
}

/// What was read: whole transactions, as the bytes that stand in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frames {
    /// Frames of the round before these; at 0 the bytes begin with the round's header.
    pub first: u32,
    /// How many these are.
    pub count: u32,
    /// Header, frames and pages.
    pub bytes: Vec<u8>,
}

/// The log beside a database file.
#[derive(Clone, Debug)]
pub struct Wal {
    path: PathBuf,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is none, or half written.
    pub fn parse(bytes: [u8; HEADER_BYTES]) -> Result<Self> {
        let magic = word(&bytes, 0);
        if magic & !1 != MAGIC {
            return Err(Error::damaged("the header of a write-ahead log", "it does not begin like one"));
        }
        let header = Self { bytes, is_big_endian: magic & 1 == 1, page_bytes: word(&bytes, 8) as usize };
        if !header.page_bytes.is_power_of_two() || !(512..=65_536).contains(&header.page_bytes) {
            return Err(Error::damaged("the header of a write-ahead log", "pages of an impossible size"));
        }
        if header.checksum((0, 0), &bytes[..24]) != header.own_checksum() {
            return Err(Error::damaged("the header of a write-ahead log", "its checksum differs"));
        }
        Ok(header)
    }

    /// The bytes of a frame with its page.
    #[must_use]
    pub const fn frame_bytes(&self) -> usize {
        FRAME_HEADER_BYTES + self.page_bytes
    }

    fn salts(&self) -> &[u8] {
        &self.bytes[16..24]
    }

    fn own_checksum(&self) -> (u32, u32) {
        (word(&self.bytes, 24), word(&self.bytes, 28))
    }

    /// The log's checksum over `bytes`, a multiple of eight of them, going on from another.
    fn checksum(&self, from: (u32, u32), bytes: &[u8]) -> (u32, u32) {
        let read = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        let (mut first, mut second) = from;
        for pair in bytes.chunks_exact(8) {
            let one = read([pair[0], pair[1], pair[2], pair[3]]);
            let other = read([pair[4], pair[5], pair[6], pair[7]]);
            first = first.wrapping_add(one).wrapping_add(second);
            second = second.wrapping_add(other).wrapping_add(first);
        }
        (first, second)
    }
}

impl Cursor {
    /// Before the first frame of a round.
    #[must_use]
    pub fn start(header: Header) -> Self {
        Self { header, frames: 0, checksum: header.own_checksum() }
    }

    /// Frames of the round that have been read.
    #[must_use]
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Whether this header begins the same round.
    #[must_use]
    pub fn is_in(&self, header: &Header) -> bool {
        self.header.bytes == header.bytes
    }

    /// The header of its round.
    #[must_use]
    pub const fn header(&self) -> Header {
        self.header
    }

    /// Bytes of the round up to here.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.offset()
    }

    const fn offset(&self) -> u64 {
        HEADER_BYTES as u64 + self.frames as u64 * self.header.frame_bytes() as u64
    }

    /// Goes over `bytes`, which stand in the log behind this cursor, to the end of the last whole transaction that has
    /// its checksums right. Says where that is, in bytes.
    fn go_on(&mut self, bytes: &[u8]) -> usize {
        let (mut at, mut checksum, mut frames, mut reached) = (0, self.checksum, self.frames, 0);
        while let Some(frame) = bytes.get(at..at + self.header.frame_bytes()) {
            let (head, page) = frame.split_at(FRAME_HEADER_BYTES);
            if &head[8..16] != self.header.salts() {
                break;
            }
            checksum = self.header.checksum(self.header.checksum(checksum, &head[..8]), page);
            if checksum != (word(head, 16), word(head, 20)) {
                break;
            }
            frames += 1;
            at += frame.len();
            if word(head, 4) != 0 {
                (self.checksum, self.frames, reached) = (checksum, frames, at);
            }
        }
        reached
    }
}

impl Wal {
    /// The log of this database file.
    #[must_use]
    pub fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into() }
    }

    /// The header of the round that is there; `None` if nothing was ever written, or it is being written now.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn header(&self) -> Result<Option<Header>> {
        let Some(file) = self.open()? else { return Ok(None) };
        let mut bytes = [0; HEADER_BYTES];
        match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => Ok(Header::parse(bytes).ok()),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Error::io("read", &self.path, error)),
        }
    }

    /// Reads the transactions behind the cursor and moves it behind them. Stops when `bytes_max` are passed.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn read_on(&self, cursor: &mut Cursor, bytes_max: usize) -> Result<Frames> {
        let mut frames = Frames { first: cursor.frames, ..Frames::default() };
        let Some(file) = self.open()? else { return Ok(frames) };
        let frame_bytes = cursor.header.frame_bytes();
        let mut step = (READ_BYTES_MAX / frame_bytes).max(1) * frame_bytes;
        let (mut read, mut offset) = (Vec::new(), cursor.offset());
        loop {
            let before = read.len();
            read.resize(before + step, 0);
            let got = read_up_to(&file, &mut read[before..], offset)
                .map_err(|error| Error::io("read", &self.path, error))?;
            read.truncate(before + got);
            offset += got as u64;
            let reached = cursor.go_on(&read);
            let rest = read.split_off(reached);
            frames.bytes.append(&mut read);
            // A transaction may be longer than a step: what is behind the last commit is read on with.
            let is_stale = rest.len() >= frame_bytes && !is_of(&rest, cursor, frame_bytes);
            if got < step || is_stale || frames.bytes.len() >= bytes_max {
                break;
            }
            read = rest;
            // Twice as much each time, so that going over it again costs no more than reading it.
            step = step.max(read.len() / frame_bytes * frame_bytes);
        }
        frames.count = cursor.frames - frames.first;
        if frames.first == 0 && frames.count > 0 {
            frames.bytes.splice(0..0, cursor.header.bytes);
        }
        Ok(frames)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is gone; [`Error::Io`].
    pub fn file(&self) -> Result<File> {
        let missing = || Error::damaged(self.path.display(), "it is gone");
        self.open()?.ok_or_else(missing)
    }

    fn open(&self) -> Result<Option<File>> {
        // Closing this file lets go of no lock: SQLite locks the database and its index, never the log.
        match File::open(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("open", &self.path, error)),
        }
    }
}

/// Whether the last frame of `rest` is one of this round, so that a commit may still follow.
fn is_of(rest: &[u8], cursor: &Cursor, frame_bytes: usize) -> bool {
    let last = rest.len() / frame_bytes - 1;
    let head = &rest[last * frame_bytes..];
    head[8..16] == *cursor.header.salts()
}

fn read_up_to(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut got = 0;
    while got < into.len() {
        match file.read_at(&mut into[got..], offset + got as u64) {
            Ok(0) => break,
            Ok(bytes) => got += bytes,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// A number at this place, most significant byte first.
fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 512;

    /// A log of these transactions, each so many frames long.
    fn log(salt: u8, transactions: &[usize]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&(MAGIC | 1).to_be_bytes());
        bytes[4..8].copy_from_slice(&3_007_000_u32.to_be_bytes());
        bytes[8..12].copy_from_slice(&(PAGE as u32).to_be_bytes());
        bytes[16..24].fill(salt);
        let shape = Header { bytes: [0; HEADER_BYTES], is_big_endian: true, page_bytes: PAGE };
        let mut checksum = shape.checksum((0, 0), &bytes[..24]);
        bytes[24..28].copy_from_slice(&checksum.0.to_be_bytes());
        bytes[28..32].copy_from_slice(&checksum.1.to_be_bytes());
        for (number, &frames) in transactions.iter().enumerate() {
            for frame in 1..=frames {
                let mut head = [0; FRAME_HEADER_BYTES];
                head[..4].copy_from_slice(&(frame as u32).to_be_bytes());
                head[4..8].copy_from_slice(&(if frame == frames { 9_u32 } else { 0 }).to_be_bytes());
                head[8..16].fill(salt);
                let page = vec![number as u8 ^ salt; PAGE];
                checksum = shape.checksum(shape.checksum(checksum, &head[..8]), &page);
                head[16..20].copy_from_slice(&checksum.0.to_be_bytes());
                head[20..24].copy_from_slice(&checksum.1.to_be_bytes());
                bytes.extend_from_slice(&head);
                bytes.extend_from_slice(&page);
            }
        }
        bytes
    }

    fn on_disk(bytes: &[u8]) -> (tempfile::TempDir, Wal) {
        let folder = tempfile::tempdir().unwrap();
        let wal = Wal::of(&folder.path().join("x.db"));
        std::fs::write(&wal.path, bytes).unwrap();
        (folder, wal)
    }

    #[test]
    fn whole_transactions_are_read_once_and_in_order() {
        let bytes = log(7, &[1, 3, 2]);
        let frame = FRAME_HEADER_BYTES + PAGE;
        let (_folder, wal) = on_disk(&bytes[..HEADER_BYTES + 3 * frame]);
        let mut cursor = Cursor::start(wal.header().unwrap().unwrap());
        // The second transaction has not ended yet.
        let first = wal.read_on(&mut cursor, usize::MAX).unwrap();
        assert_eq!((first.first, first.count), (0, 1));
        std::fs::write(&wal.path, &bytes).unwrap();
        let second = wal.read_on(&mut cursor, usize::MAX).unwrap();
        assert_eq!((second.first, second.count), (1, 5));
        assert_eq!([first.bytes, second.bytes].concat(), bytes);
        assert_eq!(wal.read_on(&mut cursor, usize::MAX).unwrap().count, 0);
    }

    #[test]
    fn frames_of_an_earlier_round_do_not_count() {
        let (new, old) = (log(8, &[2]), log(7, &[1, 1, 1, 1]));
        let mut bytes = old;
        bytes[..new.len()].copy_from_slice(&new);
        let (_folder, wal) = on_disk(&bytes);
        let mut cursor = Cursor::start(wal.header().unwrap().unwrap());
        assert_eq!(wal.read_on(&mut cursor, usize::MAX).unwrap().bytes, new);
    }

    #[test]
    fn a_commit_whose_page_has_not_arrived_waits() {
        let bytes = log(7, &[1, 1]);
        let mut torn = bytes.clone();
        let at = torn.len() - 100;
        torn[at..].fill(0xee);
        let (_folder, wal) = on_disk(&torn);
        let mut cursor = Cursor::start(wal.header().unwrap().unwrap());
        assert_eq!(wal.read_on(&mut cursor, usize::MAX).unwrap().count, 1);
        std::fs::write(&wal.path, &bytes).unwrap();
        assert_eq!(wal.read_on(&mut cursor, usize::MAX).unwrap().count, 1);
    }

    #[test]
    fn a_transaction_longer_than_one_read_is_read_whole() {
        let frames = 3 * READ_BYTES_MAX / PAGE;
        let bytes = log(7, &[1, frames, 1]);
        let (_folder, wal) = on_disk(&bytes);
        let mut cursor = Cursor::start(wal.header().unwrap().unwrap());
        let mut read = Vec::new();
        loop {
            let frames = wal.read_on(&mut cursor, 1).unwrap();
            if frames.count == 0 {
                break;
            }
            read.extend(frames.bytes);
        }
        assert_eq!(read, bytes);
    }

    #[test]
    fn what_is_no_log_is_told() {
        let (_folder, wal) = on_disk(b"");
        assert_eq!(wal.header().unwrap(), None);
        let mut bytes = log(7, &[1]);
        bytes[17] ^= 1;
        let (_folder, wal) = on_disk(&bytes);
        assert_eq!(wal.header().unwrap(), None);
    }
}
