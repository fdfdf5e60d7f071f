//! What a nest plays by itself: the weighted draw, its preview, what is filtered, and when it rests.

use crate::room::{Room, SONG, person, preview, track};
use model::{Contributor, Entropy as _, MemberId, Role, SeededEntropy, TrackId, WallTime};
use nest::{
    Actor, Because, Command, Event, EventKind, Nest, Person, Preview, Reason, Refusal, Rules, Seed,
    SettingsChange, Strategy, Weights, limits,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as _;
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn id(number: u64) -> TrackId {
    TrackId::from_u128(u128::from(number))
}

/// A track that Ben queued long ago.
fn throwback(number: u64) -> Preview {
    let by = Person { id: MemberId::from_u128(9), name: "Ben".into() };
    let reason = Reason::Throwback { by, played_at: WallTime::from_micros(1_600_000_000_000_000) };
    Preview { because: Arc::new(Because { reason, seed: None }), ..preview(number) }
}

/// A track chosen after another.
fn follows(number: u64, seed: u64) -> Preview {
    let by = Contributor::Person { id: MemberId::from_u128(1), name: "Person 1".into() };
    let seed = Seed { track: id(seed), title: format!("Song {seed}"), artist: String::new(), by };
    let because = Because { reason: Reason::SimilarSound, seed: Some(seed) };
    Preview { because: Arc::new(because), ..preview(number) }
}

impl Room {
    fn by_itself(&mut self, command: Command) -> Vec<Event> {
        self.must(&Actor::Nest, &command)
    }

    fn rules(&mut self, change: impl FnOnce(&mut Rules)) {
        let mut rules = self.nest.settings().autofill_rules.clone();
        change(&mut rules);
        let change = SettingsChange { autofill_rules: Some(rules), ..SettingsChange::default() };
        self.must(&person(1, Role::Host), &Command::Configure(change));
    }

    fn shown(&self) -> Option<TrackId> {
        self.nest.autofill().preview.as_ref().map(|preview| preview.track.id)
    }

    /// Lets what plays play through, and the nest go on.
    fn play_through(&mut self) {
        self.now = self.nest.playing().and_then(nest::Playing::ends_at).expect("something plays");
        self.by_itself(Command::Advance);
    }
}

fn names(events: &[Event]) -> Vec<&'static str> {
    let name = |event: &Event| match event.kind {
        EventKind::EntryAdded { .. } => "added",
        EventKind::PlaybackStarted { .. } => "started",
        EventKind::Jammed { .. } => "jammed",
        EventKind::AutofillPreviewed { preview: Some(_) } => "previewed",
        EventKind::AutofillPreviewed { preview: None } => "gone",
        EventKind::TrackFiltered { .. } => "filtered",
        EventKind::TrackUnfiltered { .. } => "unfiltered",
        EventKind::AutofillRested => "rested",
        EventKind::SettingsChanged { .. } => "set",
        _ => "other",
    };
    events.iter().map(name).collect()
}

#[test]
fn what_is_shown_is_what_plays_next() {
    let mut room = Room::open();
    room.add(1, 1);
    room.by_itself(Command::Preview(preview(5)));
    assert!(room.by_itself(Command::Preview(preview(6))).is_empty(), "there is one already");
    assert_eq!(room.shown(), Some(id(5)));
    let events = room.by_itself(Command::Fill(Some(preview(7))));
    assert_eq!(names(&events), ["added", "gone"]);
    assert_eq!(room.nest.queue()[0].track.id, id(5));
    assert_eq!(room.nest.queue()[0].added_by, Contributor::Autofill);
    assert_eq!(room.nest.queue()[0].because.as_deref(), Some(&*preview(5).because));
    // A second replica that wanted the same finds that nothing is needed.
    assert!(room.by_itself(Command::Fill(Some(preview(8)))).is_empty());
}

#[test]
fn a_queued_preview_is_its_queuer_s_own_and_jammed_by_them() {
    let mut room = Room::open();
    room.by_itself(Command::Preview(preview(5)));
    let other = room.run(&person(2, Role::Guest), &Command::QueuePreview(id(6)));
    assert_eq!(other, Err(Refusal::OtherPreview { track: id(6) }));
    let events = room.must(&person(2, Role::Guest), &Command::QueuePreview(id(5)));
    assert_eq!(names(&events), ["added", "started", "jammed", "gone"]);
    let entry = &room.nest.playing().expect("it plays").entry;
    assert!(entry.is_of(MemberId::from_u128(2)) && entry.is_jammed_by(MemberId::from_u128(2)));
    // Two people were as fast: the second hears that it is gone.
    let again = room.run(&person(3, Role::Guest), &Command::QueuePreview(id(5)));
    assert_eq!(again, Err(Refusal::OtherPreview { track: id(5) }));
}

