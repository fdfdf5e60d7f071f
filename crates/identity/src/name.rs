//! Names of people: bounded, visible, and unable to disturb the text around them.

use std::fmt;

/// The longest name, in characters.
pub const MEMBER_NAME_CHARS_MAX: usize = 40;

/// A person's name as others see it: 1 to 40 visible characters, single spaces inside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberName(String);

/// Why a text cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing visible in it.
    #[error("a name needs at least one visible character")]
    Empty,
    /// Over the limit.
    #[error("a name has at most {MEMBER_NAME_CHARS_MAX} characters")]
    TooLong,
}

impl MemberName {
    /// Reads a name, of which [`model::visible_line`] is kept.
    ///
    /// # Errors
    /// [`NameError`] if nothing is left, or more than [`MEMBER_NAME_CHARS_MAX`] characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = model::visible_line(text);
        match name.chars().count() {
            0 => Err(NameError::Empty),
            count if count > MEMBER_NAME_CHARS_MAX => Err(NameError::TooLong),
            _ => Ok(Self(name)),
        }
    }

    /// The name of somebody of whom no name is known.
    pub fn newcomer() -> Self {
        Self("Newcomer".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded() {
        assert_eq!(MemberName::parse("  Ana \t  Lu ").map(|name| name.to_string()), Ok("Ana Lu".into()));
    }

    #[test]
    fn a_name_without_anything_visible_is_refused() {
        for text in ["", "  ", "\u{200b}\u{202e}", "\n\t"] {
            assert_eq!(MemberName::parse(text), Err(NameError::Empty));
        }
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert!(MemberName::parse(&"ß".repeat(40)).is_ok());
        assert_eq!(MemberName::parse(&"ß".repeat(41)), Err(NameError::TooLong));
    }
}
