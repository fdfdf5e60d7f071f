//! The only SQL of the product: three engines (embedded SQLite, PostgreSQL, libSQL over HTTP) behind one [`Database`],
//! and above it one module for each aggregate.
//!
//! A map: `engine/` ends what differs between drivers; `value`, `row` and `query` are the portable words; `transaction`,
//! `together` and `migrate` are what the engines do for us; `check` proves every statement against a real engine; the
//! public modules are the aggregates, each with its private row, its SQL and the conversion to the domain's type.
//!
//! Deliberately not here: rules (`nest`, `library`, `identity`), HTTP, and any background task: a caller's future does
//! all work, so that nothing runs outside the lifecycle.

mod changes;
mod check;
mod database;
mod engine;
mod error;
mod query;
pub mod resealing;
mod row;
mod sealed;
mod steps;
mod together;
mod transaction;
mod value;

pub mod access;
pub mod accounts;
pub mod app_channels;
pub mod audit;
pub mod autofill;
pub mod avatars;
pub mod backfill;
pub mod backfill_worker;
pub mod backups;
pub mod blobs;
pub mod client_ids;
pub mod contract;
pub mod daily_counts;
pub mod devices;
pub mod external_tracks;
pub mod followings;
pub mod give_back;
pub mod idempotency;
pub mod identities;
pub mod invitations;
pub mod jobs;
pub mod link_codes;
pub mod lint;
pub mod log_readers;
pub mod members;
pub mod migrate;
pub mod nests;
pub mod past_members;
pub mod plays;
pub mod processes;
pub mod schema_history;
pub mod scratch;
pub mod search;
pub mod settings;
pub mod stock;
pub mod tokens;
pub mod tracks;
pub mod undo;
pub mod webhooks;

pub use changes::Changes;
pub use check::check_statements;
pub use database::{Database, Options};
pub use engine::Engine;
pub use error::{Error, Result};
pub use transaction::{Attempts, TRANSACTION_ATTEMPTS_MAX, Transaction};