#[test]
fn a_throwback_is_credited_to_whoever_queued_it_then_on_either_way() {
    let ben = MemberId::from_u128(9);
    let mut room = Room::open();
    room.by_itself(Command::Preview(throwback(5)));
    room.must(&person(2, Role::Member), &Command::QueuePreview(id(5)));
    let entry = &room.nest.playing().expect("it plays").entry;
    let jams: Vec<_> = entry.jams.iter().map(|jam| (jam.by, jam.name.as_str())).collect();
    assert_eq!(jams, [(ben, "Ben")]);
    room.by_itself(Command::Preview(throwback(6)));
    room.by_itself(Command::Fill(None));
    let entry = &room.nest.queue()[0];
    assert_eq!(entry.added_by, Contributor::Autofill);
    assert!(entry.is_jammed_by(ben), "the credit comes with the preview");
    assert!(
        matches!(&entry.because.as_deref().expect("a reason").reason, Reason::Throwback { by, .. } if by.id == ben)
    );
}

#[test]
fn what_is_filtered_is_not_chosen_again_for_a_week() {
    let mut room = Room::open();
    room.by_itself(Command::Preview(preview(5)));
    let guest = room.run(&person(2, Role::Guest), &Command::FilterPreview(id(5)));
    assert_eq!(guest, Err(Refusal::NotAllowed { action: model::Action::Skip }));
    assert_eq!(
        names(&room.must(&person(2, Role::Member), &Command::FilterPreview(id(5)))),
        ["filtered", "gone"]
    );
    room.add(1, 6);
    assert!(room.by_itself(Command::Preview(preview(5))).is_empty());
    assert!(room.by_itself(Command::Preview(preview(6))).is_empty(), "a person has just added it");
    room.pass(7 * DAY - MINUTE);
    assert!(room.nest.is_filtered(id(5), room.now));
    room.pass(MINUTE);
    assert!(!room.nest.is_filtered(id(5), room.now) && !room.nest.is_filtered(id(6), room.now));
    assert_eq!(names(&room.by_itself(Command::Preview(preview(5)))), ["previewed"]);
    // With no memory nothing is filtered.
    room.rules(|rules| rules.filter_days = 0);
    room.by_itself(Command::Preview(preview(9)));
    room.must(&person(2, Role::Member), &Command::FilterPreview(id(9)));
    assert!(!room.nest.is_filtered(id(9), room.now));
}

#[test]
fn a_filter_can_be_taken_back_and_what_was_added_cannot() {
    let mut room = Room::open();
    for number in [5, 6] {
        room.by_itself(Command::Preview(preview(number)));
        room.must(&person(2, Role::Member), &Command::FilterPreview(id(number)));
    }
    let listed = |room: &Room| -> Vec<_> {
        room.nest.refused(room.now).map(|refused| (refused.track.id, refused.by)).collect()
    };
    let ben = Some(MemberId::from_u128(2));
    assert_eq!(listed(&room), [(id(6), ben), (id(5), ben)]);
    let guest = room.run(&person(3, Role::Guest), &Command::Unfilter(id(5)));
    assert_eq!(guest, Err(Refusal::NotAllowed { action: model::Action::Skip }));
    assert_eq!(names(&room.must(&person(3, Role::Member), &Command::Unfilter(id(5)))), ["unfiltered"]);
    assert!(room.must(&person(3, Role::Member), &Command::Unfilter(id(5))).is_empty(), "once is enough");
    assert_eq!(listed(&room), [(id(6), ben)]);
    assert_eq!(names(&room.by_itself(Command::Preview(preview(5)))), ["previewed"]);
    // Whoever adds a filtered song has it played: it is kept out for that, and nothing is to be taken back.
    room.add(1, 6);
    assert!(listed(&room).is_empty());
    assert!(room.must(&person(3, Role::Member), &Command::Unfilter(id(6))).is_empty());
    assert!(room.nest.is_filtered(id(6), room.now));
    // What is over is not listed.
    room.must(&person(2, Role::Member), &Command::FilterPreview(id(5)));
    room.pass(7 * DAY);
    assert!(listed(&room).is_empty());
}

#[test]
fn the_filter_forgets_the_oldest_first() {
    let mut room = Room::open();
    for number in 0..=limits::AUTOFILL_FILTERED_MAX as u64 {
        room.by_itself(Command::Preview(preview(number)));
        room.must(&person(2, Role::Member), &Command::FilterPreview(id(number)));
    }
    assert_eq!(room.nest.filtered(room.now).count(), limits::AUTOFILL_FILTERED_MAX);
    assert!(!room.nest.is_filtered(id(0), room.now) && room.nest.is_filtered(id(1), room.now));
}

