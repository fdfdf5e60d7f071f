//! What handlers ask of a request: who, and what. Each extractor answers with a problem when the request has not got it.

mod body;
mod caller;
mod origin;
mod path;

pub(crate) use body::{Body, Query, Raw, from_slice};
pub(crate) use caller::{Signed, Streamer, Visitor, authenticate_bearer};
pub(crate) use origin::{ClientAddress, Nearby, Site, same_site};
pub(crate) use path::{Names, Path};
