//! Sign-in with Google or any other OpenID Connect issuer: discovery, authorization code with PKCE, state and nonce,
//! keys that rotate, id_tokens that are really checked, and verified addresses only.
//!
//! The flow is our own on `jsonwebtoken`, which checks the signatures: the complete libraries bring a second set of
//! cryptography with them, one part of it (`rsa`) with an open advisory.
//! Deliberately not here: members, sessions, and what an address is good for (see `identity`).

mod client;
mod discovery;
mod id_token;
mod keys;

pub use client::{GOOGLE_ISSUER, Identity, Oidc, OidcOptions};
