//! Jams, comments, horns and the volume, as people notice them.

use crate::room::{Room, person, track};
use model::{Action, CommentId, EntryId, HornSound, MemberId, Role};
use nest::{Actor, Command, CommentText, CommentTextError, EventKind, Nest, Refusal, SettingsChange, limits};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn host() -> Actor {
    person(1, Role::Host)
}

fn member(number: u64) -> Actor {
    person(number, Role::Member)
}

fn id(number: u64) -> MemberId {
    MemberId::from_u128(u128::from(number))
}

fn text(text: &str) -> CommentText {
    CommentText::parse(text).expect("a text")
}

fn jam(room: &mut Room, number: u64, entry: EntryId) -> usize {
    room.must(&member(number), &Command::Jam(entry, true)).len()
}

fn comment(room: &mut Room, number: u64, entry: EntryId, words: &str) -> CommentId {
    let events = room.must(&member(number), &Command::Comment(entry, text(words)));
    match &events[0].kind {
        EventKind::Commented { comment, .. } => comment.id,
        other => panic!("expected a comment, got {other:?}"),
    }
}

fn blow(room: &mut Room, number: u64) -> Result<bool, Refusal> {
    let events = room.run(&member(number), &Command::Horn(HornSound::AirHorn))?;
    match &events[0].kind {
        EventKind::HornBlown { horn } => Ok(horn.free),
        other => panic!("expected a horn, got {other:?}"),
    }
}

fn jams_needed(room: &mut Room, jams: u32) {
    let change = SettingsChange { free_horn_jams: Some(jams), ..SettingsChange::default() };
    room.must(&host(), &Command::Configure(change));
}

fn jammers(room: &Room, entry: EntryId) -> Vec<u64> {
    let entry = room.nest.entry(entry).expect("known");
    entry.jams.iter().map(|jam| jam.by.as_u128() as u64).collect()
}

#[test]
fn jams_stand_in_order_of_time_and_a_repeated_one_is_no_event() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    for number in [5, 3, 4] {
        room.pass(Duration::from_secs(1));
        assert_eq!(jam(&mut room, number, entry), 1);
        assert_eq!(jam(&mut room, number, entry), 0, "again");
    }
    assert_eq!(jammers(&room, entry), [5, 3, 4]);
    let first = &room.nest.entry(entry).expect("queued").jams[0];
    assert_eq!((first.name.as_str(), room.now.since(first.at)), ("Person 5", Duration::from_secs(2)));
    assert_eq!(room.must(&member(3), &Command::Jam(entry, false)).len(), 1);
    assert!(room.must(&member(3), &Command::Jam(entry, false)).is_empty());
    assert_eq!(jammers(&room, entry), [5, 4]);
    assert_eq!(jam(&mut room, 3, entry), 1);
    assert_eq!(jammers(&room, entry), [5, 4, 3], "who comes again comes last");
}

#[test]
fn what_plays_is_jammed_and_commented_on_and_keeps_what_it_had_in_the_queue() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    jam(&mut room, 3, entry);
    comment(&mut room, 4, entry, "Soon!");
    room.must(&host(), &Command::Skip(None));
    assert_eq!(room.playing(), Some(entry));
    jam(&mut room, 5, entry);
    comment(&mut room, 3, entry, "Now!");
    let playing = &room.nest.playing().expect("plays").entry;
    assert_eq!(jammers(&room, entry), [3, 5]);
    assert_eq!(playing.comments.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["Soon!", "Now!"]);
    room.must(&host(), &Command::Skip(None));
    let gone = Err(Refusal::UnknownEntry { entry });
    assert_eq!(room.run(&member(3), &Command::Jam(entry, true)), gone);
    assert_eq!(room.run(&member(3), &Command::Comment(entry, text("Late"))), gone);
}

#[test]
fn a_removal_that_is_taken_back_brings_jams_and_comments() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    jam(&mut room, 3, entry);
    comment(&mut room, 4, entry, "Keep it");
    let before = room.nest.queued(entry).cloned();
    room.must(&host(), &Command::Clear);
    assert_eq!(room.run(&member(5), &Command::Jam(entry, true)), Err(Refusal::UnknownEntry { entry }));
    room.must(&host(), &Command::Restore(None));
    assert_eq!(room.nest.queued(entry).cloned(), before);
}

