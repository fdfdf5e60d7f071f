//! From the nest's words to the network's, and back.

use super::Room;
use crate::error::{Error, Result};
use model::{ActionSet, TrackSummary, WallTime};
use nest::{Entry, Event, EventKind, NestName, Playback, Playing, SettingsChange, Standing, VoteDirection};
use protocol::http as wire;
use protocol::publication as publication_wire;

pub(crate) fn publication(event: &Event) -> publication_wire::NestPublication {
    publication_wire::NestPublication {
        at_ms: event.at.millis(),
        by: event.by.map(|by| by.to_string()),
        event: kind(&event.kind),
    }
}

fn kind(kind: &EventKind) -> publication_wire::NestEvent {
    use publication_wire::NestEvent as Wire;
    match kind {
        EventKind::Opened { settings: set, host } => {
            Wire::Opened { settings: settings(set), host: host.map(|host| host.to_string()) }
        }
        EventKind::EntryAdded { entry: added, rescored } => {
            Wire::EntryAdded { entry: entry(added), rescored: standings(rescored) }
        }
        EventKind::EntryRemoved { entry } => Wire::EntryRemoved { entry: entry.sequence() },
        EventKind::EntryRestored { entry } => Wire::EntryRestored { entry: self::entry(entry) },
        EventKind::QueueCleared => Wire::QueueCleared,
        EventKind::VoteCast { entry, voter, direction, tally, rescored, .. } => Wire::VoteCast {
            entry: entry.sequence(),
            voter: voter.to_string(),
            direction: match direction {
                None => wire::VoteDirection::None,
                Some(VoteDirection::Up) => wire::VoteDirection::Up,
                Some(VoteDirection::Down) => wire::VoteDirection::Down,
            },
            tally: *tally,
            rescored: standings(rescored),
        },
        EventKind::PlaybackStarted { entry, started_at } => {
            Wire::PlaybackStarted { entry: entry.sequence(), started_at_ms: started_at.millis() }
        }
        EventKind::PlaybackChanged { change, playback: now } => Wire::PlaybackChanged {
            change: match change {
                nest::PlaybackChange::Paused => publication_wire::PlaybackChange::Paused,
                nest::PlaybackChange::Resumed => publication_wire::PlaybackChange::Resumed,
                nest::PlaybackChange::Seeked => publication_wire::PlaybackChange::Seeked,
            },
            playback: playback(*now),
        },
        EventKind::PlaybackEnded { entry, outcome: how } => {
            Wire::PlaybackEnded { entry: entry.sequence(), outcome: outcome(*how) }
        }
        EventKind::SettingsChanged { settings: set } => Wire::SettingsChanged { settings: settings(set) },
        EventKind::HostChanged { host } => Wire::HostChanged { host: Some(host.to_string()) },
        EventKind::Closed => Wire::Closed,
    }
}

fn standings(standings: &[Standing]) -> Vec<wire::Standing> {
    standings
        .iter()
        .map(|standing| wire::Standing { entry: standing.entry.sequence(), score: standing.score })
        .collect()
}

fn playback(playback: Playback) -> wire::Playback {
    match playback {
        Playback::Running { started_at } => wire::Playback::Running { started_at_ms: started_at.millis() },
        Playback::Paused { position } => wire::Playback::Paused { position_ms: position.millis() },
    }
}

pub(crate) const fn outcome(outcome: nest::Outcome) -> wire::Outcome {
    match outcome {
        nest::Outcome::Finished => wire::Outcome::Finished,
        nest::Outcome::Skipped => wire::Outcome::Skipped,
        nest::Outcome::Unplayable => wire::Outcome::Unplayable,
    }
}

pub(crate) fn contributor(contributor: &model::Contributor) -> wire::Contributor {
    match contributor {
        model::Contributor::Person { id, name } => {
            wire::Contributor::Person { id: id.to_string(), name: name.clone() }
        }
        model::Contributor::Autofill => wire::Contributor::Autofill,
    }
}

pub(crate) fn track_summary(track: &TrackSummary) -> wire::TrackSummary {
    wire::TrackSummary {
        id: track.id.to_string(),
        title: track.title.clone(),
        artist: track.artist.clone(),
        album: track.album.clone(),
        duration_ms: track.duration.millis(),
        artwork_url: track.artwork.map(|hash| format!("/api/v1/artwork/{hash}")),
        stream_url: format!("/api/v1/tracks/{}/stream", track.id),
    }
}

