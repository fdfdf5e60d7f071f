//! The Web API: who asks, whether they may, whether the request is one, and then the answer.

use super::world::World;
use super::{WINDOW, objects, player};
use crate::description::{Description, Operation};
use crate::grant::Access;
use crate::server::{Reply, Request};
use model::WallTime;
use serde_json::{Value, json};

pub fn answer(world: &mut World, description: &Description, request: &Request, now: WallTime) -> Reply {
    let token = request.header("authorization").strip_prefix("Bearer ").unwrap_or("");
    if token.is_empty() {
        return failure(401, "No token provided", None);
    }
    let Some(access) = world.grants.good(token, now).cloned() else {
        let is_old = world.grants.access.contains_key(token);
        return failure(401, if is_old { "The access token expired" } else { "Invalid access token" }, None);
    };
    if let Some(reply) = too_many(world, &access.client_id, now) {
        return reply;
    }
    let parts = request.parts();
    let Some(operation) = description.operation(&request.method, parts.get(1..).unwrap_or_default()) else {
        return failure(404, "Service not found", None);
    };
    if operation.is_deprecated {
        return failure(403, "This endpoint is not available any more", None);
    }
    if let Some(reply) = not_allowed(world, &access, &operation) {
        return reply;
    }
    if request.method == "PUT" && request.header("content-length").is_empty() {
        return failure(411, "Length required", None);
    }
    if let Some(fault) = description.fault(&operation, &request.query, &request.body) {
        return failure(400, &fault, None);
    }
    match &access.account {
        Some(name) if operation.path.starts_with("/me/player") => {
            player::answer(world, name, &operation, request, now)
        }
        account => {
            // The country of the account goes before the one that is asked for.
            let country = account.as_ref().map(|name| world.account(name).country.clone());
            let market = country.or_else(|| request.parameter("market").map(str::to_owned));
            catalogue(world, account.as_deref(), &operation, request, market.as_deref())
        }
    }
}

fn catalogue(
    world: &World,
    account: Option<&str>,
    operation: &Operation,
    request: &Request,
    market: Option<&str>,
) -> Reply {
    let id = operation.arguments.first().map_or("", String::as_str);
    let is_id = id.len() == 22 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !(id.is_empty() || is_id) {
        return failure(400, "Invalid base62 id", None);
    }
    let number = |name: &str, default: usize| {
        request.parameter(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let page = (number("offset", 0), number("limit", if operation.path == "/search" { 5 } else { 20 }));
    let found = match operation.path.as_str() {
        "/tracks/{id}" => world.track(id, false).map(|track| objects::track(track, market)),
        // What is not on offer in a market is not there.
        "/episodes/{id}" => {
            let episode = world.track(id, true).filter(|episode| market.is_some() && episode.is_in(market));
            episode.map(|episode| objects::episode(episode, true))
        }
        "/albums/{id}" => objects::album_by_id(world, id, market),
        "/albums/{id}/tracks" => objects::album_tracks(world, id, market, page),
        "/artists/{id}" => objects::artist_by_id(world, id),
        "/shows/{id}" => objects::show_by_id(world, id),
        "/shows/{id}/episodes" => objects::show_episodes(world, id, page),
        "/playlists/{playlist_id}" => objects::playlist(world, id, account),
        "/playlists/{playlist_id}/items" => {
            let own =
                world.playlists.iter().any(|list| list.id == id && Some(list.owner.as_str()) == account);
            if !own {
                return failure(403, "Only the owner can read the items of this playlist", None);
            }
            objects::playlist_items(world, id, page)
        }
        "/me" => account.map(objects::profile),
        "/search" => Some(objects::search(world, request, market, page)),
        path => panic!("the fake does not know {path}: teach it"),
    };
    found.map_or_else(|| failure(404, "Resource not found", None), |found| Reply::json(200, &found))
}

fn too_many(world: &mut World, client_id: &str, now: WallTime) -> Option<Reply> {
    let requests_max = world.requests_max;
    let recent = &mut world.apps.get_mut(client_id)?.recent;
    while recent.front().is_some_and(|at| now.since(*at) >= WINDOW) {
        recent.pop_front();
    }
    if recent.len() < requests_max {
        recent.push_back(now);
        return None;
    }
    let wait = recent.front().map_or(WINDOW, |at| WINDOW.saturating_sub(now.since(*at)));
    let reply = failure(429, "API rate limit exceeded", None);
    Some(reply.with("retry-after", wait.as_secs().max(1).to_string()))
}

fn not_allowed(world: &World, access: &Access, operation: &Operation) -> Option<Reply> {
    let Some(account) = &access.account else {
        // An application by itself reads the catalogue; what belongs to people it does not.
        let is_persons = operation.path.starts_with("/me") || operation.path.ends_with("/items");
        return is_persons.then(|| failure(403, "Valid user authentication required", None));
    };
    let app = &world.apps[&access.client_id];
    if !app.accounts.contains(account) {
        let what = "User not registered in the Developer Dashboard";
        return Some(failure(403, what, None));
    }
    // Spotify asks for an e-mail scope only to show the address, which is gone since 2026.
    let needed = operation.scopes.iter().filter(|scope| scope.as_str() != "user-read-email");
    let missing = needed.into_iter().find(|scope| !access.scopes.contains(scope.as_str()));
    missing.map(|_| failure(403, "Insufficient client scope", None))
}

/// A failure in Spotify's shape.
pub fn failure(status: u16, message: &str, reason: Option<&str>) -> Reply {
    let mut error = json!({"status": status, "message": message});
    if let Some(reason) = reason {
        error["reason"] = Value::from(reason);
    }
    Reply::json(status, &json!({"error": error}))
}