#[test]
fn an_entry_has_room_for_so_many_who_jam_along() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    (0..limits::JAMS_MAX as u64).for_each(|number| _ = jam(&mut room, 100 + number, entry));
    assert_eq!(room.run(&member(3), &Command::Jam(entry, true)), Err(Refusal::TooManyJams));
    room.must(&member(100), &Command::Jam(entry, false));
    assert_eq!(jam(&mut room, 3, entry), 1);
}

#[test]
fn comments_are_as_they_were_typed_and_the_same_twice_is_two() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    let first = comment(&mut room, 3, entry, "left || right");
    let second = comment(&mut room, 3, entry, "left || right");
    assert!(first < second);
    assert_eq!(second.sequence(), room.nest.sequence());
    let said = &room.nest.queued(entry).expect("queued").comments;
    assert!(said.iter().all(|said| said.text.as_str() == "left || right" && said.name == "Person 3"));
    assert_eq!(said.len(), 2);
}

#[test]
fn a_comment_has_one_line_of_so_many_characters() {
    let longest = "🪶".repeat(limits::COMMENT_CHARS_MAX);
    assert_eq!(CommentText::parse(&longest).map(|text| text.as_str() == longest), Ok(true));
    for wrong in ["", " \r\n\t ", "\u{202e}\u{200b}", &format!("{longest}."), &"a".repeat(10_000)] {
        assert_eq!(CommentText::parse(wrong), Err(CommentTextError));
    }
    assert_eq!(CommentText::parse("a\r\nb").map(|text| text.to_string()), Ok("a b".to_owned()));
}

#[test]
fn an_entry_has_room_for_so_many_comments_and_one_that_is_removed_makes_room() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    let first = comment(&mut room, 100, entry, "First");
    (1..limits::COMMENTS_MAX as u64).for_each(|number| _ = comment(&mut room, 100 + number, entry, "More"));
    let refused = room.run(&member(3), &Command::Comment(entry, text("And I")));
    assert_eq!(refused, Err(Refusal::TooManyComments));
    room.must(&member(100), &Command::RemoveComment(entry, first));
    comment(&mut room, 3, entry, "And I");
}

#[test]
fn a_comment_is_removed_by_its_author_or_the_host_and_nobody_else() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    let own = comment(&mut room, 3, entry, "Mine");
    let other = comment(&mut room, 3, entry, "Mine too");
    let remove = |comment| Command::RemoveComment(entry, comment);
    let not_allowed = Err(Refusal::NotAllowed { action: Action::Comment });
    assert_eq!(room.run(&member(2), &remove(own)), not_allowed, "not even by whoever added the song");
    room.must(&member(3), &remove(own));
    assert_eq!(room.run(&member(3), &remove(own)), Err(Refusal::UnknownComment { comment: own }));
    room.must(&host(), &remove(other));
    assert!(room.nest.queued(entry).expect("queued").comments.is_empty());
}

#[test]
fn who_may_not_comment_any_more_may_still_take_back_what_they_said() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    let said = comment(&mut room, 3, entry, "Oh");
    let change = SettingsChange { member_actions: Some([].into_iter().collect()), ..Default::default() };
    room.must(&host(), &Command::Configure(change));
    let refused = room.run(&member(3), &Command::Comment(entry, text("Ah")));
    assert_eq!(refused, Err(Refusal::NotAllowed { action: Action::Comment }));
    room.must(&member(3), &Command::RemoveComment(entry, said));
}

#[test]
fn a_horn_says_who_when_what_and_during_which_song() {
    let mut room = Room::open();
    assert_eq!(blow(&mut room, 2), Err(Refusal::NothingPlaying));
    let entry = room.add(2, 7);
    room.pass(Duration::from_secs(3));
    room.must(&person(5, Role::Guest), &Command::Horn(HornSound::Goat));
    let horn = room.nest.horns().back().expect("a horn");
    assert_eq!((horn.by, horn.name.as_str(), horn.at), (id(5), "Person 5", room.now));
    assert_eq!((horn.sound, horn.entry, horn.title.as_str()), (HornSound::Goat, entry, "Song 7"));
    assert_eq!((horn.id.sequence(), horn.free), (room.nest.sequence(), false));
}

