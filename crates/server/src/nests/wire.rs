//! From the nest's words to the network's, and back.

mod autofill;

pub(crate) use autofill::{because, refused};

use super::Room;
use crate::error::{Error, Result};
use model::{ActionSet, Slug, TrackSummary, WallTime};
use nest::{
    Comment, Entry, Event, EventKind, Horn, Jam, NestName, Ordering, Playback, Playing, SettingsChange,
    Standing, VoteDirection,
};
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
        EventKind::Opened { settings: set, host, .. } => {
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
        EventKind::Jammed { entry, member, name, on } => {
            Wire::Jammed { entry: entry.sequence(), member: member.to_string(), name: name.clone(), on: *on }
        }
        EventKind::Commented { entry, comment: said } => {
            Wire::Commented { entry: entry.sequence(), comment: comment(said) }
        }
        EventKind::CommentRemoved { entry, comment } => {
            Wire::CommentRemoved { entry: entry.sequence(), comment: comment.sequence() }
        }
        EventKind::FreeHornEarned { entry, member } => {
            Wire::FreeHornEarned { entry: entry.sequence(), member: member.to_string() }
        }
        EventKind::HornBlown { horn: blown } => Wire::HornBlown { horn: horn(blown) },
        EventKind::VolumeChanged { percent } => Wire::VolumeChanged { percent: *percent },
        EventKind::AutofillPreviewed { preview } => {
            Wire::AutofillPreviewed { preview: preview.as_ref().map(autofill::preview) }
        }
        EventKind::AutofillRested => Wire::AutofillRested,
        EventKind::TrackFiltered { track } => Wire::TrackFiltered { track_id: track.to_string() },
        EventKind::TrackUnfiltered { track } => Wire::TrackUnfiltered { track_id: track.to_string() },
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
        EventKind::SettingsChanged { settings: set, rescored } => {
            Wire::SettingsChanged { settings: settings(set), rescored: standings(rescored) }
        }
        EventKind::HostChanged { host } => Wire::HostChanged { host: Some(host.to_string()) },
        EventKind::Locked { .. } => Wire::Locked,
        EventKind::Unlocked => Wire::Unlocked,
        EventKind::Kicked { person } => {
            Wire::Kicked { member: person.id.to_string(), name: person.name.clone() }
        }
        EventKind::LetIn { member } => Wire::LetIn { member: member.to_string() },
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
        artwork_url: match (track.artwork, track.source.service()) {
            (Some(hash), _) => Some(format!("/api/v1/artwork/{hash}")),
            (None, Some(_)) => Some(format!("/api/v1/tracks/{}/artwork", track.id)),
            (None, None) => None,
        },
        stream_url: format!("/api/v1/tracks/{}/stream", track.id),
        source: track.source.service().map(|_| track.source.to_string()),
        library_match: track.library_match.map(|id| id.to_string()),
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
        jams: jams(&entry.jams),
        comments: comments(&entry.comments),
        because: entry.because.as_deref().map(autofill::because),
    }
}

pub(crate) fn jams(jams: &[Jam]) -> Vec<wire::Jam> {
    let show =
        |jam: &Jam| wire::Jam { by: jam.by.to_string(), name: jam.name.clone(), at_ms: jam.at.millis() };
    jams.iter().map(show).collect()
}

pub(crate) fn comments(comments: &[Comment]) -> Vec<wire::Comment> {
    comments.iter().map(comment).collect()
}

fn comment(comment: &Comment) -> wire::Comment {
    wire::Comment {
        id: comment.id.sequence(),
        by: comment.by.to_string(),
        name: comment.name.clone(),
        at_ms: comment.at.millis(),
        text: comment.text.to_string(),
    }
}

fn horn(horn: &Horn) -> wire::Horn {
    wire::Horn {
        id: horn.id.sequence(),
        by: horn.by.to_string(),
        name: horn.name.clone(),
        at_ms: horn.at.millis(),
        sound: horn.sound.to_string(),
        entry: horn.entry.sequence(),
        title: horn.title.clone(),
        free: horn.free,
    }
}

