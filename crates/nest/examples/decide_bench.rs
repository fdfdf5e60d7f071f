//! Decide and apply of one command on a nest with 200 entries, in microseconds: `cargo run --release -p nest --example
//! decide_bench`.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measurement reads a clock"
)]

use model::{Entropy as _, MemberId, Role, SeededEntropy, TrackId, TrackPosition, TrackSummary, WallTime};
use nest::{Actor, Command, Nest, NestName, Settings, VoteDirection};
use std::time::{Duration, Instant};

const ENTRIES: u64 = 200;
const ROUNDS: usize = 100_000;

fn main() {
    let now = WallTime::from_micros(1_700_000_000_000_000);
    let name = NestName::parse("Bench").expect("a name");
    let (mut nest, _) = Nest::open(Settings { queue_entries_max: 500, ..Settings::new(name) }, None, now);
    let mut chance = SeededEntropy::from_seed(1);
    for number in 0..=ENTRIES {
        run(&mut nest, &person(number % 20), &Command::Add(track(number)), now);
    }
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let entry = nest.queue()[chance.below(nest.queue().len() as u64) as usize].id;
        let who = person(chance.below(40));
        let command = match round % 4 {
            0 => Command::Add(track(round as u64)),
            1 => Command::Remove(entry),
            2 => Command::Vote(entry, Some(VoteDirection::Up)),
            _ => Command::Vote(entry, Some(VoteDirection::Down)),
        };
        let began = Instant::now();
        run(&mut nest, &who, &command, now);
        times.push(began.elapsed());
    }
    times.sort();
    let micros = |share: f64| times[(ROUNDS as f64 * share) as usize].as_secs_f64() * 1e6;
    let mean = times.iter().sum::<Duration>().as_secs_f64() / ROUNDS as f64 * 1e6;
    println!(
        "decide + apply, {} entries: mean {mean:.1} µs, p50 {:.1}, p99 {:.1}",
        nest.queue().len(),
        micros(0.5),
        micros(0.99)
    );
}

fn run(nest: &mut Nest, by: &Actor, command: &Command, now: WallTime) {
    for event in nest.decide(command, by, now).unwrap_or_default() {
        nest.apply(&event);
    }
}

fn person(number: u64) -> Actor {
    Actor::Person {
        id: MemberId::from_u128(u128::from(number) + 1),
        name: format!("Person {number}"),
        role: Role::Host,
    }
}

fn track(number: u64) -> TrackSummary {
    TrackSummary {
        id: TrackId::from_u128(u128::from(number)),
        title: format!("Song {number}"),
        artist: "Somebody".into(),
        album: "Something".into(),
        duration: TrackPosition::from_millis(180_000),
        artwork: None,
        source: model::TrackSource::Library,
        library_match: None,
    }
}
