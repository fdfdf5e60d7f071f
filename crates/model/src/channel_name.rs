//! The name of a channel that other applications feed: `orders`, `deploys.eu-1`.

use std::fmt;
use std::str::FromStr;

/// The name of an application's channel: 1 to [`ChannelName::BYTES_MAX`] of `a` to `z`, digits, `-`, `_` and `.`, beginning
/// and ending with a letter or digit. It is copied like the code of a nest, so it lies in place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName {
    /// What is not used is 0, so that names are ordered as their texts are.
    bytes: [u8; Self::BYTES_MAX],
    length: u8,
}

/// A text that is no name of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a channel is named by 1 to {} of the letters a to z, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ChannelName::BYTES_MAX
)]
pub struct ChannelNameError;

impl ChannelName {
    /// The most bytes.
    pub const BYTES_MAX: usize = 64;

    /// The name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl FromStr for ChannelName {
    type Err = ChannelNameError;

    fn from_str(text: &str) -> Result<Self, ChannelNameError> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_plain = text.bytes().all(|byte| is_letter(byte) || matches!(byte, b'-' | b'_' | b'.'));
        let has_ends =
            text.bytes().next().is_some_and(is_letter) && text.bytes().last().is_some_and(is_letter);
        let mut bytes = [0; Self::BYTES_MAX];
        let place = bytes.get_mut(..text.len()).filter(|_| is_plain && has_ends).ok_or(ChannelNameError)?;
        place.copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).map_err(|_| ChannelNameError)?;
        Ok(Self { bytes, length })
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelName({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_its_text_and_nothing_else_is_one() {
        let long = "x".repeat(64);
        for text in ["a", "7", "orders", "deploys.eu-1", "a_b", &long] {
            let name: ChannelName = text.parse().unwrap();
            assert_eq!((name.as_str(), name.to_string().as_str()), (text, text));
        }
        let longer = "x".repeat(65);
        for text in ["", "-a", "a-", ".", "..", "a.", "A", "a b", "a/b", "a:b", "é", "a\0", &longer] {
            assert_eq!(text.parse::<ChannelName>(), Err(ChannelNameError), "{text:?}");
        }
    }

    #[test]
    fn names_are_ordered_as_their_texts_are() {
        let mut names: Vec<ChannelName> =
            ["b", "a", "a.b", "ab", "a-b"].iter().map(|text| text.parse().unwrap()).collect();
        names.sort();
        let sorted: Vec<&str> = names.iter().map(ChannelName::as_str).collect();
        assert_eq!(sorted, ["a", "a-b", "a.b", "ab", "b"]);
    }
}
