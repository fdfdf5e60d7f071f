//! What other processes on the same database do: nests they open are opened here, and nests they write into are caught
//! up with, so that who listens here hears it a moment later.
//!
//! Deliberately not here: how a process learns that something was written (`database::Changes`), and the catching up
//! itself, which is each room's own.

use super::open::start;
use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use database::nests::{self as registry, Head};
use model::NestId;
use std::collections::BTreeMap;
use std::time::Duration;

/// Between two looks: many writes in a moment are one.
const PAUSE: Duration = Duration::from_millis(10);
/// After a look that found a nest behind; doubled up to [`PAUSE_MAX`] while it stays where it was.
const PAUSE_BEHIND: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Follows what other processes write, until the lifecycle stops.
pub(crate) fn follow(app: &App) {
    let task = app.clone();
    app.lifecycle().spawn(async move {
        tokio::select! {
            () = task.lifecycle().stopping() => {}
            () = follow_on(&task) => {}
        }
    });
}

async fn follow_on(app: &App) {
    loop {
        let failed = match app.database().changes().await {
            Ok(mut changes) => loop {
                // The first look comes before the first change: nothing is missed in between.
                level(app).await;
                if let Err(error) = changes.wait().await {
                    break error;
                }
                tokio::time::sleep(PAUSE).await;
            },
            Err(error) => error,
        };
        tracing::warn!(error = %failed, "what other processes write cannot be heard; looking again");
        tokio::time::sleep(PAUSE_MAX).await;
    }
}

/// Looks until nothing is behind. While something new is found the next look comes soon; what stays as it is, because it
/// cannot be read, is looked at ever more seldom.
async fn level(app: &App) {
    let (mut pause, mut before) = (PAUSE_BEHIND, None);
    loop {
        let found = match look(app).await {
            Ok(behind) if behind.is_empty() => return,
            Ok(behind) => Some(behind),
            Err(error) => {
                tracing::warn!(%error, "what other processes wrote could not be read");
                None
            }
        };
        let is_new = found.is_some() && found != before;
        pause = if is_new { PAUSE_BEHIND } else { (pause * 2).min(PAUSE_MAX) };
        before = found;
        tokio::time::sleep(pause).await;
    }
}

/// Has every nest that is behind catch up, and opens those that are not open here. Which those were, and how far they had
/// come.
async fn look(app: &App) -> Result<BTreeMap<NestId, u64>> {
    let heads = registry::heads(app.database(), limits::NESTS_MAX as u32 + 1).await?;
    let by_id: BTreeMap<_, _> = heads.iter().map(|head| (head.id, head.sequence)).collect();
    let mut behind = BTreeMap::new();
    let rooms = app.nests().all();
    for room in &rooms {
        let here = room.state().sequence();
        // A nest that is not in the list was closed.
        if by_id.get(&room.id).is_none_or(|&there| there > here) {
            behind.insert(room.id, here);
            room.behind.notify_one();
        }
    }
    for Head { id, .. } in heads {
        if rooms.iter().all(|room| room.id != id) {
            behind.insert(id, 0);
            open_here(app, id).await?;
        }
    }
    Ok(behind)
}

/// Opens a nest that another process has opened. Its code may still be that of a nest whose end was not read here yet:
/// then a later look finds it free.
async fn open_here(app: &App, id: NestId) -> Result<()> {
    let Some(record) = registry::get(app.database(), id).await? else { return Ok(()) };
    let is_over = record.closed_at.is_some();
    if is_over || app.nests().get(record.code).is_ok() {
        return Ok(());
    }
    let nest = registry::load(app.database(), id).await?.ok_or(Error::Fault("a nest has no log"))?;
    let room = start(app, &record, nest);
    crate::server_channel::nest_changed(app, room.code);
    Ok(())
}
