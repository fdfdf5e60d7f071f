//! EchoNest's three forms, with a token as well as with a session.

use super::ask::{Proven, Which};
use super::commands::{named, run};
use super::refused::Answer;
use crate::app::App;
use crate::command::Verb;
use crate::error::Error;
use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use model::HornSound;
use protocol::echonest as wire;
use serde_json::{Value, json};

/// A form, or what is wrong with it.
type Filled<T> = Result<Form<T>, FormRejection>;

fn read<T>(filled: Filled<T>) -> Answer<T> {
    let Form(form) = filled.map_err(|error| Error::invalid("form", error.body_text()))?;
    Ok(form)
}

async fn done(
    app: &App,
    which: Which,
    proven: Proven,
    verb: Verb,
    body: Value,
) -> Answer<Json<wire::Success>> {
    run(app, which, proven, verb, body).await.map(|_| Json(wire::Success { success: true }))
}

/// `POST /add_song`.
pub(super) async fn add_song(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    form: Filled<wire::AddSong>,
) -> Answer<Json<wire::Success>> {
    done(&app, which, proven, Verb::Add, named(&read(form)?.track_uri)?).await
}

/// `POST /jam`.
pub(super) async fn jam(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    form: Filled<wire::JamForm>,
) -> Answer<Json<wire::Success>> {
    let entry: u64 = read(form)?.id.trim().parse().map_err(|_| Error::NotFound("entry"))?;
    done(&app, which, proven, Verb::Jam, json!({"entry": entry, "on": true})).await
}

/// `POST /blast_airhorn`.
pub(super) async fn horn(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    form: Filled<wire::HornForm>,
) -> Answer<Json<wire::Success>> {
    let sound = HornSound::of_echonest(&read(form)?.name).ok_or(Error::UnknownSound)?;
    done(&app, which, proven, Verb::Horn, json!({"sound": sound.name()})).await
}
