//! The short code by which people name a nest: `main`, or five characters that cannot be misread.

use crate::Entropy;
use std::fmt;
use std::str::FromStr;

/// Letters and digits without `I`, `L`, `O`, `0` and `1`.
const ALPHABET: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const MAIN: [u8; 5] = *b"main\0";

/// A nest's code. Case does not matter when it is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NestCode([u8; 5]);

/// A text that is not a nest code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a nest code: expected `main` or five of {}", "ABCDEFGHJKMNPQRSTUVWXYZ23456789")]
pub struct NestCodeError;

impl NestCode {
    /// The permanent nest.
    pub const MAIN: Self = Self(MAIN);

    /// A code drawn by chance: about 28.6 million of them, so the caller checks that it is free.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(std::array::from_fn(|_| ALPHABET[entropy.below(ALPHABET.len() as u64) as usize]))
    }

    /// Whether this is the permanent nest.
    pub fn is_main(self) -> bool {
        self == Self::MAIN
    }
}

impl fmt::Display for NestCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().filter(|&&byte| byte != 0).try_for_each(|&byte| write!(f, "{}", char::from(byte)))
    }
}

impl fmt::Debug for NestCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NestCode({self})")
    }
}

impl FromStr for NestCode {
    type Err = NestCodeError;
    fn from_str(text: &str) -> Result<Self, NestCodeError> {
        if text.eq_ignore_ascii_case("main") {
            return Ok(Self::MAIN);
        }
        let bytes: [u8; 5] = text.to_ascii_uppercase().into_bytes().try_into().map_err(|_| NestCodeError)?;
        if bytes.iter().all(|byte| ALPHABET.contains(byte)) { Ok(Self(bytes)) } else { Err(NestCodeError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn a_code_is_read_without_regard_to_case() {
        let code = NestCode::generate(&mut SeededEntropy::from_seed(1));
        assert_eq!(code.to_string().to_lowercase().parse(), Ok(code));
        assert_eq!("MAIN".parse(), Ok(NestCode::MAIN));
    }

    #[test]
    fn confusable_characters_are_not_codes() {
        for text in ["", "ABCD", "ABCDEF", "ABCD0", "ABCDI", "ABCDé"] {
            assert_eq!(text.parse::<NestCode>(), Err(NestCodeError), "{text}");
        }
    }
}
