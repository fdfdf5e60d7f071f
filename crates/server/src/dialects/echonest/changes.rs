//! What a listener is told when a nest is not what it was: found by comparing states, so that nothing is missed however
//! many events lie between, and what plays is always told before where it is.

use nest::{Entry, Horn, Nest};
use std::sync::Arc;

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// What plays, or what people think of it, or whether it is paused.
    NowPlaying,
    /// What waits.
    Queue,
    /// How loud the room is.
    Volume,
    /// A horn was blown.
    Horn(Arc<Horn>),
}

/// What to tell somebody who knows the state before; `None`: everything but old horns.
pub(super) fn changes(before: Option<&Nest>, after: &Nest) -> Vec<Change> {
    let Some(before) = before else { return vec![Change::NowPlaying, Change::Queue, Change::Volume] };
    let mut changes = Vec::new();
    if before.playing() != after.playing() {
        changes.push(Change::NowPlaying);
    }
    if !is_same(before.queue(), after.queue()) {
        changes.push(Change::Queue);
    }
    if before.volume_percent() != after.volume_percent() {
        changes.push(Change::Volume);
    }
    let last = before.horns().back().map(|horn| horn.id);
    let blown = after.horns().iter().filter(|horn| last.is_none_or(|last| horn.id > last));
    changes.extend(blown.cloned().map(Change::Horn));
    changes
}

/// Entries that did not change are shared between states.
fn is_same(before: &[Arc<Entry>], after: &[Arc<Entry>]) -> bool {
    let is_one = |(one, other): (&Arc<Entry>, &Arc<Entry>)| Arc::ptr_eq(one, other) || one == other;
    before.len() == after.len() && before.iter().zip(after).all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{HornSound, MemberId, Role, TrackId, TrackPosition, TrackSource, TrackSummary, WallTime};
    use nest::{Actor, Command, NestName, Settings};

    fn track(number: u128) -> TrackSummary {
        TrackSummary {
            id: TrackId::from_u128(number),
            title: "Song".into(),
            artist: String::new(),
            album: String::new(),
            duration: TrackPosition::from_millis(100_000),
            artwork: None,
            source: TrackSource::Library,
            library_match: None,
        }
    }

    #[test]
    fn each_command_tells_what_it_changed_and_nothing_else() {
        let now = WallTime::from_micros(1_000_000);
        let settings = Settings::new(NestName::parse("Attic").unwrap());
        let (mut nest, _) = Nest::open(settings, None, now);
        let actor = Actor::Person { id: MemberId::from_u128(1), name: "Ana".into(), role: Role::Host };
        assert_eq!(changes(None, &nest), [Change::NowPlaying, Change::Queue, Change::Volume]);
        let mut act = |command: Command| {
            let before = nest.clone();
            for event in nest.decide(&command, &actor, now).unwrap() {
                nest.apply(&event);
            }
            let told = changes(Some(&before), &nest);
            (told, nest.clone())
        };
        assert_eq!(act(Command::Add(track(1))).0, [Change::NowPlaying]);
        let (told, nest) = act(Command::Add(track(2)));
        assert_eq!(told, [Change::Queue]);
        let waiting = nest.queue()[0].id;
        assert_eq!(act(Command::Jam(waiting, true)).0, [Change::Queue]);
        assert_eq!(act(Command::Pause).0, [Change::NowPlaying]);
        assert_eq!(act(Command::Volume(7)).0, [Change::Volume]);
        for sound in [HornSound::Gong, HornSound::Caw] {
            let (told, _) = act(Command::Horn(sound));
            assert!(matches!(&told[..], [Change::Horn(horn)] if horn.sound == sound), "{told:?}");
        }
        assert_eq!(act(Command::Skip(None)).0, [Change::NowPlaying, Change::Queue]);
    }
}
