//! The shapes of the answers, as the description has them.

use super::player::Player;
use super::world::{SpotifyDevice, SpotifyTrack, World, spotify_id};
use crate::server::Request;
use model::WallTime;
use serde_json::{Value, json};

/// Where a page begins and how long it is.
type PageAt = (usize, usize);

/// The id of an artist, an album or a show, made of its name.
fn id_of(name: &str) -> String {
    spotify_id(&name.chars().filter(char::is_ascii_alphanumeric).take(22).collect::<String>())
}

fn links(kind: &str, id: &str) -> (Value, Value, Value) {
    let href = format!("https://api.spotify.com/v1/{kind}s/{id}");
    let page = json!({"spotify": format!("https://open.spotify.com/{kind}/{id}")});
    (json!(href), page, json!(format!("spotify:{kind}:{id}")))
}

fn images(id: &str) -> Value {
    let image = |size: u32| json!({"url": format!("https://i.scdn.co/image/{id}-{size}"), "width": size, "height": size});
    json!([image(640), image(300), image(64)])
}

fn page(items: Vec<Value>, (offset, limit): PageAt) -> Value {
    let total = items.len();
    let href = "https://api.spotify.com/v1/page";
    let shown: Vec<_> = items.into_iter().skip(offset).take(limit).collect();
    let more = |offset: usize| json!(format!("{href}?offset={offset}&limit={limit}"));
    let next = if offset + shown.len() < total { more(offset + limit) } else { Value::Null };
    let previous = if offset > 0 { more(offset.saturating_sub(limit)) } else { Value::Null };
    json!({"href": href, "items": shown, "limit": limit, "next": next, "offset": offset, "previous": previous, "total": total})
}

fn artist(name: &str) -> Value {
    let id = id_of(name);
    let (href, external_urls, uri) = links("artist", &id);
    json!({"external_urls": external_urls, "href": href, "id": id, "name": name, "type": "artist", "uri": uri})
}

fn album(first: &SpotifyTrack, total: usize) -> Value {
    let id = id_of(&first.album);
    let (href, external_urls, uri) = links("album", &id);
    let artists: Vec<_> = first.artists.iter().map(|name| artist(name)).collect();
    json!({
        "album_type": "album", "total_tracks": total, "available_markets": [], "external_urls": external_urls,
        "href": href, "images": images(&id), "id": id, "name": first.album, "release_date": "2026-01-31",
        "release_date_precision": "day", "type": "album", "uri": uri, "artists": artists,
    })
}

fn simple_track(track: &SpotifyTrack, market: Option<&str>) -> Value {
    let (href, external_urls, uri) = links("track", &track.id);
    let artists: Vec<_> = track.artists.iter().map(|name| artist(name)).collect();
    let mut found = json!({
        "artists": artists, "disc_number": 1, "duration_ms": track.duration_ms, "explicit": track.is_explicit,
        "external_urls": external_urls, "href": href, "id": track.id, "name": track.name, "track_number": 1,
        "type": "track", "uri": uri, "is_local": false,
    });
    // Without a market Spotify does not say whether something can be played.
    if market.is_some() {
        found["is_playable"] = json!(track.is_in(market));
        if !track.is_in(market) {
            found["restrictions"] = json!({"reason": "market"});
        }
    }
    found
}

pub fn track(track: &SpotifyTrack, market: Option<&str>) -> Value {
    let mut found = simple_track(track, market);
    found["album"] = album(track, 1);
    found["external_ids"] = track.isrc.as_ref().map_or_else(|| json!({}), |isrc| json!({"isrc": isrc}));
    found
}

pub fn episode(episode: &SpotifyTrack, with_show: bool) -> Value {
    let (href, external_urls, uri) = links("episode", &episode.id);
    let mut found = json!({
        "audio_preview_url": null, "description": "About birds.", "html_description": "<p>About birds.</p>",
        "duration_ms": episode.duration_ms, "explicit": episode.is_explicit, "external_urls": external_urls,
        "href": href, "id": episode.id, "images": images(&episode.id), "is_externally_hosted": false,
        "is_playable": true, "languages": ["en"], "name": episode.name, "release_date": "2026-02-01",
        "release_date_precision": "day", "type": "episode", "uri": uri,
    });
    if with_show {
        found["show"] = show(&episode.album, 1);
    }
    found
}

