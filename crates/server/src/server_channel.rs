//! The channel `server`: what changes about nests and the library, for lists that stay fresh; and the channel of each
//! person, for what concerns them alone. They have no history: whoever comes back loads what they show again.

use crate::app::App;
use crate::library_wire;
use crate::nests::wire;
use library::Track;
use model::{Channel, ClientId, MemberId, NestCode, TrackId};
use protocol::http::Following;
use protocol::publication::{PersonPublication, ServerPublication};
use realtime::Position;

/// Opens the channel.
pub(crate) fn open(app: &App) {
    let epoch = app.generate(ClientId::generate).to_string();
    app.hub().open(Channel::Server, Position { epoch, offset: 0 });
}

/// Opens the channel of a person, if nobody has before: as many as there are people stay open.
pub(crate) fn open_personal(app: &App, channel: Channel) {
    let epoch = app.generate(ClientId::generate).to_string();
    app.hub().open(channel, Position { epoch, offset: 0 });
}

/// Tells a person how their device fares that follows a nest.
pub(crate) fn device_changed(app: &App, member: MemberId, nest: NestCode, device: Option<Following>) {
    let publication = PersonPublication::DeviceChanged { nest: nest.to_string(), device };
    match serde_json::value::to_raw_value(&publication) {
        Ok(data) => app.hub().publish(Channel::Person(member), None, data),
        Err(error) => tracing::error!(%error, "a publication could not be encoded"),
    }
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
