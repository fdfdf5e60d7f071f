//! What people notice: one sentence a test.

use crate::room::{Room, SONG, person, track};
use model::{Action, ActionSet, EntryId, HornSound, MemberId, Role, SeededEntropy, TrackPosition};
use nest::{
    Actor, Command, CommentText, EventKind, Nest, NestName, Outcome, Playback, Refusal, SettingsChange,
    VoteDirection, autofill, limits,
};
use std::time::Duration;

fn host() -> Actor {
    person(1, Role::Host)
}

#[test]
fn the_first_track_starts_a_moment_later_so_that_all_can_be_ready() {
    let mut room = Room::open();
    let entry = room.add(2, 1);
    assert_eq!(room.playing(), Some(entry));
    let playing = room.nest.playing().expect("something plays");
    assert_eq!(playing.position(room.now), TrackPosition::from_millis(-800));
    assert_eq!(room.nest.next_deadline(), Some(room.now.plus(limits::START_LEAD).plus(SONG)));
}

#[test]
fn a_song_that_plays_through_is_followed_at_the_very_sample() {
    let mut room = Room::open();
    room.add(2, 1);
    let second = room.add(2, 2);
    let end = room.nest.next_deadline().expect("an end");
    room.now = end.plus(Duration::from_millis(37));
    room.must(&Actor::Nest, &Command::Advance);
    assert_eq!(room.playing(), Some(second));
    assert_eq!(room.nest.playing().expect("plays").playback, Playback::Running { started_at: end });
}

#[test]
fn after_a_long_sleep_the_next_song_starts_afresh() {
    let mut room = Room::open();
    room.add(2, 1);
    room.add(2, 2);
    room.pass(Duration::from_secs(3600));
    room.must(&Actor::Nest, &Command::Advance);
    let playing = room.nest.playing().expect("plays");
    assert_eq!(playing.position(room.now), TrackPosition::from_millis(-800));
}

#[test]
fn a_timer_that_fires_early_or_twice_decides_nothing() {
    let mut room = Room::open();
    room.add(2, 1);
    assert!(room.must(&Actor::Nest, &Command::Advance).is_empty());
    room.now = room.nest.next_deadline().expect("an end");
    assert_eq!(room.must(&Actor::Nest, &Command::Advance).len(), 1);
    assert!(room.must(&Actor::Nest, &Command::Advance).is_empty());
    assert_eq!(room.nest.next_deadline(), None);
}

#[test]
fn pausing_keeps_the_position_and_resuming_moves_the_start() {
    let mut room = Room::open();
    room.add(2, 1);
    room.pass(Duration::from_millis(10_800));
    room.must(&host(), &Command::Pause);
    room.pass(Duration::from_secs(60));
    let position = |room: &Room| room.nest.playing().expect("plays").position(room.now);
    assert_eq!(position(&room), TrackPosition::from_millis(10_000));
    assert_eq!(room.nest.next_deadline(), None);
    room.must(&host(), &Command::Resume);
    room.pass(limits::CHANGE_LEAD);
    assert_eq!(position(&room), TrackPosition::from_millis(10_000));
}

#[test]
fn a_paused_song_can_be_skipped_at_once() {
    let mut room = Room::open();
    room.add(2, 1);
    let second = room.add(2, 2);
    room.must(&host(), &Command::Pause);
    let events = room.must(&host(), &Command::Skip(None));
    assert!(matches!(events[0].kind, EventKind::PlaybackEnded { outcome: Outcome::Skipped, .. }));
    assert_eq!(room.playing(), Some(second));
}

#[test]
fn two_people_who_skip_the_same_song_skip_one_song() {
    let mut room = Room::open();
    let first = room.add(2, 1);
    let second = room.add(2, 2);
    room.must(&host(), &Command::Skip(Some(first)));
    assert_eq!(room.run(&host(), &Command::Skip(Some(first))), Err(Refusal::NotPlaying { entry: first }));
    assert_eq!(room.playing(), Some(second));
}

#[test]
fn seeking_outside_the_track_is_refused() {
    let mut room = Room::open();
    room.add(2, 1);
    for millis in [-1, 180_001, i64::MAX, i64::MIN] {
        let refused = room.run(&host(), &Command::Seek(TrackPosition::from_millis(millis)));
        assert_eq!(refused, Err(Refusal::PositionOutside { duration: TrackPosition::from_millis(180_000) }));
    }
    room.must(&host(), &Command::Seek(TrackPosition::from_millis(60_000)));
    room.pass(limits::CHANGE_LEAD);
    assert_eq!(room.nest.playing().expect("plays").position(room.now), TrackPosition::from_millis(60_000));
}

