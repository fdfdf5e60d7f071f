//! A nest's state after a publication, as `docs/realtime.md` lays down. Pure.

use protocol::http::{
    AutofillState, Contributor, Entry, Horn, Jam, NestState, Playback, Playing, Standing, VoteDirection,
};
use protocol::publication::{NestEvent, NestPublication};

/// How many horns a state keeps; the oldest goes first.
const HORNS_MAX: usize = 50;

/// Where a publication stands to the last one that was folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Folded before.
    Old,
    /// The next one.
    Next,
    /// Something between is missing.
    Gap,
}

/// The place of the publication at `offset` after the one at `last`.
pub const fn place(last: u64, offset: u64) -> Place {
    if offset <= last {
        Place::Old
    } else if offset == last + 1 {
        Place::Next
    } else {
        Place::Gap
    }
}

/// Takes a publication into a state.
pub fn fold(state: &mut NestState, publication: NestPublication) {
    let NestPublication { at_ms, event, .. } = publication;
    match event {
        NestEvent::Opened { settings, host } => {
            state.settings = settings;
            state.host = host;
        }
        NestEvent::EntryAdded { entry, rescored } => insert(state, entry, &rescored),
        NestEvent::EntryRestored { entry } => insert(state, entry, &[]),
        NestEvent::AutofillPreviewed { preview } => state.autofill.preview = preview,
        NestEvent::AutofillRested => state.autofill.state = AutofillState::Resting,
        NestEvent::Locked => state.locked = true,
        NestEvent::Unlocked => state.locked = false,
        NestEvent::TrackFiltered { .. }
        | NestEvent::TrackUnfiltered { .. }
        | NestEvent::Kicked { .. }
        | NestEvent::LetIn { .. } => {}
        NestEvent::EntryRemoved { entry } => state.queue.retain(|other| other.id != entry),
        NestEvent::QueueCleared => state.queue.clear(),
        NestEvent::VoteCast { entry, voter, direction, tally, rescored } => {
            if let Some(entry) = state.queue.iter_mut().find(|other| other.id == entry) {
                entry.tally = tally;
                entry.votes.up.retain(|id| *id != voter);
                entry.votes.down.retain(|id| *id != voter);
                let is_own = matches!(&entry.added_by, Contributor::Person { id, .. } if *id == voter);
                match direction {
                    // Whoever added it moves it, and has no vote on it.
                    _ if is_own => {}
                    VoteDirection::Up => entry.votes.up.push(voter),
                    VoteDirection::Down => entry.votes.down.push(voter),
                    VoteDirection::None => {}
                }
            }
            rescore(state, &rescored);
        }
        NestEvent::Jammed { entry, member, name, on } => change(state, entry, |entry| {
            let is_there = entry.jams.iter().any(|jam| jam.by == member);
            if !on {
                entry.jams.retain(|jam| jam.by != member);
            } else if !is_there {
                entry.jams.push(Jam { by: member, name, at_ms });
            }
        }),
        NestEvent::Commented { entry, comment } => change(state, entry, |entry| entry.comments.push(comment)),
        NestEvent::CommentRemoved { entry, comment } => {
            change(state, entry, |entry| entry.comments.retain(|other| other.id != comment));
        }
        NestEvent::FreeHornEarned { member, .. } => *state.free_horns.entry(member).or_default() += 1,
        NestEvent::HornBlown { horn } => blow(state, horn),
        NestEvent::VolumeChanged { percent } => state.volume_percent = percent,
        NestEvent::PlaybackStarted { entry, started_at_ms } => {
            if let Some(at) = state.queue.iter().position(|other| other.id == entry) {
                let entry = state.queue.remove(at);
                state.playing = Some(Playing { entry, playback: Playback::Running { started_at_ms } });
            }
        }
        NestEvent::PlaybackChanged { playback, .. } => {
            if let Some(playing) = &mut state.playing {
                playing.playback = playback;
            }
        }
        NestEvent::PlaybackEnded { entry, .. } => {
            state.playing.take_if(|playing| playing.entry.id == entry);
        }
        NestEvent::SettingsChanged { settings, rescored } => {
            state.settings = settings;
            state.autofill.state = AutofillState::Ready;
            rescore(state, &rescored);
        }
        NestEvent::HostChanged { host } => state.host = host,
        NestEvent::Closed => close(state),
    }
}

fn blow(state: &mut NestState, horn: Horn) {
    if horn.free
        && let Some(left) = state.free_horns.get_mut(&horn.by)
    {
        *left = left.saturating_sub(1);
        state.free_horns.retain(|_, left| *left > 0);
    }
    state.horns.push(horn);
    let beyond = state.horns.len().saturating_sub(HORNS_MAX);
    state.horns.drain(..beyond);
}

fn close(state: &mut NestState) {
    state.closed = true;
    state.playing = None;
    state.autofill.preview = None;
    state.queue.clear();
}

fn insert(state: &mut NestState, entry: Entry, rescored: &[Standing]) {
    if matches!(entry.added_by, Contributor::Person { .. }) {
        state.autofill.state = AutofillState::Ready;
    }
    state.queue.retain(|other| other.id != entry.id);
    state.queue.push(entry);
    rescore(state, rescored);
}

/// Gives entries their scores and puts the queue in its order.
fn rescore(state: &mut NestState, standings: &[Standing]) {
    for standing in standings {
        if let Some(entry) = state.queue.iter_mut().find(|entry| entry.id == standing.entry) {
            entry.score = standing.score;
        }
    }
    state.queue.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.id.cmp(&b.id)));
}

/// Changes an entry, whether it is queued or plays.
fn change(state: &mut NestState, id: u64, how: impl FnOnce(&mut Entry)) {
    let playing = state.playing.as_mut().map(|playing| &mut playing.entry);
    if let Some(entry) = playing.into_iter().chain(&mut state.queue).find(|entry| entry.id == id) {
        how(entry);
    }
}