fn entry(entry: &Entry) -> wire::Entry {
    let voters = |direction| {
        let votes = entry.votes.iter().filter(move |(_, vote)| vote.direction == direction);
        votes.map(|(voter, _)| voter.to_string()).collect()
    };
    wire::Entry {
        id: entry.id.sequence(),
        track: track_summary(&entry.track),
        added_by: contributor(&entry.added_by),
        added_at_ms: entry.added_at.millis(),
        score: entry.score,
        tally: entry.tally(),
        votes: wire::Votes { up: voters(VoteDirection::Up), down: voters(VoteDirection::Down) },
    }
}

fn settings(settings: &nest::Settings) -> wire::NestSettings {
    wire::NestSettings {
        name: settings.name.to_string(),
        autofill: settings.autofill,
        guests_allowed: settings.guests_allowed,
        queue_entries_max: settings.queue_entries_max,
        member_actions: actions(settings.permissions.member),
        guest_actions: actions(settings.permissions.guest),
    }
}

fn actions(set: ActionSet) -> Vec<wire::Action> {
    use model::Action as Ours;
    set.iter()
        .map(|action| match action {
            Ours::Add => wire::Action::Add,
            Ours::Vote => wire::Action::Vote,
            Ours::RemoveOthers => wire::Action::RemoveOthers,
            Ours::Clear => wire::Action::Clear,
            Ours::Pause => wire::Action::Pause,
            Ours::Skip => wire::Action::Skip,
            Ours::Seek => wire::Action::Seek,
            Ours::Configure => wire::Action::Configure,
        })
        .collect()
}

fn action_set(actions: &[wire::Action]) -> ActionSet {
    use model::Action as Ours;
    actions
        .iter()
        .map(|action| match action {
            wire::Action::Add => Ours::Add,
            wire::Action::Vote => Ours::Vote,
            wire::Action::RemoveOthers => Ours::RemoveOthers,
            wire::Action::Clear => Ours::Clear,
            wire::Action::Pause => Ours::Pause,
            wire::Action::Skip => Ours::Skip,
            wire::Action::Seek => Ours::Seek,
            wire::Action::Configure => Ours::Configure,
        })
        .collect()
}

pub(crate) fn settings_change(body: &wire::ConfigureBody) -> Result<SettingsChange> {
    let name = body
        .name
        .as_deref()
        .map(NestName::parse)
        .transpose()
        .map_err(|error| Error::invalid("name", error))?;
    Ok(SettingsChange {
        name,
        autofill: body.autofill,
        guests_allowed: body.guests_allowed,
        queue_entries_max: body.queue_entries_max,
        member_actions: body.member_actions.as_deref().map(action_set),
        guest_actions: body.guest_actions.as_deref().map(action_set),
    })
}

pub(crate) fn snapshot(room: &Room, now: WallTime) -> wire::NestSnapshot {
    let nest = room.state();
    wire::NestSnapshot {
        epoch: room.epoch(),
        offset: nest.sequence(),
        server_time_ms: now.millis(),
        state: wire::NestState {
            code: room.code.to_string(),
            settings: settings(nest.settings()),
            host: nest.host().map(|host| host.to_string()),
            playing: nest.playing().map(playing),
            queue: nest.queue().iter().map(|queued| entry(queued)).collect(),
            closed: nest.is_closed(),
        },
    }
}

fn playing(playing: &Playing) -> wire::Playing {
    wire::Playing { entry: entry(&playing.entry), playback: playback(playing.playback) }
}

pub(crate) fn summary(room: &Room, base: &str, listener_count: u32) -> wire::NestSummary {
    let nest = room.state();
    wire::NestSummary {
        code: room.code.to_string(),
        name: nest.settings().name.to_string(),
        url: format!("{base}/nest/{}", room.code),
        listener_count,
        queue_count: nest.queue().len() as u32,
        playing: nest.playing().map(|playing| track_summary(&playing.entry.track)),
        guests_allowed: nest.settings().guests_allowed,
        created_at_ms: room.created_at.millis(),
    }
}