#[test]
fn a_removal_can_be_taken_back_to_the_same_place_with_its_votes() {
    let mut room = Room::with_something_paused();
    let entries: Vec<_> = (1..=4).map(|member| room.add(member, member)).collect();
    room.vote(9, entries[1], Some(VoteDirection::Up)).expect("a vote");
    let before = room.nest.queue().to_vec();
    room.must(&host(), &Command::Remove(entries[1]));
    assert_eq!(room.order().len(), 3);
    room.must(&host(), &Command::Restore(Some(entries[1])));
    assert_eq!(room.nest.queue(), before);
}

#[test]
fn a_clearing_can_be_taken_back_whole() {
    let mut room = Room::with_something_paused();
    let before: Vec<_> = (1..=4).map(|member| room.add(member, member)).collect();
    room.must(&host(), &Command::Clear);
    assert!(room.order().is_empty());
    room.must(&host(), &Command::Restore(None));
    assert_eq!(room.order(), before);
    assert_eq!(room.run(&host(), &Command::Restore(None)), Err(Refusal::NothingToRestore));
}

#[test]
fn a_removal_of_long_ago_stays_removed() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    room.must(&host(), &Command::Remove(entry));
    room.pass(limits::RESTORE_WITHIN + Duration::from_secs(1));
    assert_eq!(room.run(&host(), &Command::Restore(Some(entry))), Err(Refusal::NothingToRestore));
}

#[test]
fn a_guest_may_remove_their_own_song_but_not_others() {
    let mut room = Room::with_something_paused();
    let guest = person(5, Role::Guest);
    let own = room.add_as(&guest, 1);
    let other = room.add(2, 2);
    assert_eq!(
        room.run(&guest, &Command::Remove(other)),
        Err(Refusal::NotAllowed { action: Action::RemoveOthers })
    );
    room.must(&guest, &Command::Remove(own));
    assert_eq!(room.order(), [other]);
}

#[test]
fn a_nest_that_takes_no_guests_refuses_them() {
    let mut room = Room::open();
    let change = SettingsChange { guests_allowed: Some(false), ..SettingsChange::default() };
    room.must(&host(), &Command::Configure(change));
    let refused = room.run(&person(5, Role::Guest), &Command::Add(track(1)));
    assert_eq!(refused, Err(Refusal::GuestsNotAllowed));
}

#[test]
fn every_action_can_be_opened_and_closed() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    let commands = [
        (Action::Add, Command::Add(track(9))),
        (Action::Vote, Command::Vote(entry, Some(VoteDirection::Up))),
        (Action::Jam, Command::Jam(entry, true)),
        (Action::Comment, Command::Comment(entry, CommentText::parse("Oh yes").expect("a text"))),
        (Action::Horn, Command::Horn(HornSound::Duck)),
        (Action::RemoveOthers, Command::Remove(entry)),
        (Action::Clear, Command::Clear),
        (Action::Pause, Command::Pause),
        (Action::Skip, Command::Skip(None)),
        (Action::Seek, Command::Seek(TrackPosition::ZERO)),
        (Action::Volume, Command::Volume(40)),
        (Action::Configure, Command::Configure(SettingsChange::default())),
    ];
    assert!(commands.iter().map(|(action, _)| *action).eq(Action::ALL), "every action there is");
    for (action, command) in commands {
        for open in [true, false] {
            let guest_actions = Some(if open { ActionSet::of(&[action]) } else { ActionSet::NONE });
            let change = SettingsChange { guest_actions, ..SettingsChange::default() };
            room.must(&host(), &Command::Configure(change));
            let answer = room.nest.decide(&command, &person(5, Role::Guest), room.now);
            assert_eq!(answer.is_ok(), open, "{action:?} {answer:?}");
        }
    }
}

#[test]
fn a_member_who_may_configure_cannot_give_themselves_more() {
    let mut room = Room::open();
    let member_actions = Some(ActionSet::of(&[Action::Configure]));
    room.must(&host(), &Command::Configure(SettingsChange { member_actions, ..SettingsChange::default() }));
    let change = SettingsChange { member_actions: Some(ActionSet::all()), ..SettingsChange::default() };
    let refused = room.run(&person(2, Role::Member), &Command::Configure(change));
    assert_eq!(refused, Err(Refusal::NotAllowed { action: Action::Configure }));
}

