//! The registry of ids. An id is 128 bits in Crockford base 32 (26 characters), made from a time and chance so that
//! ids made later sort later; which time and which chance is the caller's business.

use crate::{Entropy, WallTime};
use std::fmt;
use std::str::FromStr;

/// A text that is not an id of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: expected {expected}")]
pub struct IdError {
    kind: &'static str,
    expected: &'static str,
}

impl IdError {
    pub(crate) const fn new(kind: &'static str, expected: &'static str) -> Self {
        Self { kind, expected }
    }
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ID_CHARS: usize = 26;

fn encode(mut value: u128) -> String {
    let mut chars = [b'0'; ID_CHARS];
    for slot in chars.iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    chars.iter().map(|&c| char::from(c)).collect()
}

fn decode(text: &str, kind: &'static str) -> Result<u128, IdError> {
    let error = IdError { kind, expected: "26 characters of Crockford base 32" };
    if text.len() != ID_CHARS {
        return Err(error);
    }
    text.bytes().enumerate().try_fold(0u128, |value, (at, byte)| {
        let digit =
            ALPHABET.iter().position(|&c| c == byte.to_ascii_lowercase()).ok_or(error.clone())? as u128;
        // 26 characters hold 130 bits: the first may only use three.
        if at == 0 && digit > 7 { Err(error.clone()) } else { Ok(value << 5 | digit) }
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// A new id: 48 bits of milliseconds, then 80 bits of chance.
            pub fn generate(now: WallTime, entropy: &mut dyn Entropy) -> Self {
                let millis = (now.micros().max(0) as u128 / 1000) & ((1 << 48) - 1);
                let chance = (u128::from(entropy.next_u64()) << 64 | u128::from(entropy.next_u64())) & ((1 << 80) - 1);
                Self(millis << 80 | chance)
            }

            /// An id with a chosen value, for fixed rows and tests.
            pub const fn from_u128(value: u128) -> Self {
                Self(value)
            }

            /// The value behind the text.
            pub const fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode(text, $kind).map(Self)
            }
        }
    )+ };
}

ids! {
    /// A room with a shared queue.
    NestId = "nest id";
    /// A song: a track of the library, or one that another service has.
    TrackId = "track id";
    /// A person known to this server: a member or a named guest.
    MemberId = "member id";
    /// A signed-in browser or app of a person.
    DeviceId = "device id";
    /// An API token.
    TokenId = "token id";
    /// An invitation link.
    InvitationId = "invitation id";
    /// An account elsewhere that signs a member in.
    IdentityId = "identity id";
    /// A line of the audit log.
    AuditId = "audit id";
    /// A durable background job.
    JobId = "job id";
    /// One playing of a track in a nest.
    PlayId = "play id";
    /// A request, in its answer and in the log.
    RequestId = "request id";
    /// A connection of the socket.
    ClientId = "client id";
    /// An address outside that is told what happens.
    WebhookId = "webhook id";
}

macro_rules! sequences {
    ($($(#[$doc:meta])* $name:ident;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// What event `sequence` brought.
            pub const fn from_sequence(sequence: u64) -> Self {
                Self(sequence)
            }

            /// The sequence number of the event that brought it.
            pub const fn sequence(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )+ };
}

sequences! {
    /// A place in a nest's queue: the sequence number of the event that put it there.
    EntryId;
    /// A comment on an entry: the sequence number of the event that brought it.
    CommentId;
    /// A horn that was blown in a nest: the sequence number of the event that tells.
    HornId;
}

/// The SHA-256 of some bytes: the name under which they are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash([u8; 32]);

impl BlobHash {
    /// The hash with these 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

impl FromStr for BlobHash {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = || IdError { kind: "blob hash", expected: "64 hexadecimal digits" };
        if text.len() != 64 || !text.is_ascii() {
            return Err(error());
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| error())?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn an_id_survives_its_text() {
        let mut chance = SeededEntropy::from_seed(7);
        for _ in 0..100 {
            let id = TrackId::generate(WallTime::from_micros(1_700_000_000_000_000), &mut chance);
            assert_eq!(id.to_string().parse::<TrackId>(), Ok(id));
        }
    }

    #[test]
    fn ids_made_later_sort_later() {
        let mut chance = SeededEntropy::from_seed(7);
        let early = MemberId::generate(WallTime::from_micros(1_000_000), &mut chance);
        let late = MemberId::generate(WallTime::from_micros(2_000_000), &mut chance);
        assert!(early < late && early.to_string() < late.to_string());
    }

    #[test]
    fn a_malformed_id_is_refused() {
        for text in ["", "short", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "uuuuuuuuuuuuuuuuuuuuuuuuuu"] {
            assert!(text.parse::<TrackId>().is_err(), "{text}");
        }
        assert!("é".repeat(32).parse::<BlobHash>().is_err());
    }
}
