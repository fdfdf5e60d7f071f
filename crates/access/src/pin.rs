//! A number that lets one person in once, for a few minutes: eight digits, read out or typed on a phone.

use model::Entropy;
use std::fmt;
use std::time::Duration;

/// How many digits it has. With the bounds on attempts (`server`) the chance of guessing one is below one in a million.
pub const PIN_DIGITS: usize = 8;
/// How long it can be used.
pub const PIN_LIFETIME: Duration = Duration::from_secs(10 * 60);

const PINS: u64 = 100_000_000;

/// A number that lets somebody in.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// A new one. `entropy` must be the operating system's.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(format!("{:08}", entropy.next_u64() % PINS))
    }

    /// Reads what somebody typed, with blanks and hyphens wherever they like.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed: String =
            typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(PIN_DIGITS + 1).collect();
        (typed.len() == PIN_DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit())).then_some(Self(typed))
    }

    /// The digits, for hashing.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// As people read it, once.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, second) = self.0.split_at(PIN_DIGITS / 2);
        format!("{first} {second}")
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    #[test]
    fn a_pin_is_read_as_it_is_shown_and_as_people_type_it() {
        let mut entropy = SeededEntropy::from_seed(3);
        for _ in 0..200 {
            let pin = Pin::generate(&mut entropy);
            assert_eq!(Pin::parse(&pin.shown()), Some(pin.clone()));
            assert_eq!(Pin::parse(&format!(" {} ", pin.shown().replace(' ', "-"))), Some(pin.clone()));
            assert_eq!(format!("{pin:?}"), "Pin(…)");
        }
        for other in ["", "1234567", "123456789", "1234 567x", "١٢٣٤٥٦٧٨", "-------- "] {
            assert_eq!(Pin::parse(other), None, "{other}");
        }
    }
}
