//! Play logs: taking in what a group of EchoNest's played in half a year, and doing it again.

use super::product::{binary, scratch};
use super::{percentile, say};
use crate::step::Outcome;
use model::{Entropy as _, SeededEntropy};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const PLAYS: u32 = 11_600;
const DAYS: u32 = 129;
const SONGS: u64 = 4_000;
const PEOPLE: u64 = 60;
const ROUNDS: usize = 5;

/// Imports the logs of half a year into a new history, several times, and once more into each.
pub fn measure() -> Outcome {
    let folder = scratch("play-logs")?;
    let outcome = (|| {
        let logs = folder.join("logs");
        let bytes = write_logs(&logs)?;
        let (mut first, mut again) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let data = folder.join(format!("data-{round}"));
            first.push(import(&data, &logs, &format!("{PLAYS} plays added, 0 known already"))?);
            again.push(import(&data, &logs, &format!("0 plays added, {PLAYS} known already"))?);
        }
        first.sort_by(f64::total_cmp);
        again.sort_by(f64::total_cmp);
        say(&format!(
            "import of {PLAYS} plays, {DAYS} files, {:.1} MB, into a new database: median {:.2} s, worst {:.2} s; again: {:.2} s",
            bytes as f64 / 1e6,
            percentile(&first, 0.5),
            percentile(&first, 1.0),
            percentile(&again, 0.5)
        ));
        Ok(())
    })();
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

/// Writes the logs; how many bytes they are.
fn write_logs(folder: &Path) -> Outcome<usize> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut chance = SeededEntropy::from_seed(1);
    let (mut bytes, mut written) = (0, 0);
    for day in 0..DAYS {
        let mut text = String::new();
        let until = PLAYS * (day + 1) / DAYS;
        let of_day = until - written;
        for at in 0..of_day {
            // Spread over ten hours of the day.
            let second = 9 * 3600 + at * 36_000 / of_day;
            line(&mut text, day, second, &mut chance);
        }
        written = until;
        let (month, of_month) = (1 + day / 28, 1 + day % 28);
        let file = folder.join(format!("play_log_2018_{month:02}_{of_month:02}.json"));
        bytes += text.len();
        std::fs::write(file, text).map_err(|error| error.to_string())?;
    }
    Ok(bytes)
}

/// A line as EchoNest writes it, with two jams and a comment.
fn line(text: &mut String, day: u32, second: u32, chance: &mut SeededEntropy) {
    let (song, person) = (chance.below(SONGS), chance.below(PEOPLE));
    let user =
        if person == 0 { "the@echonest.com".to_owned() } else { format!("person.{person}@example.org") };
    let (month, of_month) = (1 + day / 28, 1 + day % 28);
    let clock = |second: u32| {
        let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
        format!("2018-{month:02}-{of_month:02}T{hours:02}:{minutes:02}:{seconds:02}.{:06}", 732_347)
    };
    let (start, end) = (clock(second), clock(second + 200));
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "{{\"airhorn\": [], \"artist\": \"Artist {}\", \"auto\": {}, \"comments\": [{{\"body\": \"yes\", \"time\": 1.5, \"user\": \
         \"person.2@example.org\"}}], \"duration\": 200, \"endtime\": \"{end}\", \"id\": \"{second}\", \"jam\": [{{\"time\": \
         \"{start}\", \"user\": \"person.1@example.org\"}}, {{\"time\": \"{start}\", \"user\": \"person.3@example.org\"}}], \
         \"paused\": false, \"pos\": 0, \"src\": \"spotify\", \"starttime\": \"{start}\", \"title\": \"Song {song}\", \
         \"trackid\": \"spotify:track:{song:022}\", \"user\": \"{user}\", \"vote\": \"0\"}}",
        song % 700,
        person == 0
    );
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
fn import(data: &Path, logs: &Path, expected: &str) -> Outcome<f64> {
    let began = Instant::now();
    let output = Command::new(binary())
        .args(["--log", "warn", "--timezone", "America/New_York", "--data"])
        .arg(data)
        .args(["import", "play-logs"])
        .arg(logs)
        .output()
        .map_err(|error| error.to_string())?;
    let seconds = began.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stdout);
    if said.starts_with(expected) {
        Ok(seconds)
    } else {
        Err(format!("the import says: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}
