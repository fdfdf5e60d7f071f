//! An environment that is not for everybody: what a stranger may reach all the same, who is let in, and what they carry
//! then. Decided here; nothing is asked, stored or sent.
//!
//! - [`Rules`] decide by the most specific rule, in whatever order they stand, and explain it.
//! - [`AllowList`] says who is let in; a [`Pin`] lets one person in once.
//! - [`Key`] signs the [`Pass`] that a browser carries, bound to the environment, and hashes what is stored.
//!
//! Deliberately not here: requests and pages (`server`), and which environment is protected (`operations`, the binary).

mod allow;
mod pass;
mod path;
mod pin;
mod rules;

pub use allow::{AllowError, AllowList, Entry};
pub use pass::{HashOf, Key, PASS_LIFETIME, Pass, PassError, Way};
pub use path::{PATH_BYTES_MAX, Pattern, PatternError, is_plain};
pub use pin::{PIN_DIGITS, PIN_LIFETIME, Pin};
pub use rules::{Asked, Decision, Methods, Origin, PAGE, Rule, Rules, open_paths};