#[test]
fn the_last_fifty_horns_are_remembered() {
    let mut room = Room::open();
    room.add(2, 1);
    for number in 0..60 {
        assert_eq!(blow(&mut room, 100 + number), Ok(false));
    }
    let blowers: Vec<_> = room.nest.horns().iter().map(|horn| horn.by).collect();
    assert_eq!(blowers, (110..160).map(id).collect::<Vec<_>>());
}

#[test]
fn twenty_horns_an_hour_are_enough_for_anybody_and_others_may_go_on() {
    let mut room = Room::with_something_paused();
    for _ in 0..20 {
        assert_eq!(blow(&mut room, 2), Ok(false));
        room.pass(Duration::from_secs(60));
    }
    let retry_after = HOUR - Duration::from_secs(20 * 60);
    assert_eq!(blow(&mut room, 2), Err(Refusal::RateLimited { retry_after }));
    assert_eq!(blow(&mut room, 3), Ok(false), "somebody else");
    room.pass(retry_after - Duration::from_secs(1));
    assert_eq!(blow(&mut room, 2), Err(Refusal::RateLimited { retry_after: Duration::from_secs(1) }));
    room.pass(Duration::from_secs(1));
    assert_eq!(blow(&mut room, 2), Ok(false), "any hour, not a fixed one");
    assert_eq!(blow(&mut room, 2), Err(Refusal::RateLimited { retry_after: Duration::from_secs(60) }));
}

#[test]
fn thirty_comments_an_hour_are_enough_for_anybody() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    (0..30).for_each(|_| _ = comment(&mut room, 3, entry, "!"));
    let refused = room.run(&member(3), &Command::Comment(entry, text("!")));
    assert_eq!(refused, Err(Refusal::RateLimited { retry_after: HOUR }));
    // Taking them back does not begin the hour anew.
    let said: Vec<_> = room.nest.queued(entry).expect("queued").comments.iter().map(|said| said.id).collect();
    for said in said {
        room.must(&member(3), &Command::RemoveComment(entry, said));
    }
    assert!(room.run(&member(3), &Command::Comment(entry, text("!"))).is_err());
    room.pass(HOUR);
    comment(&mut room, 3, entry, "!");
}

#[test]
fn a_room_full_of_people_cannot_blow_without_end() {
    let mut room = Room::with_something_paused();
    for number in 0..limits::HORN_PACE.nest_max as u64 {
        assert_eq!(blow(&mut room, 1_000 + number / 20), Ok(false));
    }
    assert_eq!(blow(&mut room, 2), Err(Refusal::RateLimited { retry_after: HOUR }));
    room.pass(HOUR);
    assert_eq!(blow(&mut room, 2), Ok(false));
    assert_eq!(room.nest.snapshot().horn_pace.recent().count(), 1, "what is over is forgotten");
}

#[test]
fn enough_jams_of_others_earn_whoever_added_the_song_one_free_horn() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    jam(&mut room, 2, entry);
    for number in 3..=6 {
        assert_eq!(jam(&mut room, number, entry), 1);
    }
    assert!(room.nest.free_horns().is_empty(), "one's own jam does not count");
    assert_eq!(jam(&mut room, 7, entry), 2);
    assert_eq!(room.nest.free_horns().get(&id(2)), Some(&1));
    assert_eq!(jam(&mut room, 8, entry), 1, "once an entry");
    room.must(&member(8), &Command::Jam(entry, false));
    room.must(&member(7), &Command::Jam(entry, false));
    assert_eq!(jam(&mut room, 7, entry), 1, "not even when they come again");
    assert_eq!(room.nest.free_horns().values().sum::<u32>(), 1);
}

#[test]
fn a_free_horn_belongs_to_whoever_added_the_jammed_song_not_the_one_that_plays() {
    let mut room = Room::open();
    room.add(9, 1);
    let entry = room.add(2, 2);
    (3..=7).for_each(|number| _ = jam(&mut room, number, entry));
    assert_eq!(room.nest.free_horns().keys().copied().collect::<Vec<_>>(), [id(2)]);
}

