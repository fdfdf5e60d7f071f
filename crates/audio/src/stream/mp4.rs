//! MPEG-4 files (ISO 14496-12): the first audio track's codec and its length. Boxes are visited by a path of fixed
//! depth, so nesting cannot exhaust the stack, and external data references are never followed.

use super::{AudioFormat, Stream, frames_to_ms};
use crate::AudioError;
use crate::source::Source;

/// Boxes visited in one file; more is an attack.
const BOXES_MAX: usize = 20_000;
/// Entries of a sample table that are read.
const ENTRIES_MAX: usize = 1 << 20;

/// No encoder puts more before the music; an edit list that leaves out more cuts the song, which browsers do not follow.
const LEAD_S_MAX: f64 = 0.5;

/// A box: where its content begins and ends.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

struct Walk<'s> {
    source: &'s Source,
    visited: usize,
}

impl Walk<'_> {
    /// The box named `name` directly inside `parent`, from its beginning or after `after`.
    fn child(
        &mut self,
        parent: Span,
        name: &[u8; 4],
        after: Option<Span>,
    ) -> Result<Option<Span>, AudioError> {
        let mut at = after.map_or(parent.start, |span| span.end);
        while let Some(header) = self.source.array::<8>(at)? {
            self.visited += 1;
            if at + 8 > parent.end || self.visited > BOXES_MAX {
                break;
            }
            let short = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
            let (body, len) = match short {
                0 => (at + 8, parent.end - at),
                1 => match self.source.array::<8>(at + 8)? {
                    Some(long) => (at + 16, u64::from_be_bytes(long)),
                    None => break,
                },
                _ => (at + 8, short),
            };
            let Some(end) = at.checked_add(len).filter(|&end| end >= body && end <= parent.end) else {
                // The last box may be cut off, as of a file that was not downloaded to its end.
                if header[4..] == *name && short > 1 {
                    return Ok(Some(Span { start: body, end: parent.end }));
                }
                break;
            };
            if header[4..] == *name {
                return Ok(Some(Span { start: body, end }));
            }
            at = end;
        }
        Ok(None)
    }

    fn path(&mut self, mut span: Span, names: &[&[u8; 4]]) -> Result<Option<Span>, AudioError> {
        for name in names {
            match self.child(span, name, None)? {
                Some(found) => span = found,
                None => return Ok(None),
            }
        }
        Ok(Some(span))
    }

    /// The entries of a table of `N`-byte rows after a header of `skip` bytes that ends in their number.
    fn table<const N: usize>(&self, span: Span, skip: u64) -> Result<Vec<[u8; N]>, AudioError> {
        let Some(count) = self.source.array::<4>(span.start + skip - 4)?.map(u32::from_be_bytes) else {
            return Ok(Vec::new());
        };
        let room = usize::try_from(span.end.saturating_sub(span.start + skip)).unwrap_or(0) / N;
        let mut bytes = vec![0; room.min(count as usize).min(ENTRIES_MAX) * N];
        let bytes = self.source.read_at(span.start + skip, &mut bytes)?;
        Ok(bytes.as_chunks::<N>().0.to_vec())
    }
}

pub(super) fn find(source: &Source, start: u64) -> Result<Stream, AudioError> {
    let mut walk = Walk { source, visited: 0 };
    let file = Span { start, end: source.len() };
    let moov = walk
        .child(file, b"moov", None)?
        .ok_or_else(|| AudioError::damaged("MPEG-4 without a description"))?;
    let mut after = None;
    while let Some(trak) = walk.child(moov, b"trak", after)? {
        after = Some(trak);
        let Some(handler) = walk.path(trak, &[b"mdia", b"hdlr"])? else { continue };
        if source.array::<4>(handler.start + 8)? == Some(*b"soun") {
            return track(&mut walk, trak, start);
        }
    }
    Err(AudioError::not_audio("MPEG-4 without an audio track"))
}

