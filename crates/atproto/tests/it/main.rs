//! Servers that do not do as they should: nobody is signed in, nothing inside the network is asked, and it is said why.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

mod dns;
mod strange;
