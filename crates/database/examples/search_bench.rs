//! Fills a library with 50,000 invented tracks and measures search: `cargo run --release -p database --example
//! search_bench [URL]`. Without a URL it uses an SQLite file in a scratch folder. Prints milliseconds.
#![expect(clippy::print_stdout, reason = "a measurement is for people to read")]

use database::{Database, Options, migrate, search, tracks};
use library::{AudioFormat, Blob, Origin, Playable, SearchQuery, Track};
use model::{BlobHash, Entropy as _, SeededEntropy, TrackId, TrackPosition, WallTime};
use tokio::time::Instant;

const TRACKS: u64 = 50_000;
const TRACKS_A_BATCH: usize = 500;
const WORDS: u64 = 20_000;
const ARTISTS: u64 = 4_000;
const ROUNDS: usize = 400;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = std::env::args().nth(1);
    let url = url.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("bench.db").display()));
    let database = Database::open(&url, Options::default()).await?;
    migrate::up(&database, WallTime::from_micros(0)).await?;
    let mut chance = SeededEntropy::from_seed(1);
    let library = invent(&mut chance);
    let started = Instant::now();
    for batch in library.chunks(TRACKS_A_BATCH) {
        tracks::insert(&database, batch).await?;
    }
    println!("{TRACKS} tracks inserted in {:.1} s", started.elapsed().as_secs_f64());
    let one = Track { id: TrackId::from_u128(u128::from(TRACKS) + 1), ..library[0].clone() };
    let started = Instant::now();
    tracks::insert(&database, std::slice::from_ref(&one)).await?;
    println!("one more: {:.2} ms", started.elapsed().as_secs_f64() * 1e3);

    let first = |text: &str, count: usize| text.chars().take(count).collect::<String>();
    let word = |text: &str, at: usize| text.split(' ').nth(at).unwrap_or_default().to_owned();
    measure(&database, "one letter", &library, &mut chance, |t, _| first(&t.title, 1)).await?;
    measure(&database, "two letters", &library, &mut chance, |t, _| first(&t.title, 2)).await?;
    measure(&database, "three letters", &library, &mut chance, |t, _| first(&t.title, 3)).await?;
    measure(&database, "a word", &library, &mut chance, |t, _| word(&t.title, 0)).await?;
    measure(&database, "the title", &library, &mut chance, |t, _| t.title.clone()).await?;
    measure(&database, "artist and a letter of the title", &library, &mut chance, |t, _| {
        format!("{} {}", t.artist, first(&t.title, 1))
    })
    .await?;
    measure(&database, "two words that never meet", &library, &mut chance, |t, other| {
        format!("{} {} zz", word(&t.title, 0), word(&other.title, 0))
    })
    .await?;
    measure(&database, "artist: and year:", &library, &mut chance, |t, _| {
        format!("artist:{} year:{}", word(&t.artist, 0), t.year.unwrap_or_default())
    })
    .await?;
    measure(&database, "a misspelt word", &library, &mut chance, |t, _| misspell(&word(&t.title, 1))).await?;
    measure(&database, "a misspelt title", &library, &mut chance, |t, _| {
        t.title.split(' ').map(misspell).collect::<Vec<_>>().join(" ")
    })
    .await?;
    database.close().await;
    Ok(())
}

async fn measure(
    database: &Database,
    name: &str,
    library: &[Track],
    chance: &mut SeededEntropy,
    text: impl Fn(&Track, &Track) -> String,
) -> Result<(), database::Error> {
    let (mut times, mut found) = (Vec::with_capacity(ROUNDS), 0);
    for _ in 0..ROUNDS {
        let mut pick = || &library[chance.below(library.len() as u64) as usize];
        let query = SearchQuery::parse(&text(pick(), pick()));
        let started = Instant::now();
        let answer = search::tracks(database, &query, 50).await?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        found += usize::from(!answer.tracks.is_empty());
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{name:<34} p50 {:>6.2}  p99 {:>6.2}  max {:>6.2}  found {:>3} %",
        at(0.5),
        at(0.99),
        at(1.0),
        found * 100 / ROUNDS
    );
    Ok(())
}

/// Swaps two letters in the middle of words that are long enough to be forgiven.
fn misspell(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() >= 4 {
        letters.swap(1, 2);
    }
    letters.into_iter().collect()
}

/// Words are as common as in a language: the n-th about 1/n as often as the first.
fn invent(chance: &mut SeededEntropy) -> Vec<Track> {
    let words: Vec<String> = (0..WORDS).map(|number| spell(number, chance)).collect();
    let common = |chance: &mut SeededEntropy| {
        let log = (WORDS as f64).ln() * (chance.below(1 << 30) as f64 / (1_u64 << 30) as f64);
        words[(log.exp() as usize).min(words.len() - 1)].clone()
    };
    let phrase = |chance: &mut SeededEntropy, longest: u64| {
        let count = 1 + chance.below(longest);
        (0..count).map(|_| common(chance)).collect::<Vec<_>>().join(" ")
    };
    let artists: Vec<String> = (0..ARTISTS).map(|_| phrase(chance, 3)).collect();
    (0..TRACKS)
        .map(|number| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            Track {
                id: TrackId::from_u128(u128::from(number) + 1),
                title: phrase(chance, 5),
                artist: artists[chance.below(ARTISTS) as usize].clone(),
                album: phrase(chance, 3),
                album_artist: String::new(),
                genre: ["rock", "pop", "jazz", "techno"][chance.below(4) as usize].into(),
                year: Some(1960 + chance.below(66) as i32),
                track_number: Some(1 + chance.below(14) as u32),
                disc_number: None,
                isrc: None,
                duration: TrackPosition::from_millis(200_000),
                format: AudioFormat::Mp3,
                original: Blob { hash: BlobHash::from_bytes(bytes), size_bytes: 5_000_000 },
                playable: Playable::Original,
                artwork: None,
                loudness: None,
                added_by: None,
                added_at: WallTime::from_micros(number as i64),
                origin: Origin::Import,
            }
        })
        .collect()
}

/// The commonest words are short.
fn spell(number: u64, chance: &mut SeededEntropy) -> String {
    const STARTS: [&str; 18] =
        ["b", "br", "c", "ch", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "st", "t", "w", "tr"];
    const MIDDLES: [&str; 9] = ["a", "e", "i", "o", "u", "ea", "ou", "ai", "ee"];
    const ENDS: [&str; 9] = ["", "n", "r", "s", "t", "l", "ck", "ng", "m"];
    let syllables = if number < 300 { 1 } else { 2 + chance.below(2) };
    let mut word = String::new();
    for _ in 0..syllables {
        for part in [&STARTS[..], &MIDDLES, &ENDS] {
            word.push_str(part[chance.below(part.len() as u64) as usize]);
        }
    }
    word
}