#[test]
fn a_preview_goes_when_somebody_adds_its_track_or_the_rules_change() {
    let mut room = Room::open();
    room.add(1, 1);
    room.by_itself(Command::Preview(preview(5)));
    assert_eq!(names(&room.must(&person(2, Role::Member), &Command::Add(track(5)))), ["added", "gone"]);
    room.by_itself(Command::Preview(preview(6)));
    room.rules(|rules| rules.weights = Weights::from_each(|_| 1));
    assert_eq!(room.shown(), None, "the host wants to see what the sliders do");
    room.by_itself(Command::Preview(preview(7)));
    let change = SettingsChange { autofill: Some(false), ..SettingsChange::default() };
    assert_eq!(names(&room.must(&person(1, Role::Host), &Command::Configure(change))), ["set", "gone"]);
    assert!(room.by_itself(Command::Preview(preview(8))).is_empty());
    assert!(!room.nest.preview_is_wanted(room.now, true));
}

#[test]
fn a_preview_follows_the_last_song_of_a_person() {
    let mut room = Room::open();
    room.add(1, 1);
    assert!(room.nest.preview_is_wanted(room.now, true));
    room.by_itself(Command::Preview(follows(5, 1)));
    assert!(!room.nest.preview_is_wanted(room.now, true));
    room.add(2, 2);
    assert!(!room.nest.preview_is_wanted(room.now, true), "it has not played yet");
    room.play_through();
    assert!(room.nest.preview_is_wanted(room.now, true));
    assert_eq!(names(&room.by_itself(Command::Preview(follows(6, 2)))), ["previewed"]);
    // What it plays itself does not make it look again.
    room.by_itself(Command::Fill(None));
    room.play_through();
    let seed = room.nest.autofill().seed.clone().expect("a seed");
    assert_eq!((seed.track, seed.by.member()), (id(2), Some(MemberId::from_u128(2))));
    room.by_itself(Command::Preview(preview(7)));
    assert!(!room.nest.preview_is_wanted(room.now, true));
}

#[test]
fn as_many_entries_are_kept_ready_as_the_host_says() {
    let mut room = Room::open();
    room.add(1, 1);
    room.rules(|rules| rules.depth = 3);
    let mut filled = 0;
    while room.nest.autofill_at(room.now, true).is_some_and(|at| at <= room.now) {
        room.by_itself(Command::Fill(Some(preview(10 + filled))));
        filled += 1;
    }
    assert_eq!((filled, room.order().len()), (3, 3));
    room.play_through();
    room.rules(|rules| rules.depth = 0);
    for _ in 0..2 {
        room.play_through();
    }
    assert!(room.order().is_empty());
    let needed = room.nest.next_needed_at();
    assert_eq!(room.nest.autofill_at(room.now, true), needed, "nothing is kept ready");
    assert!(needed.is_some_and(|at| at > room.now));
    // A small queue is full before the depth is reached.
    room.rules(|rules| rules.depth = 10);
    let change = SettingsChange { queue_entries_max: Some(2), ..SettingsChange::default() };
    room.must(&person(1, Role::Host), &Command::Configure(change));
    for number in 0..2 {
        room.by_itself(Command::Fill(Some(preview(20 + number))));
    }
    assert_eq!(room.nest.autofill_at(room.now, true), None);
}

/// Plays on by itself until it rests; for how long that was heard.
fn heard_until_rest(room: &mut Room) -> Duration {
    let began = room.now;
    for number in 0..200 {
        if room.nest.autofill_streak_is_over(room.now) {
            assert_eq!(names(&room.by_itself(Command::Rest)), ["rested"]);
            assert!(room.by_itself(Command::Rest).is_empty(), "once is enough");
            break;
        }
        room.by_itself(Command::Fill(Some(preview(100 + number))));
        if !room.nest.queue().is_empty() {
            room.play_through();
        }
    }
    while room.nest.playing().is_some() {
        room.play_through();
    }
    room.now.since(began)
}

#[test]
fn after_two_hours_without_a_person_s_entry_the_nest_is_silent_until_there_is_one() {
    let mut room = Room::open();
    let heard = heard_until_rest(&mut room);
    assert!((120 * MINUTE..120 * MINUTE + SONG + MINUTE).contains(&heard), "{heard:?}");
    assert!(room.nest.autofill().rests);
    room.pass(DAY);
    assert_eq!(room.nest.autofill_at(room.now, true), None);
    assert!(!room.nest.preview_is_wanted(room.now, true));
    assert!(room.by_itself(Command::Fill(Some(preview(1)))).is_empty());
    // Somebody adds: it plays on, and for as long again.
    room.add(2, 2);
    assert!(!room.nest.autofill().rests);
    let heard = heard_until_rest(&mut room);
    assert!((120 * MINUTE..124 * MINUTE + SONG).contains(&heard), "{heard:?}");
    // Or the host gives it more time.
    room.rules(|rules| rules.streak_minutes_max = 240);
    let more = heard_until_rest(&mut room);
    assert!((119 * MINUTE..122 * MINUTE + SONG).contains(&more), "{more:?}");
    room.rules(|rules| rules.streak_minutes_max = 0);
    assert!(!room.nest.autofill_streak_is_over(room.now), "0: never");
}

