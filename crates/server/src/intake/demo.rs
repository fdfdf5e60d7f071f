//! The demo: short pieces that rookery synthesises itself, so that there is music before anybody brings some.

use super::{Added, Rejection};
use crate::app::App;
use crate::error::{Error, Result};
use crate::server_channel;
use blobs::BlobKey;
use bytes::Bytes;
use library::Origin;
use model::MemberId;

/// Begins in the background; the pieces appear one by one.
pub(super) async fn start(app: &App, by: Option<MemberId>) -> Result<()> {
    let task = app.clone();
    app.lifecycle().spawn(async move {
        if let Err(error) = add_all(&task, by).await {
            tracing::error!(%error, "the demo could not be added");
        }
    });
    Ok(())
}

pub(super) async fn add_all(app: &App, by: Option<MemberId>) -> Result<()> {
    for piece in audio::demo::pieces() {
        if app.lifecycle().is_stopping() {
            return Ok(());
        }
        let rendered = tokio::task::spawn_blocking(move || audio::demo::render(piece)).await;
        let rendered =
            rendered.ok().and_then(Result::ok).ok_or(Error::Fault("a demo piece could not be rendered"))?;
        let mut writer = app.blobs().writer(rendered.file.len() as u64).await?;
        writer.write(Bytes::from(rendered.file)).await?;
        let stored = writer.commit(BlobKey::Original).await?;
        match app.intake().add(stored, piece.title, by, Origin::Demo).await {
            Ok(Added { duplicate: true, .. }) => {}
            Ok(Added { track, .. }) => server_channel::track_changed(app, &track),
            Err(Rejection::Fault(error)) => return Err(error),
            Err(Rejection::File(error)) => {
                tracing::error!(%error, "a demo piece was not recognised");
                return Err(Error::Fault("a demo piece was not recognised"));
            }
        }
    }
    database::settings::set(app.database(), SETTING, b"added").await?;
    Ok(())
}

/// The setting that says that the demo was added; deleting its tracks does not bring it back.
const SETTING: &str = "demo";

pub(super) async fn is_there(app: &App) -> Result<bool> {
    Ok(database::settings::get(app.database(), SETTING).await?.is_some())
}