#[test]
fn a_full_queue_says_how_many_it_holds() {
    let mut room = Room::with_something_paused();
    let change = SettingsChange { queue_entries_max: Some(2), ..SettingsChange::default() };
    room.must(&host(), &Command::Configure(change));
    room.add(2, 1);
    room.add(2, 2);
    let refused = room.run(&person(2, Role::Member), &Command::Add(track(3)));
    assert_eq!(refused, Err(Refusal::QueueFull { entries_max: 2 }));
}

#[test]
fn a_vote_can_be_changed_and_taken_back() {
    let mut room = Room::with_something_paused();
    let entries: Vec<_> = (1..=4).map(|member| room.add(member, member)).collect();
    let before = room.order();
    room.vote(9, entries[2], Some(VoteDirection::Up)).expect("up");
    assert_eq!(room.order(), [entries[0], entries[2], entries[1], entries[3]]);
    room.vote(9, entries[2], Some(VoteDirection::Down)).expect("down");
    assert_eq!(room.order(), [entries[0], entries[1], entries[3], entries[2]]);
    room.vote(9, entries[2], None).expect("taken back");
    assert_eq!(room.order(), before);
    assert!(room.nest.queue().iter().all(|entry| entry.votes.is_empty()));
}

#[test]
fn sixty_newcomers_between_the_same_two_songs_all_find_a_place() {
    let mut room = Room::with_something_paused();
    room.add(1, 1);
    room.add(1, 2);
    let added: Vec<_> = (10..190).map(|member| room.add(member, member)).collect();
    let order = room.order();
    assert_eq!(order[1..=added.len()], added, "newcomers keep the order in which they came");
    assert!(room.scores().windows(2).all(|pair| pair[0] < pair[1]), "no two entries share a score");
}

