//! Golden vectors of the fair queue and its votes, observed on the system rookery takes over from. Where rookery
//! deliberately differs (a capital letter no longer changes the order; repetition is no error) the test says so.

use crate::room::{Room, person, track};
use model::{Contributor, EntryId, MemberId, Role, WallTime};
use nest::{Actor, Entry, Refusal, VoteDirection, fair_score};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Adds one song for each letter in turn (`z` is the nest itself) and checks the order and scores after each.
fn check_adds(steps: &[(char, &str)]) {
    let mut room = Room::with_something_paused();
    let mut names = BTreeMap::<EntryId, String>::new();
    let mut counts = BTreeMap::<char, u32>::new();
    for (number, &(who, expected)) in steps.iter().enumerate() {
        let actor = if who == 'z' { Actor::Nest } else { person(who as u64, Role::Member) };
        let count = counts.entry(who).or_default();
        *count += 1;
        let entry = room.add_as(&actor, number as u64);
        names.insert(entry, format!("{who}{count}"));
        let shown: Vec<_> =
            room.nest.queue().iter().map(|entry| format!("{}={}", names[&entry.id], entry.score)).collect();
        assert_eq!(shown.join(" "), expected, "after step {}", number + 1);
    }
}

#[test]
fn newcomers_come_in_before_the_second_song_of_others() {
    check_adds(&[
        ('a', "a1=1"),
        ('a', "a1=1 a2=2"),
        ('a', "a1=1 a2=2 a3=3"),
        ('b', "a1=1 b1=1.5 a2=2 a3=3"),
        ('b', "a1=1 b1=1.5 a2=2 b2=2.5 a3=3"),
        ('c', "a1=1 b1=1.5 c1=1.75 a2=2 b2=2.5 a3=3"),
        ('b', "a1=1 b1=1.5 c1=1.75 a2=2 b2=2.5 a3=3 b3=4"),
        ('c', "a1=1 b1=1.5 c1=1.75 a2=2 b2=2.5 c2=2.75 a3=3 b3=4"),
    ]);
}

#[test]
fn the_nest_itself_counts_as_one_contributor() {
    check_adds(&[
        ('z', "z1=1"),
        ('z', "z1=1 z2=2"),
        ('z', "z1=1 z2=2 z3=3"),
        ('a', "z1=1 a1=1.5 z2=2 z3=3"),
        ('a', "z1=1 a1=1.5 z2=2 a2=2.5 z3=3"),
        ('a', "z1=1 a1=1.5 z2=2 a2=2.5 z3=3 a3=4"),
        ('z', "z1=1 a1=1.5 z2=2 a2=2.5 z3=3 a3=4 z4=5"),
        ('b', "z1=1 a1=1.5 b1=1.75 z2=2 a2=2.5 z3=3 a3=4 z4=5"),
    ]);
}

#[test]
fn a_person_is_an_id_so_that_capital_letters_cannot_reorder_a_queue() {
    // The system before compared an address with and without capitals and put A's third song before A's second.
    check_adds(&[('A', "A1=1"), ('A', "A1=1 A2=2"), ('A', "A1=1 A2=2 A3=3"), ('b', "A1=1 b1=1.5 A2=2 A3=3")]);
}

#[test]
fn the_fair_score_respects_scores_that_were_forced_or_penalised() {
    let entry = |id: u64, owner: u128, score: f64| {
        Arc::new(Entry {
            id: EntryId::from_sequence(id),
            track: Arc::new(track(id)),
            added_by: Contributor::Person { id: MemberId::from_u128(owner), name: String::new() },
            added_at: WallTime::from_micros(0),
            score,
            votes: BTreeMap::new(),
            jams: Vec::new(),
            comments: Vec::new(),
            free_horn_earned: false,
            because: None,
        })
    };
    let by = |owner: u128| Contributor::Person { id: MemberId::from_u128(owner), name: String::new() };
    let queue = [entry(2, 2, 0.0), entry(1, 1, 1.0)];
    assert_eq!(fair_score(&queue, &by(3)) + 900.0, 902.0);
    let queue = [entry(2, 2, 0.0), entry(1, 1, 1.0), entry(3, 3, 902.0)];
    assert_eq!(fair_score(&queue, &by(4)), 903.0);
}

/// Four people add a song each; then votes of one entry; then the expected order with scores and tallies.
fn check_votes(songs: u64, votes: &[(u64, usize, VoteDirection)], expected: &str) {
    let mut room = Room::with_something_paused();
    let entries: Vec<_> = (1..=songs).map(|member| room.add(member, member)).collect();
    for &(member, song, direction) in votes {
        room.vote(member, entries[song - 1], Some(direction)).expect("a vote");
    }
    let name = |entry: EntryId| entries.iter().position(|&other| other == entry).map_or(0, |at| at + 1);
    let shown: Vec<_> = room
        .nest
        .queue()
        .iter()
        .map(|entry| match entry.tally() {
            0 => format!("s{}={}", name(entry.id), entry.score),
            tally => format!("s{}={}({tally:+})", name(entry.id), entry.score),
        })
        .collect();
    assert_eq!(shown.join(" "), expected);
}

const V: u64 = 50;
use VoteDirection::{Down, Up};

#[test]
fn a_vote_moves_an_entry_by_one_place() {
    check_votes(4, &[(V, 4, Up)], "s1=1 s2=2 s4=2.5(+1) s3=3");
    check_votes(4, &[(V, 2, Up)], "s2=-119(+1) s1=1 s3=3 s4=4");
    check_votes(4, &[(V, 1, Up)], "s1=1.5(+1) s2=2 s3=3 s4=4");
    check_votes(4, &[(V, 1, Down)], "s2=2 s1=2.5(-1) s3=3 s4=4");
    check_votes(4, &[(V, 3, Down)], "s1=1 s2=2 s4=4 s3=124(-1)");
    check_votes(1, &[(V, 1, Up)], "s1=121(+1)");
}

#[test]
fn a_vote_against_the_last_entry_does_not_count() {
    check_votes(4, &[(V, 4, Down)], "s1=1 s2=2 s3=3 s4=4");
}

#[test]
fn the_same_vote_again_changes_nothing_and_is_no_error() {
    check_votes(4, &[(V, 4, Up), (V, 4, Up)], "s1=1 s2=2 s4=2.5(+1) s3=3");
}

#[test]
fn an_owner_can_send_their_own_song_down_uncounted_but_not_up() {
    check_votes(4, &[(1, 1, Down)], "s2=2 s1=2.5 s3=3 s4=4");
    check_votes(4, &[(1, 1, Down), (1, 1, Down)], "s2=2 s3=3 s1=3.5 s4=4");
    check_votes(4, &[(1, 1, Down), (1, 1, Down), (1, 1, Down)], "s2=2 s3=3 s4=4 s1=124");
    let mut room = Room::with_something_paused();
    let own = room.add(1, 1);
    assert_eq!(room.vote(1, own, Some(Up)), Err(Refusal::OwnEntry { entry: own }));
}

#[test]
fn a_vote_on_a_missing_entry_is_refused_kindly() {
    let mut room = Room::with_something_paused();
    let gone = EntryId::from_sequence(77);
    assert_eq!(room.vote(V, gone, Some(Up)), Err(Refusal::UnknownEntry { entry: gone }));
}
