//! The private JSON forms of jams, comments and horns.

use super::record::{Unread, read_member};
use model::{CommentId, EntryId, HornId, WallTime};
use nest::{Comment, CommentText, Horn, Jam};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct JamRecord {
    by: String,
    name: String,
    at: i64,
}

impl From<&Jam> for JamRecord {
    fn from(jam: &Jam) -> Self {
        Self { by: jam.by.to_string(), name: jam.name.clone(), at: jam.at.micros() }
    }
}

impl TryFrom<JamRecord> for Jam {
    type Error = Unread;

    fn try_from(record: JamRecord) -> Result<Self, Unread> {
        Ok(Self { by: read_member(&record.by)?, name: record.name, at: WallTime::from_micros(record.at) })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct CommentRecord {
    id: u64,
    by: String,
    name: String,
    at: i64,
    text: String,
}

impl From<&Comment> for CommentRecord {
    fn from(comment: &Comment) -> Self {
        Self {
            id: comment.id.sequence(),
            by: comment.by.to_string(),
            name: comment.name.clone(),
            at: comment.at.micros(),
            text: comment.text.to_string(),
        }
    }
}

impl TryFrom<CommentRecord> for Comment {
    type Error = Unread;

    fn try_from(record: CommentRecord) -> Result<Self, Unread> {
        Ok(Self {
            id: CommentId::from_sequence(record.id),
            by: read_member(&record.by)?,
            name: record.name,
            at: WallTime::from_micros(record.at),
            text: CommentText::from_log(record.text),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct HornRecord {
    id: u64,
    by: String,
    name: String,
    at: i64,
    sound: String,
    entry: u64,
    title: String,
    free: bool,
}

impl From<&Horn> for HornRecord {
    fn from(horn: &Horn) -> Self {
        Self {
            id: horn.id.sequence(),
            by: horn.by.to_string(),
            name: horn.name.clone(),
            at: horn.at.micros(),
            sound: horn.sound.to_string(),
            entry: horn.entry.sequence(),
            title: horn.title.clone(),
            free: horn.free,
        }
    }
}

impl TryFrom<HornRecord> for Horn {
    type Error = Unread;

    fn try_from(record: HornRecord) -> Result<Self, Unread> {
        let sound = record.sound.parse();
        Ok(Self {
            id: HornId::from_sequence(record.id),
            by: read_member(&record.by)?,
            name: record.name,
            at: WallTime::from_micros(record.at),
            sound: sound.map_err(|error: model::HornSoundError| format!("{error}: {}", record.sound))?,
            entry: EntryId::from_sequence(record.entry),
            title: record.title,
            free: record.free,
        })
    }
}
