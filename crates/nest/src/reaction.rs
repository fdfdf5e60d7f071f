//! What people do while they listen: jams and comments on an entry, and horns.

use crate::limits;
use model::{CommentId, EntryId, HornId, HornSound, MemberId, WallTime};
use std::fmt;

/// Somebody who jams along to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jam {
    /// Who.
    pub by: MemberId,
    /// Their name at that moment.
    pub name: String,
    /// When.
    pub at: WallTime,
}

/// What somebody says about an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Id: the sequence number of the event that brought it.
    pub id: CommentId,
    /// Who.
    pub by: MemberId,
    /// Their name at that moment.
    pub name: String,
    /// When.
    pub at: WallTime,
    /// What they say.
    pub text: CommentText,
}

/// A horn that was blown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Horn {
    /// Id: the sequence number of the event that tells.
    pub id: HornId,
    /// Who.
    pub by: MemberId,
    /// Their name at that moment.
    pub name: String,
    /// When.
    pub at: WallTime,
    /// Which sound.
    pub sound: HornSound,
    /// The entry that played.
    pub entry: EntryId,
    /// The title of its track.
    pub title: String,
    /// Whether it was a free one, beyond what a person may in an hour.
    pub free: bool,
}

/// What somebody says: one line of 1 to [`limits::COMMENT_CHARS_MAX`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentText(String);

/// Why a text cannot be a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a comment has 1 to {} characters", limits::COMMENT_CHARS_MAX)]
pub struct CommentTextError;

impl CommentText {
    /// Reads what somebody typed, of which [`model::spoken_line`] is kept.
    ///
    /// # Errors
    /// [`CommentTextError`] if nothing is left, or too much.
    pub fn parse(text: &str) -> Result<Self, CommentTextError> {
        let line = model::spoken_line(text);
        if (1..=limits::COMMENT_CHARS_MAX).contains(&line.chars().count()) {
            Ok(Self(line))
        } else {
            Err(CommentTextError)
        }
    }

    /// A text that was accepted once, as it was kept: what may be said later must not unsay it.
    pub const fn from_log(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommentText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
