//! Who may come in: locking, putting out, letting in.

use crate::room::{Room, person, track};
use model::{Entropy, MemberId, Role, SeededEntropy};
use nest::{Actor, Command, EventKind, Nest, Person, Refusal, SettingsChange, limits};
use std::collections::BTreeSet;

fn id(number: u64) -> MemberId {
    MemberId::from_u128(u128::from(number))
}

fn host() -> Actor {
    person(1, Role::Host)
}

fn kick(number: u64) -> Command {
    Command::Kick(Person { id: id(number), name: format!("Person {number}") }, Role::Member)
}

fn lock(numbers: &[u64]) -> Command {
    Command::Lock(numbers.iter().map(|&number| id(number)).collect())
}

#[test]
fn a_locked_nest_lets_in_who_was_there_and_nobody_else() {
    let mut room = Room::open();
    room.must(&host(), &lock(&[2, 3]));
    assert!(room.must(&host(), &lock(&[4])).is_empty(), "locked once, by who was there then");
    room.add(2, 1);
    assert_eq!(room.run(&person(4, Role::Member), &Command::Add(track(2))), Err(Refusal::Locked));
    assert_eq!(room.nest.admits(id(4), Role::Host), Ok(()), "an administrator");
    assert!(!room.nest.is_open_to_strangers());
    room.must(&host(), &Command::LetIn(id(4)));
    room.add(4, 2);
    room.must(&host(), &Command::Unlock);
    assert!(room.must(&host(), &Command::Unlock).is_empty());
    room.add(5, 3);
}

#[test]
fn whoever_locks_it_is_among_those_who_may_come_back_when_another_hosts_it() {
    let mut room = Room::open();
    room.must(&host(), &lock(&[2]));
    room.must(&host(), &Command::HandOver(id(2)));
    assert_eq!(room.nest.admits(id(1), Role::Member), Ok(()));
}

#[test]
fn whoever_is_put_out_goes_with_what_they_queued_until_they_are_let_in() {
    let mut room = Room::with_something_paused();
    let (own, other) = (room.add(2, 1), room.add(3, 2));
    let also = room.add(2, 3);
    let events = room.must(&host(), &kick(2));
    assert_eq!(events.len(), 3);
    assert!(room.must(&host(), &kick(2)).is_empty(), "once is enough");
    assert_eq!(room.order(), [other]);
    assert_eq!(room.vote(2, other, None), Err(Refusal::Kicked));
    assert_eq!(room.nest.door().kicked[0].name, "Person 2");
    room.must(&host(), &Command::Restore(Some(own)));
    assert_eq!(room.order().len(), 2, "the host may bring it back");
    room.must(&host(), &Command::LetIn(id(2)));
    assert!(room.must(&host(), &Command::LetIn(id(2))).is_empty());
    assert_eq!(room.vote(2, other, None), Ok(Vec::new()));
    assert!(!room.order().contains(&also));
}

#[test]
fn a_kicked_member_does_not_come_back_through_a_locked_door() {
    let mut room = Room::open();
    room.must(&host(), &lock(&[2]));
    room.must(&host(), &kick(2));
    room.must(&host(), &Command::Unlock);
    assert_eq!(room.nest.admits(id(2), Role::Guest), Err(Refusal::Kicked));
}

#[test]
fn only_the_host_minds_the_door_and_nobody_puts_out_the_host() {
    let mut room = Room::open();
    for command in [lock(&[]), Command::Unlock, kick(3), Command::LetIn(id(3))] {
        for role in [Role::Member, Role::Guest] {
            let refused = room.run(&person(2, role), &command);
            assert!(matches!(refused, Err(Refusal::NotAllowed { .. })), "{command:?}");
        }
    }
    assert_eq!(room.run(&host(), &kick(1)), Err(Refusal::HostStays));
    let administrator = Person { id: id(9), name: "Ada".to_owned() };
    assert_eq!(room.run(&host(), &Command::Kick(administrator, Role::Host)), Err(Refusal::HostStays));
}