fn track(walk: &mut Walk<'_>, trak: Span, start: u64) -> Result<Stream, AudioError> {
    let source = walk.source;
    let missing = || AudioError::damaged("an MPEG-4 track without its tables");
    let mdia = walk.path(trak, &[b"mdia"])?.ok_or_else(missing)?;
    let header = walk.path(mdia, &[b"mdhd"])?.ok_or_else(missing)?;
    let stbl = walk.path(mdia, &[b"minf", b"stbl"])?.ok_or_else(missing)?;
    let stsd = walk.path(stbl, &[b"stsd"])?.ok_or_else(missing)?;
    let entry = source.array::<36>(stsd.start + 8)?.ok_or_else(missing)?;
    let (format, browser_playable) = match &entry[4..8] {
        b"mp4a" => (AudioFormat::Aac, true),
        b"alac" => (AudioFormat::Alac, false),
        other => return Err(AudioError::unsupported(format!("MPEG-4 codec {}", other.escape_ascii()))),
    };
    let version = source.array::<1>(header.start)?.map_or(0, |[version]| version);
    let timescale_at = header.start + if version == 1 { 20 } else { 12 };
    let timescale = source.array::<4>(timescale_at)?.map_or(0, u32::from_be_bytes);
    let stts = walk.path(stbl, &[b"stts"])?.ok_or_else(missing)?;
    let ticks = walk.table::<8>(stts, 8)?.iter().fold(0u64, |ticks, row| {
        let word =
            |at: usize| u64::from(u32::from_be_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]));
        ticks.saturating_add(word(0) * word(4))
    });
    let ticks = whole_part(walk, stbl, ticks)?;
    if timescale == 0 {
        return Err(AudioError::damaged("an MPEG-4 track without a time scale"));
    }
    let sample_rate = u32::from(u16::from_be_bytes([entry[32], entry[33]]));
    Ok(Stream {
        format,
        start,
        // 16 bits hold no rate above 65 kHz: then the time scale has it.
        sample_rate: if sample_rate == 0 { timescale } else { sample_rate },
        channels: u16::from_be_bytes([entry[24], entry[25]]),
        bits_per_sample: (format == AudioFormat::Alac).then(|| u16::from_be_bytes([entry[26], entry[27]])),
        duration_ms: frames_to_ms(ticks, timescale),
        lead_s: if format == AudioFormat::Aac { lead_s(walk, trak, timescale)? } else { 0.0 },
        browser_playable,
    })
}

/// What the edit list leaves out at the beginning: an encoder of AAC begins with a frame or two of its own.
fn lead_s(walk: &mut Walk<'_>, trak: Span, timescale: u32) -> Result<f64, AudioError> {
    let Some(elst) = walk.path(trak, &[b"edts", b"elst"])? else { return Ok(0.0) };
    let is_long = walk.source.array::<1>(elst.start)? == Some([1]);
    // Each row: how long, from where on, how fast. From -1 on is a pause.
    let from: Vec<i64> = if is_long {
        let rows = walk.table::<20>(elst, 8)?;
        rows.iter().filter_map(|row| Some(i64::from_be_bytes(row[8..16].try_into().ok()?))).collect()
    } else {
        let rows = walk.table::<12>(elst, 8)?;
        rows.iter().filter_map(|row| Some(i32::from_be_bytes(row[4..8].try_into().ok()?).into())).collect()
    };
    let ticks = from.into_iter().find(|from| *from >= 0).unwrap_or(0);
    let lead_s = ticks as f64 / f64::from(timescale);
    Ok(if lead_s <= LEAD_S_MAX { lead_s } else { 0.0 })
}

/// The part of the ticks whose samples are inside the file: a file that was cut still describes all of it. Taken as if
/// the samples lay together, which is how audio files are written.
fn whole_part(walk: &mut Walk<'_>, stbl: Span, ticks: u64) -> Result<u64, AudioError> {
    let word = |row: &[u8; 4]| u64::from(u32::from_be_bytes(*row));
    let first = if let Some(stco) = walk.path(stbl, &[b"stco"])? {
        walk.table::<4>(stco, 8)?.iter().map(word).min()
    } else if let Some(co64) = walk.path(stbl, &[b"co64"])? {
        walk.table::<8>(co64, 8)?.iter().map(|row| u64::from_be_bytes(*row)).min()
    } else {
        None
    };
    let Some(stsz) = walk.path(stbl, &[b"stsz"])? else { return Ok(ticks) };
    let [same, count] = [4, 8].map(|at| walk.source.array::<4>(stsz.start + at));
    let (same, count) = (same?.map_or(0, |row| word(&row)), count?.map_or(0, |row| word(&row)));
    let described = if same > 0 { same * count } else { walk.table::<4>(stsz, 12)?.iter().map(word).sum() };
    let present = walk.source.len().saturating_sub(first.unwrap_or(u64::MAX));
    if described == 0 || present == 0 {
        return Err(AudioError::not_audio("an MPEG-4 track without samples"));
    }
    let part = u128::from(ticks) * u128::from(present.min(described)) / u128::from(described);
    Ok(u64::try_from(part).unwrap_or(u64::MAX))
}
