//! What can be set about a nest.

use crate::{Ordering, Rules, limits};
use model::{Permissions, Slug};
use std::fmt;

/// The settings of a nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name.
    pub name: NestName,
    /// The word that leads to it; no two open nests have the same.
    pub slug: Option<Slug>,
    /// Whether it plays on from the library when the queue runs dry.
    pub autofill: bool,
    /// How it does so.
    pub autofill_rules: Rules,
    /// Whether people who only give a name may take part.
    pub guests_allowed: bool,
    /// How many entries the queue may hold, 1 to [`limits::QUEUE_ENTRIES_MAX`].
    pub queue_entries_max: u32,
    /// In which order it plays what waits.
    pub ordering: Ordering,
    /// How many jams by others earn whoever added an entry a free horn, 0 to [`limits::FREE_HORN_JAMS_MAX`]. 0: none are
    /// to be had.
    pub free_horn_jams: u32,
    /// What members and guests may do.
    pub permissions: Permissions,
}

impl Settings {
    /// How a nest starts.
    pub const fn new(name: NestName) -> Self {
        Self {
            name,
            slug: None,
            autofill: true,
            autofill_rules: Rules::DEFAULT,
            guests_allowed: true,
            queue_entries_max: limits::QUEUE_ENTRIES_DEFAULT,
            ordering: Ordering::Fair,
            free_horn_jams: limits::FREE_HORN_JAMS_DEFAULT,
            permissions: Permissions::DEFAULT,
        }
    }
}

/// A nest's name: 1 to [`limits::NAME_CHARS_MAX`] characters, at least one visible, none that controls the text around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestName(String);

/// Why a text cannot be a nest's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a nest's name has 1 to {} visible characters", limits::NAME_CHARS_MAX)]
pub struct NestNameError;

impl NestName {
    /// Reads a name, of which [`model::visible_line`] is kept.
    ///
    /// # Errors
    /// [`NestNameError`] if nothing is left, or too much.
    pub fn parse(text: &str) -> Result<Self, NestNameError> {
        let name = model::visible_line(text);
        if (1..=limits::NAME_CHARS_MAX).contains(&name.chars().count()) {
            Ok(Self(name))
        } else {
            Err(NestNameError)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