#[test]
fn silence_and_a_stopped_server_are_not_listening() {
    let mut room = Room::open();
    room.by_itself(Command::Fill(Some(preview(1))));
    room.pass(MINUTE + limits::START_LEAD);
    room.must(&person(1, Role::Host), &Command::Pause);
    room.pass(DAY);
    assert_eq!(room.nest.autofill().streak.at(room.now), MINUTE);
    room.must(&person(1, Role::Host), &Command::Resume);
    // The server is away, and finds the song long over.
    room.pass(DAY);
    room.by_itself(Command::Advance);
    let heard = room.nest.autofill().streak.at(room.now);
    assert!((SONG..SONG + Duration::from_secs(1)).contains(&heard), "{heard:?}");
}

#[test]
fn rules_outside_their_limits_are_refused() {
    let mut room = Room::open();
    let outside: [fn(&mut Rules); 4] = [
        |rules| rules.depth = limits::AUTOFILL_DEPTH_MAX + 1,
        |rules| rules.streak_minutes_max = limits::AUTOFILL_STREAK_MINUTES_MAX + 1,
        |rules| rules.filter_days = limits::AUTOFILL_FILTER_DAYS_MAX + 1,
        |rules| rules.weights = Weights::from_each(|_| limits::AUTOFILL_WEIGHT_MAX + 1),
    ];
    for change in outside {
        let mut rules = Rules::DEFAULT;
        change(&mut rules);
        let change = SettingsChange { autofill_rules: Some(rules), ..SettingsChange::default() };
        let refused = room.run(&person(1, Role::Host), &Command::Configure(change.clone()));
        assert_eq!(refused, Err(Refusal::LimitOutside));
        assert!(room.run(&person(2, Role::Member), &Command::Configure(change)).is_err());
    }
}

#[test]
fn a_snapshot_keeps_all_of_it() {
    let mut room = Room::open();
    room.add(1, 1);
    room.by_itself(Command::Preview(throwback(5)));
    room.by_itself(Command::Fill(None));
    room.by_itself(Command::Preview(follows(6, 1)));
    room.must(&person(1, Role::Host), &Command::FilterPreview(id(6)));
    room.by_itself(Command::Preview(follows(7, 1)));
    assert_eq!(Nest::from_snapshot(room.nest.snapshot()), room.nest);
}

fn weights() -> impl proptest::strategy::Strategy<Value = Weights> {
    prop::array::uniform8(prop::sample::select(vec![0_u8, 0, 1, 10, 33, 100]))
        .prop_map(|each| Weights::from_each(|strategy| each[strategy as usize]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Within five standard deviations.
    #[test]
    fn strategies_are_drawn_as_often_as_they_weigh(weights in weights(), seed: u64) {
        const DRAWS: u32 = 20_000;
        let mut entropy = SeededEntropy::from_seed(seed);
        let mut drawn = [0_u32; Strategy::ALL.len()];
        for _ in 0..DRAWS {
            if let Some(strategy) = weights.draw(&[], &mut entropy) {
                drawn[strategy as usize] += 1;
            }
        }
        let total: u32 = Strategy::ALL.into_iter().map(|strategy| u32::from(weights.of(strategy))).sum();
        prop_assert_eq!(drawn.iter().sum::<u32>(), if total == 0 { 0 } else { DRAWS });
        for strategy in Strategy::ALL {
            let (weight, times) = (weights.of(strategy), drawn[strategy as usize]);
            if weight == 0 {
                prop_assert_eq!(times, 0, "what weighs nothing is never drawn");
            } else {
                let share = f64::from(weight) / f64::from(total);
                let expected = share * f64::from(DRAWS);
                let deviation = (expected * (1.0 - share)).sqrt();
                prop_assert!((f64::from(times) - expected).abs() <= 5.0 * deviation + 1.0, "{:?} {} {}", strategy, times, expected);
            }
        }
    }

    #[test]
    fn every_strategy_that_weighs_something_is_drawn_once(weights in weights(), seed: u64) {
        let mut entropy = SeededEntropy::from_seed(seed);
        let mut tried = Vec::new();
        while let Some(strategy) = weights.draw(&tried, &mut entropy) {
            prop_assert!(!tried.contains(&strategy));
            tried.push(strategy);
        }
        tried.sort_unstable();
        let weigh = Strategy::ALL.into_iter().filter(|&strategy| weights.of(strategy) > 0);
        prop_assert_eq!(tried, weigh.collect::<Vec<_>>());
        prop_assert_eq!(entropy.below(1), 0);
    }
}
