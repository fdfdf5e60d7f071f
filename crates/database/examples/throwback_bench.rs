//! How long throwback takes in a history of 100,000 plays over eight years: `cargo xtask bench throwback`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement at the command line")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]

use database::nests::{self, NestRecord};
use database::plays::{self, PastDays, PastPlay, PastSong};
use database::{Database, Options, migrate};
use library::ExternalTrack;
use model::{
    Entropy as _, MemberId, NestCode, NestId, PlayId, SeededEntropy, TrackId, TrackPosition, WallTime,
};
use nest::{Nest, NestName, Outcome, Settings};
use std::time::{Duration, Instant};

const PLAYS: u64 = 100_000;
const YEARS: u64 = 8;
const SONGS: u64 = 10_000;
const ROUNDS: u64 = 200;
const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = std::env::temp_dir().join(format!("rookery-throwback-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let database = Database::open(&url, Options::default()).await.unwrap();
    let now = WallTime::from_micros(1_700_000_000_000_000);
    migrate::up(&database, now).await.unwrap();
    let (_, first) = Nest::open(Settings::new(NestName::parse("Attic").unwrap()), None, now);
    let nest = NestId::from_u128(1);
    let record = NestRecord {
        id: nest,
        code: NestCode::MAIN,
        name: "Attic".into(),
        created_by: None,
        created_at: now,
        closed_at: None,
        listened_at: None,
    };
    nests::open(&database, &record, &first).await.unwrap();
    let history = DAY * 365 * YEARS as u32;
    fill(&database, nest, now.minus(history), history).await;
    // Days of one weekday, back to the beginning.
    let days = (1..=52 * YEARS as u32).map(|week| now.minus(DAY * 7 * week)).map(|end| end.minus(DAY)..end);
    let (weeks, years) = days.enumerate().partition::<Vec<_>, _>(|(week, _)| *week < 51);
    let ranges =
        |days: Vec<(usize, std::ops::Range<WallTime>)>| days.into_iter().map(|(_, day)| day).collect();
    let days = PastDays { years: ranges(years), weeks: ranges(weeks) };
    let mut times = Vec::new();
    for chance in 0..ROUNDS {
        let began = Instant::now();
        let drawn = plays::throwback(&database, nest, &days, 20, chance).await.unwrap();
        times.push(began.elapsed().as_secs_f64() * 1e3);
        assert_eq!(drawn.len(), 20);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "  throwback, 20 songs of {PLAYS} plays over {} days of one weekday: median {:.2} ms, p95 {:.2} ms, worst {:.2} ms",
        days.years.len() + days.weeks.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
    database.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn fill(database: &Database, nest: NestId, start: WallTime, history: Duration) {
    let mut chance = SeededEntropy::from_seed(1);
    let play = |number: u64, chance: &mut SeededEntropy| {
        let song = chance.below(SONGS);
        let started_at = start.plus(history / PLAYS as u32 * number as u32);
        PastPlay {
            id: PlayId::from_u128(u128::from(number) + 1),
            song: PastSong::External(ExternalTrack {
                id: TrackId::from_u128(u128::from(number) + 1),
                source: format!("spotify:track:{song:022}").parse().unwrap(),
                title: format!("Song {song}"),
                artist: format!("Artist {}", song % 900),
                album: String::new(),
                duration: TrackPosition::from_millis(200_000),
                isrc: None,
                artwork_url: None,
                is_explicit: false,
                fetched_at: started_at,
            }),
            added_by: (!number.is_multiple_of(4)).then(|| (MemberId::from_u128(7), "Ana".to_owned())),
            started_at,
            or_started_at: None,
            ended_at: started_at.plus(Duration::from_secs(200)),
            outcome: Outcome::Finished,
            tally: 0,
            jams: Vec::new(),
            comments: Vec::new(),
        }
    };
    let all: Vec<u64> = (0..PLAYS).collect();
    for batch in all.chunks(plays::IMPORT_PLAYS_MAX) {
        let batch: Vec<_> = batch.iter().map(|&number| play(number, &mut chance)).collect();
        plays::import(database, nest, &batch).await.unwrap();
    }
}