#[test]
fn the_main_nest_is_never_locked() {
    let settings = nest::Settings::new(nest::NestName::parse("Main").expect("a name"));
    let (nest, event) = Nest::open(settings, None, Room::open().now);
    assert_eq!(nest.decide(&lock(&[]), &host(), event.at), Err(Refusal::Permanent));
    assert!(nest.decide(&kick(3), &host(), event.at).is_ok());
}

#[test]
fn the_door_remembers_so_many() {
    let mut room = Room::open();
    let crowd: Vec<_> = (2..2 + limits::LOCKED_BEHIND_MAX as u64).collect();
    assert_eq!(room.run(&host(), &lock(&crowd)), Err(Refusal::TooManyToLock));
    room.must(&host(), &lock(&crowd[1..]));
    assert_eq!(room.run(&host(), &Command::LetIn(id(9_999))), Err(Refusal::TooManyToLock));
    for number in 0..limits::KICKED_MAX as u64 {
        room.must(&host(), &kick(100 + number));
    }
    assert_eq!(room.run(&host(), &kick(5)), Err(Refusal::TooManyKicked));
}

#[test]
fn only_the_host_gives_the_nest_an_address() {
    let mut room = Room::open();
    let slug = SettingsChange {
        slug: Some(Some("friday-night".parse().expect("a slug"))),
        member_actions: None,
        ..SettingsChange::default()
    };
    let everything =
        SettingsChange { member_actions: Some(model::ActionSet::all()), ..SettingsChange::default() };
    room.must(&host(), &Command::Configure(everything));
    let refused = room.run(&person(2, Role::Member), &Command::Configure(slug.clone()));
    assert!(matches!(refused, Err(Refusal::NotAllowed { .. })));
    room.must(&host(), &Command::Configure(slug));
    let name = SettingsChange { name: nest::NestName::parse("Attic").ok(), ..SettingsChange::default() };
    room.must(&person(2, Role::Member), &Command::Configure(name));
    assert_eq!(room.nest.settings().slug.as_ref().map(model::Slug::as_str), Some("friday-night"));
}

/// A naive door: two plain sets.
#[derive(Default)]
struct Naive {
    locked: bool,
    behind: BTreeSet<u64>,
    kicked: BTreeSet<u64>,
}

impl Naive {
    fn admits(&self, number: u64) -> bool {
        number == 1 || !self.kicked.contains(&number) && (!self.locked || self.behind.contains(&number))
    }
}

#[test]
fn the_door_agrees_with_a_naive_one_over_any_commands_and_a_replay() {
    for seed in 0..200 {
        let mut chance = SeededEntropy::from_seed(seed);
        let (mut room, mut naive) = (Room::open(), Naive::default());
        for _ in 0..200 {
            let number = 2 + chance.below(6);
            match chance.below(4) {
                0 => {
                    let there: Vec<_> = (2..8).filter(|_| chance.below(2) == 0).collect();
                    room.must(&host(), &lock(&there));
                    if !naive.locked {
                        naive.behind = there.into_iter().collect();
                    }
                    naive.locked = true;
                }
                1 => {
                    room.must(&host(), &Command::Unlock);
                    naive.locked = false;
                }
                2 => {
                    room.must(&host(), &kick(number));
                    if naive.kicked.insert(number) {
                        naive.behind.remove(&number);
                    }
                }
                _ => {
                    room.must(&host(), &Command::LetIn(id(number)));
                    naive.kicked.remove(&number);
                    naive.behind.insert(number);
                }
            }
            for number in 1..8 {
                let admitted = room.nest.admits(id(number), Role::Member).is_ok();
                assert_eq!(admitted || number == 1, naive.admits(number), "seed {seed}, person {number}");
            }
        }
        let mut replayed = Nest::from_first(&room.log[0]).expect("a first event");
        room.log[1..].iter().for_each(|event| replayed.apply(event));
        assert_eq!(replayed, room.nest);
        assert_eq!(Nest::from_snapshot(replayed.snapshot()), room.nest);
        assert!(room.log.iter().any(|event| matches!(event.kind, EventKind::Kicked { .. })));
    }
}
