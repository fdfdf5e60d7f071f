//! What programs do in a nest: EchoNest's words for the commands of the native API.

use super::ask::{Proven, Said, Which};
use super::refused::{Answer, Refused};
use crate::app::App;
use crate::command::{self, Verb};
use crate::error::Error;
use crate::sources::SourceFault;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::{SpotifyTrackId, TrackId, TrackSource};
use protocol::echonest as wire;
use serde_json::{Value, json};

/// How a search names a song of the library.
pub(super) const LIBRARY: &str = "rookery:track:";

pub(super) async fn run(
    app: &App,
    which: Which,
    proven: Proven,
    verb: Verb,
    body: Value,
) -> Answer<Json<wire::Done>> {
    let caller = proven.with(verb.scope())?;
    let body = body.to_string();
    let accepted = match command::run(app, &caller, which.0, verb, body.as_bytes(), None).await {
        Ok(accepted) => accepted,
        Err(error @ Error::Source(SourceFault::NotSetUp(_))) => return Err(unknown(error)),
        Err(error) => return Err(error.into()),
    };
    Ok(Json(wire::Done { ok: true, id: accepted.entry.map(|id| id.to_string()) }))
}

/// The entry that an id of EchoNest's clients means: a number, as a number or a text.
fn entry(id: &wire::NumberOrText) -> Result<u64, Refused> {
    Ok(id.number().ok_or(Error::NotFound("entry"))?)
}

/// The body that adds a song, however a client names it. What a service says of it is fetched by the server.
pub(super) fn named(uri: &str) -> Result<Value, Refused> {
    let uri = uri.trim();
    if let Some(id) = uri.strip_prefix(LIBRARY) {
        return match id.parse::<TrackId>() {
            Ok(id) => Ok(json!({"track_id": id.to_string()})),
            Err(_) => Err(unknown(Error::invalid("track_uri", "no song of the library is called so"))),
        };
    }
    let bare = || format!("{}{uri}", SpotifyTrackId::PREFIX).parse();
    let source: Result<TrackSource, _> = uri.parse().or_else(|_| bare());
    match (source, uri.parse::<TrackId>()) {
        (Ok(source), _) if source != TrackSource::Library => Ok(json!({"source": source.to_string()})),
        (_, Ok(id)) => Ok(json!({"track_id": id.to_string()})),
        _ => {
            let detail = "expected spotify:track:…, youtube:…, or what a search answered";
            Err(unknown(Error::invalid("track_uri", detail)))
        }
    }
}

/// A song of which nothing is known, and nobody is there to be asked.
const fn unknown(error: Error) -> Refused {
    Refused::with(error, StatusCode::BAD_REQUEST, "unknown_track")
}

/// `POST /api/add_song`.
pub(super) async fn add_song(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    Said(body): Said<wire::AddSong>,
) -> Answer<Json<wire::Done>> {
    run(&app, which, proven, Verb::Add, named(&body.track_uri)?).await
}

/// `POST /api/queue/remove`.
pub(super) async fn remove(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    Said(body): Said<wire::RemoveSong>,
) -> Answer<Json<wire::Done>> {
    run(&app, which, proven, Verb::Remove, json!({"entry": entry(&body.id)?})).await
}

/// `POST /api/queue/vote`. A vote that is repeated changes nothing.
pub(super) async fn vote(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    Said(body): Said<wire::Vote>,
) -> Answer<Json<wire::Done>> {
    let direction = if body.up { "up" } else { "down" };
    run(&app, which, proven, Verb::Vote, json!({"entry": entry(&body.id)?, "direction": direction})).await
}

/// `POST /api/queue/skip`: also while it is paused.
pub(super) async fn skip(State(app): State<App>, which: Which, proven: Proven) -> Answer<Json<wire::Done>> {
    run(&app, which, proven, Verb::Skip, json!({})).await
}

/// `POST /api/queue/pause`.
pub(super) async fn pause(State(app): State<App>, which: Which, proven: Proven) -> Answer<Json<wire::Done>> {
    run(&app, which, proven, Verb::Pause, json!({})).await
}

/// `POST /api/queue/resume`.
pub(super) async fn resume(State(app): State<App>, which: Which, proven: Proven) -> Answer<Json<wire::Done>> {
    run(&app, which, proven, Verb::Resume, json!({})).await
}

/// `POST /api/queue/clear`.
pub(super) async fn clear(State(app): State<App>, which: Which, proven: Proven) -> Answer<Json<wire::Done>> {
    run(&app, which, proven, Verb::Clear, json!({})).await
}