fn show(name: &str, total: usize) -> Value {
    let id = id_of(name);
    let (href, external_urls, uri) = links("show", &id);
    json!({
        "available_markets": [], "copyrights": [], "description": "Birds, talking.",
        "html_description": "<p>Birds, talking.</p>", "explicit": false, "external_urls": external_urls, "href": href,
        "images": images(&id), "id": id, "is_externally_hosted": false, "languages": ["en"], "media_type": "audio",
        "name": name, "publisher": "Rookery Radio", "type": "show", "uri": uri, "total_episodes": total,
    })
}

fn of_album<'a>(world: &'a World, id: &str) -> Vec<&'a SpotifyTrack> {
    world.tracks.iter().filter(|track| !track.is_episode && id_of(&track.album) == id).collect()
}

fn of_show<'a>(world: &'a World, id: &str) -> Vec<&'a SpotifyTrack> {
    world.tracks.iter().filter(|track| track.is_episode && id_of(&track.album) == id).collect()
}

pub fn album_by_id(world: &World, id: &str, market: Option<&str>) -> Option<Value> {
    let tracks = of_album(world, id);
    let mut found = album(tracks.first()?, tracks.len());
    found["tracks"] = page(tracks.iter().map(|track| simple_track(track, market)).collect(), (0, 50));
    for (name, value) in [("copyrights", json!([])), ("external_ids", json!({})), ("genres", json!([]))] {
        found[name] = value;
    }
    found["label"] = json!("Colony");
    found["popularity"] = json!(0);
    Some(found)
}

pub fn album_tracks(world: &World, id: &str, market: Option<&str>, at: PageAt) -> Option<Value> {
    let tracks = of_album(world, id);
    tracks.first()?;
    Some(page(tracks.iter().map(|track| simple_track(track, market)).collect(), at))
}

pub fn show_by_id(world: &World, id: &str) -> Option<Value> {
    let episodes = of_show(world, id);
    let mut found = show(&episodes.first()?.album, episodes.len());
    found["episodes"] = page(episodes.iter().map(|found| episode(found, false)).collect(), (0, 50));
    Some(found)
}

pub fn show_episodes(world: &World, id: &str, at: PageAt) -> Option<Value> {
    let episodes = of_show(world, id);
    episodes.first()?;
    Some(page(episodes.iter().map(|found| episode(found, false)).collect(), at))
}

pub fn artist_by_id(world: &World, id: &str) -> Option<Value> {
    let mut names = world.tracks.iter().flat_map(|track| &track.artists);
    let name = names.find(|name| id_of(name) == id)?;
    let mut found = artist(name);
    found["images"] = images(id);
    Some(found)
}

pub fn playlist(world: &World, id: &str, account: Option<&str>) -> Option<Value> {
    let list = world.playlists.iter().find(|list| list.id == id)?;
    let (href, external_urls, uri) = links("playlist", id);
    let (owner_href, owner_page, owner_uri) = links("user", &list.owner);
    let mut found = json!({
        "collaborative": false, "description": null, "external_urls": external_urls, "href": href, "id": id,
        "images": images(id), "name": list.name, "public": true, "snapshot_id": "1", "type": "playlist", "uri": uri,
        "owner": {"display_name": list.owner, "external_urls": owner_page, "href": owner_href, "id": list.owner,
                  "type": "user", "uri": owner_uri},
    });
    // Nobody but the owner sees what is in it.
    if Some(list.owner.as_str()) == account {
        found["items"] = playlist_items(world, id, (0, 50))?;
    }
    Some(found)
}

pub fn playlist_items(world: &World, id: &str, at: PageAt) -> Option<Value> {
    let list = world.playlists.iter().find(|list| list.id == id)?;
    let entry = |id: &Option<String>| {
        let mut entry = json!({"added_at": "2026-03-01T12:00:00Z", "is_local": false});
        if let Some(found) = id.as_ref().and_then(|id| world.track(id, false)) {
            entry["item"] = track(found, Some("DE"));
        }
        entry
    };
    Some(page(list.entries.iter().map(entry).collect(), at))
}

pub fn profile(name: &str) -> Value {
    let (href, external_urls, uri) = links("user", name);
    json!({"display_name": name, "external_urls": external_urls, "href": href, "id": name, "images": images(name),
           "type": "user", "uri": uri})
}

