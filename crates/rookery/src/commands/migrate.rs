//! `rookery migrate`: the schema, looked at, brought up to date, or stepped back.

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::settings::{Migration, Settings};
use crate::{compose, stamp};
use database::migrate;
use model::Clock as _;

pub async fn run(settings: &Settings, direction: &Migration) -> Result<(), Failure> {
    let database = compose::database(settings).await?;
    if !matches!(direction, Migration::Status) {
        stamp::refuse_other(settings, &database).await?;
    }
    let lines = match direction {
        Migration::Status => {
            let status = migrate::status(&database).await?;
            let say = |word: &str, names: Vec<String>| {
                names.into_iter().map(|name| format!("{word} {name}")).collect::<Vec<_>>()
            };
            [say("applied", status.applied), say("pending", status.pending), say("unknown", status.unknown)]
                .concat()
        }
        Migration::Up => migrate::up(&database, SystemClock::start().wall()).await?,
        Migration::Down { steps } => migrate::down(&database, *steps).await?,
    };
    super::print(&lines.into_iter().map(|line| line + "\n").collect::<String>());
    database.close().await;
    Ok(())
}
