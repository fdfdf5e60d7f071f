//! The scenarios, one file an area. Each gets a migrated database and must hold on every engine.

pub mod access;
pub mod app_channels;
pub mod autofill;
pub mod doors;
pub mod history;
pub mod keys;
pub mod library;
pub mod log;
pub mod numbers;
pub mod people;
pub mod phases;
pub mod reactions;
pub mod schema;
pub mod sign_in;
pub mod transactions;
pub mod undo;
pub mod webhooks;
pub mod work;

use database::Database;

/// SQL as it is, for what the library itself never does.
pub async fn script(database: &Database, sql: &str) {
    database.run_script(sql).await.unwrap();
}