#[test]
fn the_log_never_runs_backwards_when_the_clock_does() {
    let mut room = Room::open();
    room.add(2, 1);
    room.now = room.now.minus(Duration::from_secs(3600));
    room.add(2, 2);
    assert!(room.log.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn a_closed_nest_accepts_nothing() {
    let mut room = Room::open();
    room.add(2, 1);
    room.must(&host(), &Command::Close);
    assert_eq!(room.run(&host(), &Command::Pause), Err(Refusal::Closed));
    assert_eq!(room.nest.next_deadline(), None);
    assert_eq!(room.nest.autofill_at(room.now, true), None);
}

#[test]
fn only_the_host_hands_over() {
    let mut room = Room::open();
    let next = MemberId::from_u128(2);
    assert!(room.run(&person(2, Role::Member), &Command::HandOver(next)).is_err());
    room.must(&host(), &Command::HandOver(next));
    assert_eq!(room.nest.host(), Some(next));
}

#[test]
fn the_main_nest_can_be_neither_closed_nor_handed_over() {
    let name = NestName::parse("Main").expect("a name");
    let now = Room::open().now;
    let (nest, _) = Nest::open(nest::Settings::new(name), None, now);
    assert_eq!(nest.decide(&Command::Close, &host(), now), Err(Refusal::Permanent));
    let handed = nest.decide(&Command::HandOver(MemberId::from_u128(2)), &host(), now);
    assert_eq!(handed, Err(Refusal::Permanent));
}

#[test]
fn an_unplayable_track_makes_way() {
    let mut room = Room::open();
    let first = room.add(2, 1);
    let second = room.add(2, 2);
    room.must(&Actor::Nest, &Command::GiveUp(first));
    assert_eq!(room.playing(), Some(second));
    assert!(room.must(&Actor::Nest, &Command::GiveUp(first)).is_empty());
}

/// Whether autofill would add a track now.
fn wants_autofill(room: &Room, somebody_listens: bool) -> bool {
    room.nest.autofill_at(room.now, somebody_listens).is_some_and(|at| at <= room.now)
}

#[test]
fn autofill_is_wanted_when_the_queue_is_dry_and_stops_when_nobody_is_there() {
    let mut room = Room::open();
    assert!(wants_autofill(&room, false));
    room.add(2, 1);
    assert!(wants_autofill(&room, true), "the next track is looked for while one plays");
    room.add(2, 2);
    assert!(!wants_autofill(&room, true));
    room.must(&host(), &Command::Skip(None));
    room.pass(limits::AUTOFILL_ALONE_MAX);
    assert!(!wants_autofill(&room, false));
    assert!(wants_autofill(&room, true));
    let change = SettingsChange { autofill: Some(false), ..SettingsChange::default() };
    room.must(&host(), &Command::Configure(change));
    assert_eq!(room.nest.autofill_at(room.now, true), None);
}

#[test]
fn a_queue_that_was_cleared_stays_empty_until_the_next_track_is_needed() {
    let mut room = Room::open();
    room.add(2, 1);
    room.add_as(&Actor::Nest, 2);
    room.add(2, 3);
    room.must(&host(), &Command::Clear);
    assert!(room.order().is_empty(), "what autofill had chosen goes too");
    assert!(!wants_autofill(&room, true));
    let end = room.nest.playing().and_then(nest::Playing::ends_at).expect("it runs");
    let needed = end.minus(limits::AUTOFILL_LEAD);
    assert_eq!(room.nest.autofill_at(room.now, true), Some(needed));
    room.must(&host(), &Command::Pause);
    assert_eq!(room.nest.autofill_at(room.now, true), None, "a paused track needs no next one");
    room.must(&host(), &Command::Resume);
    assert!(!wants_autofill(&room, true));
    room.now = needed.plus(Duration::from_secs(1));
    assert!(wants_autofill(&room, true), "the music does not stop for it");
    room.add_as(&Actor::Nest, 4);
    room.now = end;
    room.must(&Actor::Nest, &Command::Advance);
    assert!(wants_autofill(&room, true), "with the next track all is as usual");
}

#[test]
fn what_autofill_chose_and_a_person_removed_is_not_replaced_at_once() {
    let mut room = Room::open();
    room.add(2, 1);
    let chosen = room.add_as(&Actor::Nest, 2);
    room.must(&host(), &Command::Remove(chosen));
    assert!(!wants_autofill(&room, true));
    room.must(&host(), &Command::Skip(None));
    assert!(wants_autofill(&room, true), "nothing plays: something is needed");
    // A person's own removal says nothing about autofill.
    room.add(2, 3);
    let own = room.add(2, 4);
    room.must(&person(2, Role::Member), &Command::Remove(own));
    assert!(wants_autofill(&room, true));
    // Whoever turns autofill on wants to see it work.
    room.add_as(&Actor::Nest, 5);
    room.must(&host(), &Command::Clear);
    assert!(!wants_autofill(&room, true));
    for autofill in [false, true] {
        let change = SettingsChange { autofill: Some(autofill), ..SettingsChange::default() };
        room.must(&host(), &Command::Configure(change));
    }
    assert!(wants_autofill(&room, true));
}

#[test]
fn what_is_avoided_can_be_narrowed_to_what_plays_and_is_queued() {
    let mut room = Room::open();
    for song in 1..=3 {
        room.add(2, song);
        room.must(&host(), &Command::Skip(None));
    }
    room.add(2, 4);
    room.add(2, 5);
    let avoided = |recent_max| {
        let ids = room.nest.tracks_to_avoid(recent_max).map(|id| id.as_u128());
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(avoided(64), [1, 2, 3, 4, 5].into());
    assert_eq!(avoided(2), [3, 4, 5].into());
    assert_eq!(avoided(0), [4, 5].into());
}

#[test]
fn autofill_avoids_what_just_played_and_the_same_artist() {
    let mut room = Room::open();
    room.add(2, 7);
    let mut entropy = SeededEntropy::from_seed(3);
    for _ in 0..20 {
        // 14 has the artist of 7, which plays; 8 has another.
        let candidates = [track(7), track(14), track(8)];
        let chosen =
            autofill::choose(&room.nest, &candidates, |track| track, &mut entropy).expect("a choice");
        assert_eq!(chosen.title, "Song 8");
    }
    let only = [track(7)];
    assert!(
        autofill::choose(&room.nest, &only, |track| track, &mut entropy).is_some(),
        "better again than nothing"
    );
    assert!(autofill::choose(&room.nest, &[], |track| track, &mut entropy).is_none());
}

#[test]
fn an_event_about_an_unknown_entry_changes_nothing_but_the_position() {
    let mut room = Room::with_something_paused();
    room.add(2, 1);
    let before = room.nest.snapshot();
    let mut event = room.log.last().expect("an event").clone();
    event.sequence += 1;
    event.kind = EventKind::EntryRemoved { entry: EntryId::from_sequence(12_345) };
    room.nest.apply(&event);
    let mut after = room.nest.snapshot();
    assert_eq!(after.sequence, before.sequence + 1);
    after.sequence = before.sequence;
    assert_eq!(after, before);
}
