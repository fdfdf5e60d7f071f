//! Secrets of an environment, sealed so that they may be kept beside the code: each value by itself, with age
//! (<https://age-encryption.org/v1>), to the machines of that environment. Whoever has the recipients' public keys can put
//! a value in; only the machine can take one out.
//!
//! What is sealed says to which environment and key it belongs, so that a value that was moved to another place does not
//! open there. Deliberately not here: files, and where a machine keeps its key.

mod file;

pub use file::{Identity, Recipients, Sealed, generate};

/// Why a secret cannot be sealed, read or opened. No error holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The file is none of ours.
    #[error("the sealed secrets cannot be read: {0}")]
    File(String),
    /// A key pair's half that is none.
    #[error("`{0}` is no key of age: a recipient begins with age1, an identity with AGE-SECRET-KEY-1")]
    Key(String),
    /// To nobody.
    #[error("there is nobody to seal for: make a key on the machine with `rookery secrets keygen`")]
    NoRecipients,
    /// The machine's key is not among those it was sealed for.
    #[error("`{0}` was sealed for other machines: seal it again for this one")]
    NotForThisMachine(String),
    /// What is sealed under a key is not what belongs there.
    #[error("`{key}` is damaged: {detail}; set it again")]
    Damaged {
        /// Which.
        key: String,
        /// How that was noticed.
        detail: String,
    },
    /// A name that no setting has.
    #[error("`{0}` is no name of a setting: small letters, digits and _")]
    Name(String),
    /// Too long.
    #[error("a secret has {0} bytes at most")]
    TooLong(usize),
}
