//! What tests stand on: a server to test, in this process or as the real program, and people who use it through its
//! front door alone.
//!
//! Deliberately not here: anything a product crate may depend on, and checks of one crate's insides.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking"
)]
#![expect(clippy::missing_panics_doc, reason = "every helper of a test panics when the test has failed")]

mod actor;
mod app;
mod clock;
mod events;
mod http;
mod machine;
mod pebble;
mod process;
mod raw;
pub mod sound;
mod sshd;
mod stand;

pub use actor::{Actor, Anonymous, Browser, Program, administrator, guest, member, program};
pub use app::{Place, TestApp, Watching};
pub use clock::{ShiftedClock, StillClock, eventually, since_1970};
pub use events::{Event, EventStream};
pub use http::{Reply, Request, Site};
pub use machine::{Machine, Said};
pub use pebble::Pebble;
pub use peers::{Dns, Libsql, Pgbouncer, Postgres, Redis, free_port, free_ports};
pub use process::{Exit, Options, Rookery, ask_to_end, kill, run};
pub use raw::Raw;
pub use sshd::{ROOTS_KEYS, SSHD_UNIT, SshKey, configure_sshd, sshd_unit};
pub use stand::stand;