fn settings(settings: &nest::Settings) -> wire::NestSettings {
    wire::NestSettings {
        name: settings.name.to_string(),
        slug: settings.slug.as_ref().map(ToString::to_string),
        autofill: settings.autofill,
        autofill_rules: autofill::rules(&settings.autofill_rules),
        guests_allowed: settings.guests_allowed,
        queue_entries_max: settings.queue_entries_max,
        ordering: ordering(settings.ordering),
        free_horn_jams: settings.free_horn_jams,
        member_actions: actions(settings.permissions.member),
        guest_actions: actions(settings.permissions.guest),
    }
}

const fn ordering(ordering: Ordering) -> wire::Ordering {
    match ordering {
        Ordering::Fair => wire::Ordering::Fair,
        Ordering::MostVotes => wire::Ordering::MostVotes,
        Ordering::FirstCome => wire::Ordering::FirstCome,
    }
}

const fn ordering_of(ordering: wire::Ordering) -> Ordering {
    match ordering {
        wire::Ordering::Fair => Ordering::Fair,
        wire::Ordering::MostVotes => Ordering::MostVotes,
        wire::Ordering::FirstCome => Ordering::FirstCome,
    }
}

fn actions(set: ActionSet) -> Vec<wire::Action> {
    use model::Action as Ours;
    set.iter()
        .map(|action| match action {
            Ours::Add => wire::Action::Add,
            Ours::Vote => wire::Action::Vote,
            Ours::Jam => wire::Action::Jam,
            Ours::Comment => wire::Action::Comment,
            Ours::Horn => wire::Action::Horn,
            Ours::RemoveOthers => wire::Action::RemoveOthers,
            Ours::Clear => wire::Action::Clear,
            Ours::Pause => wire::Action::Pause,
            Ours::Skip => wire::Action::Skip,
            Ours::Seek => wire::Action::Seek,
            Ours::Volume => wire::Action::Volume,
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
            wire::Action::Jam => Ours::Jam,
            wire::Action::Comment => Ours::Comment,
            wire::Action::Horn => Ours::Horn,
            wire::Action::RemoveOthers => Ours::RemoveOthers,
            wire::Action::Clear => Ours::Clear,
            wire::Action::Pause => Ours::Pause,
            wire::Action::Skip => Ours::Skip,
            wire::Action::Seek => Ours::Seek,
            wire::Action::Volume => Ours::Volume,
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
        slug: body.slug.as_deref().map(slug).transpose()?,
        autofill: body.autofill,
        autofill_rules: body.autofill_rules.as_ref().map(autofill::rules_of).transpose()?,
        guests_allowed: body.guests_allowed,
        queue_entries_max: body.queue_entries_max,
        ordering: body.ordering.map(ordering_of),
        free_horn_jams: body.free_horn_jams,
        member_actions: body.member_actions.as_deref().map(action_set),
        guest_actions: body.guest_actions.as_deref().map(action_set),
    })
}

/// A word that is to lead to a nest; nothing, if it is empty.
pub(crate) fn slug(text: &str) -> Result<Option<Slug>> {
    let text = text.trim();
    let slug = (!text.is_empty()).then(|| text.parse()).transpose();
    slug.map_err(|error: model::SlugError| Error::invalid("slug", error))
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
            autofill: autofill::autofill(nest.autofill()),
            horns: nest.horns().iter().map(|blown| horn(blown)).collect(),
            free_horns: nest.free_horns().iter().map(|(id, horns)| (id.to_string(), *horns)).collect(),
            volume_percent: nest.volume_percent(),
            locked: nest.door().is_locked(),
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
        locked: nest.door().is_locked(),
        created_at_ms: room.created_at.millis(),
    }
}
