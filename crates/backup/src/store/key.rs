//! The names of objects: a closed alphabet and no way up, so that a listing of a hostile bucket names no file outside.

use std::fmt;

/// Bytes of the longest key.
const KEY_BYTES_MAX: usize = 400;

/// The name of an object: words of small letters, digits, hyphens, underscores and dots, parted by slashes. Capital `T`
/// and `Z` occur in times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Reads a key; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_word = |word: &str| !word.is_empty() && !word.starts_with('.') && word.chars().all(is_letter);
        let is_key = text.len() <= KEY_BYTES_MAX && text.split('/').all(is_word);
        is_key.then(|| Self(text.to_owned()))
    }

    /// A key of ours. Whatever is no letter of a key becomes a hyphen.
    pub(crate) fn of(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| {
            let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/');
            Self(text.chars().map(|c| if is_letter(c) { c } else { '-' }).take(KEY_BYTES_MAX).collect())
        })
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last slash.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_nothing_outside() {
        for good in ["a", "wal/20261121T140300000000Z-0a1b2c3d/000001-0000000001", "content/ab/cd.x_y"] {
            assert!(Key::parse(good).is_some(), "{good}");
        }
        for bad in ["", "/", "a/", "/a", "a//b", "..", "a/../b", "a/.b", "a b", "a%2f", "ä", &"a".repeat(401)]
        {
            assert!(Key::parse(bad).is_none(), "{bad}");
        }
    }
}