#[test]
fn what_autofill_adds_earns_nobody_a_horn() {
    let mut room = Room::with_something_paused();
    let entry = room.add_as(&Actor::Nest, 5);
    (2..=12).for_each(|number| assert_eq!(jam(&mut room, number, entry), 1));
    assert!(room.nest.free_horns().is_empty());
}

#[test]
fn how_many_jams_a_free_horn_costs_can_be_set_and_none_turns_it_off() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    jams_needed(&mut room, 0);
    (3..=9).for_each(|number| assert_eq!(jam(&mut room, number, entry), 1));
    jams_needed(&mut room, 1);
    assert_eq!(jam(&mut room, 10, entry), 2, "the next one counts all that are there");
    let change = SettingsChange { free_horn_jams: Some(101), ..SettingsChange::default() };
    assert_eq!(room.run(&host(), &Command::Configure(change)), Err(Refusal::LimitOutside));
}

#[test]
fn a_free_horn_goes_beyond_the_hour_and_is_used_up() {
    let mut room = Room::with_something_paused();
    let entry = room.add(2, 1);
    jams_needed(&mut room, 1);
    jam(&mut room, 3, entry);
    for _ in 0..20 {
        assert_eq!(blow(&mut room, 2), Ok(false));
    }
    assert_eq!(room.nest.free_horns().get(&id(2)), Some(&1), "kept while others will do");
    assert_eq!(blow(&mut room, 2), Ok(true));
    assert!(room.nest.free_horns().is_empty());
    assert_eq!(blow(&mut room, 2), Err(Refusal::RateLimited { retry_after: HOUR }));
}

#[test]
fn free_horns_do_not_pile_up_without_end() {
    let mut room = Room::with_something_paused();
    jams_needed(&mut room, 1);
    for song in 0..30 {
        let entry = room.add(2, song);
        jam(&mut room, 3, entry);
    }
    assert_eq!(room.nest.free_horns().get(&id(2)), Some(&limits::FREE_HORNS_MAX));
}

#[test]
fn the_volume_is_a_number_that_stays_until_somebody_says_another() {
    let mut room = Room::open();
    assert_eq!(room.nest.volume_percent(), 95);
    for percent in [0, 100, 30] {
        room.must(&member(2), &Command::Volume(percent));
        assert!(room.must(&member(3), &Command::Volume(percent)).is_empty());
        assert_eq!(room.nest.volume_percent(), percent);
    }
    assert_eq!(room.run(&member(2), &Command::Volume(101)), Err(Refusal::VolumeOutside));
    let refused = room.run(&person(5, Role::Guest), &Command::Volume(1));
    assert_eq!(refused, Err(Refusal::NotAllowed { action: Action::Volume }));
}

#[test]
fn reactions_survive_a_snapshot() {
    let mut room = Room::open();
    room.add(2, 1);
    let entry = room.add(2, 2);
    jams_needed(&mut room, 1);
    jam(&mut room, 3, entry);
    comment(&mut room, 3, entry, "Yes");
    (0..20).for_each(|_| assert_eq!(blow(&mut room, 3), Ok(false)));
    room.must(&member(2), &Command::Volume(12));
    room.nest = Nest::from_snapshot(room.nest.snapshot());
    assert_eq!(jammers(&room, entry), [3]);
    assert_eq!(room.nest.horns().len(), 20);
    assert_eq!(room.nest.free_horns().get(&id(2)), Some(&1));
    assert_eq!(room.nest.volume_percent(), 12);
    assert_eq!(blow(&mut room, 3), Err(Refusal::RateLimited { retry_after: HOUR }));
    assert_eq!(jam(&mut room, 4, entry), 1, "the horn of this entry was earned before");
}

#[test]
fn a_closed_nest_is_quiet() {
    let mut room = Room::open();
    let entry = room.add(2, 1);
    room.must(&host(), &Command::Close);
    for command in [
        Command::Jam(entry, true),
        Command::Comment(entry, text("Hello?")),
        Command::Horn(HornSound::Siren),
        Command::Volume(3),
        Command::Add(track(2)),
    ] {
        assert_eq!(room.run(&host(), &command), Err(Refusal::Closed));
    }
}