/// Everything of which the title, an artist or the album holds the words; `isrc:` and `artist:"…"` as filters.
pub fn search(world: &World, request: &Request, market: Option<&str>, at: PageAt) -> Value {
    let (fields, words) = fields(&request.parameter("q").unwrap_or("").to_lowercase());
    let fits = |track: &&SpotifyTrack| {
        let artists = track.artists.join(" ").to_lowercase();
        let all = format!("{} {artists} {}", track.name, track.album).to_lowercase();
        let holds = |(field, value): &(&str, String)| match *field {
            "isrc" => track.isrc.as_ref().is_some_and(|isrc| isrc.to_lowercase() == *value),
            "artist" => artists.contains(value.as_str()),
            "album" => track.album.to_lowercase().contains(value.as_str()),
            _ => track.name.to_lowercase().contains(value.as_str()),
        };
        fields.iter().all(holds) && words.split_whitespace().all(|word| all.contains(word))
    };
    let found: Vec<_> = world.tracks.iter().filter(fits).collect();
    let (episodes, tracks): (Vec<&SpotifyTrack>, Vec<_>) =
        found.into_iter().partition(|track| track.is_episode);
    let mut result = json!({});
    for kind in request.parameter("type").unwrap_or("").split(',') {
        let items: Vec<Value> = match kind {
            "track" => tracks.iter().map(|found| track(found, market)).collect(),
            "episode" => episodes.iter().map(|found| episode(found, false)).collect(),
            "album" => {
                firsts(&tracks, |track| vec![track.album.clone()]).map(|(_, track)| album(track, 1)).collect()
            }
            "artist" => {
                firsts(&tracks, |track| track.artists.clone()).map(|(name, _)| artist(&name)).collect()
            }
            "show" => {
                firsts(&episodes, |found| vec![found.album.clone()]).map(|(name, _)| show(&name, 1)).collect()
            }
            _ => Vec::new(),
        };
        result[format!("{kind}s")] = page(items, at);
    }
    result
}

/// The field filters of a search, `artist:"the rooks"` or `isrc:x`, and the words beside them.
fn fields(text: &str) -> (Vec<(&'static str, String)>, String) {
    let mut words = text.to_owned();
    let mut found = Vec::new();
    for field in ["artist", "album", "track", "isrc"] {
        let Some(at) = words.find(&format!("{field}:")) else { continue };
        let rest = words[at + field.len() + 1..].to_owned();
        let (value, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(' ').unwrap_or((&rest, "")),
        };
        found.push((field, value.trim().to_owned()));
        words = format!("{} {after}", &words[..at]);
    }
    (found, words)
}

/// Each name once, with the first track that has it.
fn firsts<'a>(
    tracks: &[&'a SpotifyTrack],
    names: impl Fn(&SpotifyTrack) -> Vec<String>,
) -> impl Iterator<Item = (String, &'a SpotifyTrack)> {
    let mut found = std::collections::BTreeMap::new();
    for track in tracks {
        for name in names(track) {
            found.entry(name).or_insert(*track);
        }
    }
    found.into_iter()
}

pub fn device(device: &SpotifyDevice, player: Option<&Player>) -> Value {
    let is_active = player.is_some_and(|player| player.device == device.id);
    json!({
        "id": device.id, "is_active": is_active, "is_private_session": false, "is_restricted": device.is_restricted,
        "name": device.name, "type": "Computer", "volume_percent": device.volume_percent, "supports_volume": true,
    })
}

pub fn playback(world: &World, name: &str, now: WallTime) -> Option<Value> {
    let account = world.accounts.get(name)?;
    let player = account.player.as_ref()?;
    let playing_on = account.devices.iter().find(|device| device.id == player.device)?;
    let uri = player.uri.as_deref().unwrap_or("");
    let country = Some(account.country.as_str());
    let found = world.tracks.iter().find(|track| track.uri() == uri);
    let mut playback = json!({
        "device": device(playing_on, Some(player)), "repeat_state": "off", "shuffle_state": false,
        "timestamp": now.millis(), "progress_ms": player.position(now).millis(), "is_playing": player.is_playing,
        "currently_playing_type": "track", "actions": {},
    });
    if let Some(found) = found {
        playback["item"] = if found.is_episode { episode(found, true) } else { track(found, country) };
    }
    Some(playback)
}
