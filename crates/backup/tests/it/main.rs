//! Backups against real engines, real folders and a bucket that checks signatures: taken, damaged, restored, compared.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod defects;
mod engines;
mod restoring;
mod ship;
mod stage;
mod stores;
