//! Certificates of a server that ends TLS itself: obtained from an authority (ACME, RFC 8555) or read from files, kept in
//! a folder that the processes of one environment share, renewed in time, and swapped while connections stay open.
//!
//! Each name has a certificate of its own, so that an old domain whose address leads elsewhere by now does not keep the
//! others from being renewed.
//!
//! Deliberately not here: listening, HTTP and what a request is answered (see `server`), settings (see the binary).

mod acme;
mod attempts;
mod certificates;
mod due;
mod error;
mod host;
mod keeper;
mod limits;
mod pair;
mod store;

pub use acme::{Authority, ChallengeKind, LETS_ENCRYPT, LETS_ENCRYPT_STAGING};
pub use certificates::{ACME_TLS, Certificates};
pub use due::{backoff, due};
pub use error::{Error, Result};
pub use host::Host;
pub use keeper::Keeper;
