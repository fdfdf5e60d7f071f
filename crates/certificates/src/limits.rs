//! Every limit of certificates, with what happens at it.

use std::time::Duration;

/// Names of one server; with more it does not start. Authorities limit how much one account may order.
pub const NAMES_MAX: usize = 32;
/// Between two looks at what is stored: a certificate that another process obtained is served after that.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long an order may take from its beginning to the certificate; then it has failed.
pub const ORDER_TIME_MAX: Duration = Duration::from_secs(180);
/// How long the authority may take to check a name, and to issue.
pub const CHECK_TIME_MAX: Duration = Duration::from_secs(75);
/// After the first failures the next attempt is made after these times, and after the last of them from then on. Five
/// failures an hour is what Let's Encrypt takes of one name.
pub const ATTEMPTS_AFTER: [Duration; 4] = [
    Duration::from_secs(60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
];
/// When the authority says that too much was ordered, the next attempt is made after this, at the earliest.
pub const RATE_LIMITED_WAIT: Duration = Duration::from_secs(6 * 3600);
/// A file of certificates and their key, in bytes; a larger one is refused.
pub const PEM_BYTES_MAX: u64 = 256 * 1024;
/// The token of a challenge, in characters; a longer one is none.
pub const TOKEN_CHARS_MAX: usize = 128;
/// After a certificate was issued and is not there any more, the next one is ordered after this, at the earliest.
pub const LOST_WAIT: Duration = Duration::from_secs(3600);
