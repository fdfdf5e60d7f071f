//! Segments of the shipped log: whole transactions, with the instants at which each part of them had been read. A
//! segment of a whole round takes the place of the small ones it was made of.

use crate::error::{Error, Result};
use crate::seal::Keys;
use crate::store::Key;
use serde::{Deserialize, Serialize};
use wal::{Frames, HEADER_BYTES};

/// Bytes of the largest segment: one transaction may be long.
pub const SEGMENT_BYTES_MAX: usize = 1 << 30;

/// What is known of a segment from its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    /// The round.
    pub(crate) run: u64,
    /// Frames of the round before it.
    pub(crate) first: u32,
    /// Its frames.
    pub(crate) count: u32,
    /// When its last transaction had been read, in microseconds since 1970.
    pub(crate) until_us: i64,
}

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) head: Head,
    /// The header of the round where it begins one, frames and pages.
    pub(crate) bytes: Vec<u8>,
}

/// What stands before the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) lineage: String,
    pub(crate) run: u64,
    pub(crate) first: u32,
    /// Frames of the round before this one, so that a lost end is noticed.
    pub(crate) frames_of_run_before: u32,
    /// When what had been read, in microseconds since 1970, and with it so many frames of the round.
    pub(crate) cuts: Vec<(i64, u32)>,
}

impl SegmentName {
    pub(crate) fn prefix(lineage: &str) -> String {
        format!("wal/{lineage}/")
    }

    pub(crate) fn key(&self, lineage: &str) -> Key {
        let Self { run, first, count, until_us } = self;
        Key::of(&format!("wal/{lineage}/{run:08}-{first:010}-{count:010}-{until_us:016}"))
    }

    pub(crate) fn parse(key: &Key) -> Option<Self> {
        let mut words = key.name().split('-');
        let mut next = || words.next()?.parse::<u64>().ok();
        let (run, first, count, until_us) = (next()?, next()?, next()?, next()?);
        Some(Self {
            run,
            first: first.try_into().ok()?,
            count: count.try_into().ok()?,
            until_us: until_us.try_into().ok()?,
        })
    }

    /// Frames of the round up to its end.
    pub(crate) const fn end(&self) -> u32 {
        self.first.saturating_add(self.count)
    }
}

impl Segment {
    /// Of frames that were read at `at_us`.
    pub(crate) fn new(lineage: &str, run: u64, before: u32, frames: Frames, at_us: i64) -> Self {
        let cuts = vec![(at_us, frames.first + frames.count)];
        let head = Head {
            lineage: lineage.to_owned(),
            run,
            first: frames.first,
            frames_of_run_before: before,
            cuts,
        };
        Self { head, bytes: frames.bytes }
    }

    pub(crate) fn name(&self) -> SegmentName {
        let Head { run, first, cuts, .. } = &self.head;
        let (until_us, end) = cuts.last().copied().unwrap_or((0, *first));
        SegmentName { run: *run, first: *first, count: end - first, until_us }
    }

    /// Adds what follows it.
    pub(crate) fn append(&mut self, next: &Self) {
        self.head.cuts.extend(&next.head.cuts);
        self.bytes.extend_from_slice(&next.bytes);
    }

    /// Frames of the round that had been read at this instant.
    pub(crate) fn frames_at(&self, at_us: i64) -> Option<u32> {
        self.head.cuts.iter().rfind(|(cut, _)| *cut <= at_us).map(|(_, end)| *end)
    }

    /// The bytes of the frames from `from` to `to` of the round, with the round's header if they begin it.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it has other frames than it says.
    pub(crate) fn slice(&self, from: u32, to: u32) -> Result<&[u8]> {
        let name = self.name();
        let header = if name.first == 0 { HEADER_BYTES } else { 0 };
        let frames = self.bytes.len().saturating_sub(header);
        let damaged = || Error::damaged(name.key(&self.head.lineage), "it has other frames than it says");
        if name.count == 0
            || frames % name.count as usize != 0
            || from < name.first
            || to > name.end()
            || from > to
        {
            return Err(damaged());
        }
        let frame = frames / name.count as usize;
        let at = |frames: u32| header + (frames - name.first) as usize * frame;
        let start = if from == 0 { 0 } else { at(from) };
        self.bytes.get(start..at(to)).ok_or_else(damaged)
    }

    pub(crate) fn seal(&self, keys: &Keys) -> Result<Vec<u8>> {
        let mut plain = serde_json::to_vec(&self.head).map_err(|error| Error::damaged("a segment", error))?;
        plain.push(b'\n');
        plain.extend_from_slice(&self.bytes);
        keys.seal(&plain)
    }

    pub(crate) fn open(key: &Key, sealed: &[u8], keys: &Keys) -> Result<Self> {
        let plain = keys.open(key.as_str(), sealed, SEGMENT_BYTES_MAX)?;
        let split = plain.iter().position(|byte| *byte == b'\n');
        let split = split.ok_or_else(|| Error::damaged(key, "it has no head"))?;
        let head = serde_json::from_slice(&plain[..split]).map_err(|error| Error::damaged(key, error))?;
        let segment = Self { head, bytes: plain[split + 1..].to_vec() };
        if segment.name().key(&segment.head.lineage) != *key {
            return Err(Error::damaged(key, "it belongs elsewhere"));
        }
        Ok(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(first: u32, count: u32, at_us: i64) -> Segment {
        let mut bytes = if first == 0 { vec![b'h'; HEADER_BYTES] } else { Vec::new() };
        (first..first + count).for_each(|frame| bytes.extend([frame as u8; 8]));
        Segment::new("lineage", 3, 9, Frames { first, count, bytes }, at_us)
    }

    #[test]
    fn a_whole_round_knows_the_instants_of_its_parts() {
        let mut whole = segment(0, 2, 100);
        whole.append(&segment(2, 1, 200));
        assert_eq!(whole.name(), SegmentName { run: 3, first: 0, count: 3, until_us: 200 });
        assert_eq!(whole.frames_at(99), None);
        assert_eq!(whole.frames_at(100), Some(2));
        assert_eq!(whole.frames_at(199), Some(2));
        assert_eq!(whole.frames_at(200), Some(3));
        assert_eq!(whole.slice(2, 3).unwrap(), [2; 8]);
        assert_eq!(whole.slice(0, 1).unwrap().len(), HEADER_BYTES + 8);
        assert!(whole.slice(1, 1).unwrap().is_empty());
        assert!(whole.slice(0, 4).is_err());
    }

    #[test]
    fn a_segment_under_another_name_is_refused() {
        let (file, _) = Keys::generate();
        let keys = Keys::read(&[], &[("a test".into(), file)]).unwrap();
        let segment = segment(2, 2, 100);
        let key = segment.name().key("lineage");
        let sealed = segment.seal(&keys).unwrap();
        assert_eq!(Segment::open(&key, &sealed, &keys).unwrap(), segment);
        assert_eq!(SegmentName::parse(&key), Some(segment.name()));
        let other = SegmentName { first: 1, ..segment.name() }.key("lineage");
        assert!(matches!(Segment::open(&other, &sealed, &keys), Err(Error::Damaged { .. })));
        assert_eq!(SegmentName::parse(&Key::of("wal/x/1-2-3")), None);
    }
}
