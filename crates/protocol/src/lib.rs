//! Everything that crosses the network, as types: HTTP bodies, publications and socket frames.
//!
//! The OpenAPI document, the socket's contract and the TypeScript client are generated from here. Deliberately not
//! here: rules, and conversions from the domain (they live beside the route that needs them, in `server`).
//!
//! Conventions: ids are strings; times end in `_ms` (milliseconds since 1970, or a length), `_us` (microseconds) or
//! `_s`; a choice is an object with a `type`, `kind` or `state`; unknown fields in a request are refused.

pub mod echonest;
pub mod http;
pub mod problem;
pub mod publication;
pub mod socket;
pub mod socket_client;

/// The version of the HTTP and socket contract. It grows when something a client relies on changes.
pub const VERSION: u32 = 1;
