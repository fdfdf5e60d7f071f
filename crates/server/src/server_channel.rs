//! The channel `server`: what changes about nests and the library, for lists that stay fresh. It has no history: whoever
//! comes back loads the lists again.

use crate::app::App;
use crate::library_wire;
use crate::nests::wire;
use library::Track;
use model::{Channel, ClientId, NestCode, TrackId};
use protocol::publication::ServerPublication;
use realtime::Position;

/// Opens the channel.
pub(crate) fn open(app: &App) {
    let epoch = app.generate(ClientId::generate).to_string();
    app.hub().open(Channel::Server, Position { epoch, offset: 0 });
}

fn publish(app: &App, publication: &ServerPublication) {
    match serde_json::value::to_raw_value(publication) {
        Ok(data) => app.hub().publish(Channel::Server, None, data),
        Err(error) => tracing::error!(%error, "a publication could not be encoded"),
    }
}

pub(crate) fn nest_changed(app: &App, code: NestCode) {
    if !app.hub().has_listeners(Channel::Server) {
        return;
    }
    if let Ok(room) = app.nests().get(code) {
        let base = app.config().public_url.clone().unwrap_or_default();
        let nest = wire::summary(&room, &base, app.hub().person_count(room.channel()));
        publish(app, &ServerPublication::NestChanged { nest });
    }
}

pub(crate) fn nest_closed(app: &App, code: NestCode) {
    publish(app, &ServerPublication::NestClosed { code: code.to_string() });
}

pub(crate) fn track_changed(app: &App, track: &Track) {
    app.sounds().forget();
    publish(app, &ServerPublication::TrackChanged { track: library_wire::track(track) });
    app.nests().library_changed();
}

pub(crate) fn track_deleted(app: &App, id: TrackId) {
    app.sounds().forget();
    publish(app, &ServerPublication::TrackDeleted { id: id.to_string() });
}
