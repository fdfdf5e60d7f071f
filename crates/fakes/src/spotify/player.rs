//! What an account plays, and the commands that move it.

use super::world::{SpotifyAccount, World};
use super::{api, objects};
use crate::description::Operation;
use crate::server::{Reply, Request};
use model::{TrackPosition, WallTime};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct Player {
    pub device: String,
    pub uri: Option<String>,
    pub is_playing: bool,
    /// Where it was at `at`.
    from: TrackPosition,
    at: WallTime,
}

impl Player {
    pub fn position(&self, now: WallTime) -> TrackPosition {
        let since = if self.is_playing { now.since(self.at) } else { std::time::Duration::ZERO };
        TrackPosition::from_millis(self.from.millis() + i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    pub fn end_if_over(&mut self, length: TrackPosition, now: WallTime) {
        if self.is_playing && length.millis() > 0 && self.position(now) >= length {
            (self.is_playing, self.from, self.at) = (false, TrackPosition::ZERO, now);
        }
    }
}

impl SpotifyAccount {
    pub(super) fn start(&mut self, device: &str, uri: &str, from: TrackPosition, at: WallTime) {
        self.player =
            Some(Player { device: device.to_owned(), uri: Some(uri.to_owned()), is_playing: true, from, at });
    }

    pub(super) fn pause(&mut self, now: WallTime) {
        if let Some(player) = &mut self.player {
            (player.from, player.at, player.is_playing) = (player.position(now), now, false);
        }
    }

    pub(super) fn switch(&mut self, device: &str, on: bool, now: WallTime) {
        let found = self.devices.iter_mut().find(|found| found.id == device);
        found.unwrap_or_else(|| panic!("there is no device {device}")).is_on = on;
        if !on && self.player.as_ref().is_some_and(|player| player.device == device) {
            self.pause(now);
            self.player = None;
        }
    }
}

/// The operations under `/me/player`.
pub fn answer(
    world: &mut World,
    name: &str,
    operation: &Operation,
    request: &Request,
    now: WallTime,
) -> Reply {
    world.settle(name, now);
    match (request.method.as_str(), operation.path.as_str()) {
        ("GET", "/me/player/devices") => {
            let account = world.account(name);
            let on = account.devices.iter().filter(|device| device.is_on);
            let devices: Vec<_> = on.map(|device| objects::device(device, account.player.as_ref())).collect();
            Reply::json(200, &json!({"devices": devices}))
        }
        ("GET", _) => match objects::playback(world, name, now) {
            Some(playback) => Reply::json(200, &playback),
            None => Reply::empty(204),
        },
        (_, path) => command(world, name, path, request, now),
    }
}

fn command(world: &mut World, name: &str, path: &str, request: &Request, now: WallTime) -> Reply {
    let account = world.account(name);
    if !account.is_premium {
        return api::failure(403, "Player command failed: Premium required", Some("PREMIUM_REQUIRED"));
    }
    let active = account.player.as_ref().map(|player| player.device.clone());
    let device = request.parameter("device_id").map(str::to_owned).or(active);
    let Some(device) = device else {
        return api::failure(404, "Player command failed: No active device found", Some("NO_ACTIVE_DEVICE"));
    };
    let Some(found) = account.devices.iter_mut().find(|found| found.id == device && found.is_on) else {
        return api::failure(404, "Device not found", None);
    };
    if found.is_restricted {
        return api::failure(
            403,
            "Player command failed: Restricted device",
            Some("DEVICE_NOT_CONTROLLABLE"),
        );
    }
    if path == "/me/player/volume" {
        let percent = request.parameter("volume_percent").and_then(|percent| percent.parse().ok());
        let Some(percent) = percent.filter(|percent| *percent <= 100) else {
            return api::failure(400, "Invalid volume_percent", None);
        };
        found.volume_percent = percent;
        return Reply::empty(204);
    }
    let Some(player) = account.player.as_mut().filter(|player| player.device == device) else {
        return match path {
            "/me/player/play" => play(world, name, &device, request, now),
            _ => api::failure(404, "Player command failed: No active device found", Some("NO_ACTIVE_DEVICE")),
        };
    };
    match path {
        "/me/player/play" => play(world, name, &device, request, now),
        "/me/player/pause" if !player.is_playing => {
            api::failure(403, "Player command failed: Restriction violated", Some("UNKNOWN"))
        }
        "/me/player/pause" => {
            account.pause(now);
            Reply::empty(204)
        }
        "/me/player/seek" => {
            let position = request.parameter("position_ms").and_then(|position| position.parse().ok());
            let Some(position) = position.filter(|position| *position >= 0) else {
                return api::failure(400, "Invalid position_ms", None);
            };
            (player.from, player.at) = (TrackPosition::from_millis(position), now);
            Reply::empty(204)
        }
        _ => api::failure(404, "Service not found", None),
    }
}

fn play(world: &mut World, name: &str, device: &str, request: &Request, now: WallTime) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    let uris = body["uris"].as_array().cloned().unwrap_or_default();
    let from = TrackPosition::from_millis(body["position_ms"].as_i64().unwrap_or(0));
    if from.millis() < 0 {
        return api::failure(400, "Invalid position_ms", None);
    }
    let Some(uri) = uris.first().and_then(Value::as_str) else {
        let account = world.account(name);
        let Some(player) = account.player.as_mut().filter(|player| player.uri.is_some()) else {
            return api::failure(
                404,
                "Player command failed: No active device found",
                Some("NO_ACTIVE_DEVICE"),
            );
        };
        (player.from, player.at, player.is_playing) = (player.position(now), now, true);
        return Reply::empty(204);
    };
    let country = world.account(name).country.clone();
    let known = world.tracks.iter().find(|track| track.uri() == uri);
    if !known.is_some_and(|track| track.is_in(Some(&country))) {
        return api::failure(404, "Player command failed: Track not found or not playable", None);
    }
    world.account(name).start(device, uri, from, now);
    Reply::empty(204)
}
