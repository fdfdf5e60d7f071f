//! The three orderings, and going from one to another.

use crate::room::{Room, person};
use model::{EntryId, Role};
use nest::VoteDirection::{Down, Up};
use nest::{Command, EventKind, Ordering, Refusal, SettingsChange};

fn order_by(room: &mut Room, ordering: Ordering) {
    let change = SettingsChange { ordering: Some(ordering), ..SettingsChange::default() };
    room.must(&person(1, Role::Host), &Command::Configure(change));
}

fn room_in(ordering: Ordering) -> Room {
    let mut room = Room::with_something_paused();
    order_by(&mut room, ordering);
    room
}

#[test]
fn first_come_plays_in_the_order_in_which_songs_came() {
    let mut room = room_in(Ordering::FirstCome);
    let entries: Vec<_> = [1, 1, 1, 2, 3].into_iter().map(|member| room.add(member, member)).collect();
    assert_eq!(room.order(), entries);
}

#[test]
fn in_first_come_a_vote_moves_an_entry_by_one_place_and_newcomers_stay_last() {
    let mut room = room_in(Ordering::FirstCome);
    let e: Vec<_> = (1..=3).map(|member| room.add(member, member)).collect();
    room.vote(9, e[2], Some(Up)).expect("a vote");
    assert_eq!(room.order(), [e[0], e[2], e[1]]);
    let last = room.add(4, 4);
    assert_eq!(room.order(), [e[0], e[2], e[1], last]);
    room.vote(9, e[2], None).expect("taken back");
    assert_eq!(room.order(), [e[0], e[1], e[2], last]);
}

#[test]
fn with_most_votes_the_tally_decides_and_equals_stay_as_they_came() {
    let mut room = room_in(Ordering::MostVotes);
    let e: Vec<_> = (1..=4).map(|member| room.add(member, member)).collect();
    assert_eq!(room.order(), e);
    room.vote(8, e[3], Some(Up)).expect("a vote");
    room.vote(8, e[2], Some(Up)).expect("a vote");
    assert_eq!(room.order(), [e[2], e[3], e[0], e[1]], "one vote each: as they came");
    room.vote(9, e[3], Some(Up)).expect("a vote");
    assert_eq!(room.order(), [e[3], e[2], e[0], e[1]]);
    room.vote(9, e[3], Some(Down)).expect("a change");
    assert_eq!(room.order(), [e[2], e[0], e[1], e[3]], "one for, one against: where it came in");
    room.vote(8, e[3], None).expect("taken back");
    room.vote(9, e[3], Some(Down)).expect("a repetition is no error");
    assert_eq!(
        room.nest.queued(e[3]).map(|entry| entry.tally()),
        Some(-1),
        "the last can be voted down, too"
    );
}

#[test]
fn with_most_votes_ones_own_song_is_for_others_to_vote_on() {
    let mut room = room_in(Ordering::MostVotes);
    let own = room.add(2, 1);
    room.add(3, 2);
    for direction in [Up, Down] {
        assert_eq!(room.vote(2, own, Some(direction)), Err(Refusal::OwnEntry { entry: own }));
    }
    assert!(room.vote(2, own, None).expect("nothing to take back").is_empty());
}

#[test]
fn another_ordering_reorders_what_waits_and_keeps_what_votes_mean() {
    let mut room = Room::with_something_paused();
    let a: Vec<_> = (1..=3).map(|song| room.add(2, song)).collect();
    let b = room.add(3, 4);
    assert_eq!(room.order(), [a[0], b, a[1], a[2]]);
    room.vote(9, a[2], Some(Up)).expect("a vote");
    room.vote(8, a[2], Some(Up)).expect("a vote");
    let fair = room.order();
    assert_eq!(fair, [a[0], a[2], b, a[1]]);
    order_by(&mut room, Ordering::FirstCome);
    assert_eq!(room.order(), [a[2], a[0], a[1], b], "two places up from its third");
    order_by(&mut room, Ordering::MostVotes);
    assert_eq!(room.order(), [a[2], a[0], a[1], b]);
    order_by(&mut room, Ordering::Fair);
    assert_eq!(room.order(), fair);
    room.vote(9, a[2], None).expect("taken back");
    room.vote(8, a[2], None).expect("taken back");
    assert_eq!(room.order(), [a[0], b, a[1], a[2]], "a vote that is taken back leaves no trace");
}

#[test]
fn a_vote_that_had_nowhere_to_send_its_entry_counts_once_votes_are_the_order() {
    let mut room = Room::with_something_paused();
    let e: Vec<_> = (1..=2).map(|member| room.add(member, member)).collect();
    room.vote(9, e[1], Some(Down)).expect("against the last");
    order_by(&mut room, Ordering::MostVotes);
    assert_eq!(room.nest.queued(e[1]).map(|entry| entry.tally()), Some(0));
    room.vote(9, e[1], Some(Down)).expect("again");
    assert_eq!(room.nest.queued(e[1]).map(|entry| entry.tally()), Some(-1));
}

#[test]
fn the_same_ordering_again_is_no_event() {
    let mut room = Room::with_something_paused();
    room.add(2, 1);
    let before = room.log.len();
    order_by(&mut room, Ordering::Fair);
    assert_eq!(room.log.len(), before);
}

#[test]
fn what_was_removed_comes_back_to_its_place_in_the_ordering_of_now() {
    let mut room = Room::with_something_paused();
    let e: Vec<_> = (1..=4).map(|member| room.add(member, member)).collect();
    room.vote(9, e[1], Some(Up)).expect("a vote");
    room.must(&person(1, Role::Host), &Command::Remove(e[1]));
    order_by(&mut room, Ordering::MostVotes);
    room.must(&person(1, Role::Host), &Command::Restore(Some(e[1])));
    assert_eq!(room.order(), [e[1], e[0], e[2], e[3]]);
    room.must(&person(1, Role::Host), &Command::Remove(e[2]));
    order_by(&mut room, Ordering::FirstCome);
    let restored = room.must(&person(1, Role::Host), &Command::Restore(Some(e[2])));
    assert!(matches!(&restored[0].kind, EventKind::EntryRestored { entry } if entry.score.is_finite()));
    let ranks = |entry: EntryId| room.order().iter().position(|&other| other == entry);
    assert_eq!((ranks(e[2]), ranks(e[3])), (Some(2), Some(3)), "after what came before it");
}
