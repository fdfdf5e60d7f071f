//! What EchoNest's page asks on its socket: requests that are answered, and commands whose effect everybody is told.

use super::kept::json;
use super::show::View;
use super::socket::{Client, message};
use super::soundcloud;
use crate::command::{self, Verb};
use crate::error::{Error, Result};
use bytes::Bytes;
use model::{HornSound, MusicService, TrackSource};
use nest::{Entry, Nest};
use protocol::echonest as wire;
use serde_json::{Value, json as object};

/// The messages that answer a message, a JSON list. What nobody knows is passed over, as it always was.
pub(super) async fn answer(client: &Client, list: &str) -> Vec<Bytes> {
    let Ok(list) = serde_json::from_str::<Vec<Value>>(list) else {
        return vec![error("a JSON list is expected")];
    };
    let Some((Value::String(name), arguments)) = list.split_first() else {
        return vec![error("the name of an event is expected")];
    };
    let name = name.replace('-', "_");
    match take(client, &name, &Arguments(arguments)).await {
        Ok(messages) => messages,
        Err(refused) => vec![error(&refused.to_problem().detail)],
    }
}

/// Something went wrong, in words for people.
pub(super) fn error(words: &str) -> Bytes {
    json(&object!({"message": words})).map_or_else(|_| Bytes::new(), |words| message("error", &[words]))
}

/// What goes with the name of an event.
struct Arguments<'a>(&'a [Value]);

impl Arguments<'_> {
    fn text(&self, at: usize) -> &str {
        self.0.get(at).and_then(Value::as_str).unwrap_or("")
    }

    fn entry(&self, at: usize) -> Result<u64> {
        let value = self.0.get(at).cloned().unwrap_or_default();
        let id: Option<wire::NumberOrText> = serde_json::from_value(value).ok();
        id.and_then(|id| id.number()).ok_or(Error::NotFound("entry"))
    }
}

async fn take(client: &Client, name: &str, arguments: &Arguments<'_>) -> Result<Vec<Bytes>> {
    let state = client.room.state();
    if client.volume_alone && !matches!(name, "request_volume" | "change_volume") {
        return Ok(Vec::new());
    }
    Ok(match name {
        "fetch_playlist" => vec![client.playlist()?],
        "fetch_now_playing" => vec![client.now_playing(&state)?],
        "request_volume" => vec![client.volume(&state)?],
        "fetch_airhorns" => vec![horns(client, &state)?],
        "get_free_horns" => {
            let count = state.free_horns().get(&client.caller.member.id).copied().unwrap_or(0);
            vec![message("free_horns", &[json(&count)?])]
        }
        // Nobody is given the server's own tokens; each person's player has theirs.
        "fetch_search_token" => {
            let none = object!({"token": null, "error": "not_configured", "time_left": 0});
            vec![message("search_token_update", &[json(&none)?])]
        }
        "fetch_auth_token" => vec![message("auth_token_refresh", &[json(&"/settings")?])],
        "get_comments_for_song" => vec![comments(client, &state, arguments.entry(0)?)?],
        "resolve_soundcloud" => vec![soundcloud::resolve(client, arguments.text(0)).await?],
        "get_soundcloud_stream" => vec![soundcloud::stream(client, arguments.text(0)).await?],
        _ => {
            if let Some((verb, body)) = command(client, &state, name, arguments).await? {
                run(client, verb, &body).await?;
            }
            Vec::new()
        }
    })
}

async fn run(client: &Client, verb: Verb, body: &Value) -> Result<()> {
    let Client { app, room, caller, .. } = client;
    if !caller.reaches(verb.scope()) {
        return Err(Error::NotAllowed("this token's scopes do not reach that far"));
    }
    command::run(app, caller, room.code, verb, body.to_string().as_bytes(), None).await.map(drop)
}

/// The command of the native API that an event means; `None`: none.
async fn command(
    client: &Client,
    state: &Nest,
    name: &str,
    arguments: &Arguments<'_>,
) -> Result<Option<(Verb, Value)>> {
    Ok(Some(match name {
        "add_song" => (Verb::Add, song(arguments.text(0), arguments.text(1))?),
        "benderQueue" => (Verb::Add, song(arguments.text(0), MusicService::Spotify.name())?),
        "benderFilter" => (Verb::Remove, object!({"entry": chosen(state)?})),
        "vote" => {
            let up = arguments.0.get(1).and_then(Value::as_bool).unwrap_or(true);
            let direction = if up { "up" } else { "down" };
            (Verb::Vote, object!({"entry": arguments.entry(0)?, "direction": direction}))
        }
        "jam" => {
            let id = arguments.entry(0)?;
            let jams = entry(state, id).is_some_and(|entry| entry.is_jammed_by(client.caller.member.id));
            (Verb::Jam, object!({"entry": id, "on": !jams}))
        }
        "kill" => (Verb::Remove, object!({"entry": arguments.entry(0)?})),
        "kill_playing" => (Verb::Skip, object!({})),
        "nuke_queue" => (Verb::Clear, object!({})),
        "pause" => (Verb::Pause, object!({})),
        "unpause" => (Verb::Resume, object!({})),
        "airhorn" => {
            let sound = HornSound::of_echonest(arguments.text(0)).ok_or(Error::UnknownSound)?;
            (Verb::Horn, object!({"sound": sound.name()}))
        }
        "free_airhorn" => (Verb::Horn, object!({"sound": HornSound::AirHorn.name()})),
        "add_comment" => (Verb::Comment, object!({"entry": arguments.entry(0)?, "text": arguments.text(2)})),
        "change_volume" => {
            let value = arguments.0.first().cloned().unwrap_or_default();
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(-1.0);
            if !(0.0..=100.0).contains(&number) {
                return Err(nest::Refusal::VolumeOutside.into());
            }
            (Verb::Volume, object!({"percent": number as u8}))
        }
        _ => return Ok(None),
    }))
}

/// The body that adds a song, of a service or of the library.
fn song(id: &str, src: &str) -> Result<Value> {
    let service = MusicService::ALL.into_iter().find(|service| service.name() == src);
    let Some(service) = service else { return Ok(object!({"track_id": id})) };
    let bare = || TrackSource::of(service, &format!("spotify:track:{id}"));
    let source = TrackSource::of(service, id).or_else(|_| bare()).map_err(|_| Error::NotFound("track"))?;
    Ok(object!({"source": source.to_string()}))
}

/// What autofill has chosen.
fn chosen(state: &Nest) -> Result<u64> {
    let mut chosen = state.queue().iter().filter(|entry| entry.added_by.member().is_none());
    chosen.next().map(|entry| entry.id.sequence()).ok_or(Error::NotFound("entry"))
}

fn entry(state: &Nest, id: u64) -> Option<&Entry> {
    state.entry(model::EntryId::from_sequence(id)).map(|entry| &**entry)
}

fn horns(client: &Client, state: &Nest) -> Result<Bytes> {
    let (app, base) = (&client.app, client.site.base.as_str());
    let view = View { base, zone: &app.config().zone };
    let horns: Vec<_> = state.horns().iter().rev().map(|horn| view.horn(horn, app.now())).collect();
    Ok(message("airhorns", &[json(&horns)?]))
}

fn comments(client: &Client, state: &Nest, id: u64) -> Result<Bytes> {
    let view = View { base: &client.site.base, zone: &client.app.config().zone };
    let comments = entry(state, id).map(|entry| view.row(entry).comments).unwrap_or_default();
    Ok(message("comments_for_song", &[json(&id.to_string())?, json(&comments)?]))
}
