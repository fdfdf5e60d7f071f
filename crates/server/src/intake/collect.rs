//! Collecting bytes that nobody has referred to for a while, and other rows whose time is over.

use crate::app::App;
use crate::error::Result;
use crate::limits;
use blobs::{ArtworkSize, BlobKey};
use model::BlobHash;
use std::time::Duration;

/// Between two collections.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// How long bytes without a reference are kept: an upload may be about to refer to them.
const GRACE: Duration = Duration::from_secs(60 * 60);
/// How long finished jobs are kept, to be looked at.
const JOBS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
const BLOBS_AT_ONCE_MAX: u32 = 100;

pub(super) async fn run(app: App) {
    loop {
        tokio::select! {
            () = app.lifecycle().stopping() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = collect(&app).await {
            tracing::warn!(%error, "collecting what is over was not finished; it goes on later");
        }
    }
}

async fn collect(app: &App) -> Result<()> {
    let (database, now) = (app.database(), app.now());
    loop {
        let unused = database::blobs::collect(database, now.minus(GRACE), BLOBS_AT_ONCE_MAX).await?;
        for blob in &unused {
            remove(app, blob.hash).await?;
            database::blobs::collected(database, blob.hash).await?;
        }
        if unused.is_empty() {
            break;
        }
    }
    database::audit::sweep(database, now).await?;
    let counted_from = app.config().zone.day_number(now) - limits::COUNTS_KEPT_DAYS;
    database::daily_counts::sweep(database, counted_from).await?;
    database::idempotency::sweep(database, now).await?;
    database::app_channels::sweep(database, now).await?;
    database::invitations::sweep(database, now).await?;
    database::jobs::sweep(database, now.minus(JOBS_KEPT)).await?;
    database::devices::sweep(database, now.minus(identity::DEVICE_IDLE_MAX)).await?;
    Ok(())
}

/// Everything that was stored under this hash, or made from what was.
async fn remove(app: &App, hash: BlobHash) -> Result<()> {
    let artwork = ArtworkSize::ALL.map(|size| BlobKey::Artwork { hash, size });
    for key in [BlobKey::Original(hash), BlobKey::Playable(hash)].into_iter().chain(artwork) {
        app.blobs().remove(key).await?;
    }
    Ok(())
}
