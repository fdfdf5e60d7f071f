//! Play logs as EchoNest keeps them: a file a day, `play_log_2026_11_20.json`, with a line for each song that ended. They
//! are read into the history of a nest, and written for those who rely on them.
//!
//! Deliberately not here: the history itself (`database::plays`), and what a nest plays (`nests`).

mod append;
mod import;
mod line;
mod write;

pub use import::{PlayLogImport, PlayLogSummary};
pub(crate) use write::start;
pub use write::{PlayLogConfig, READER};

/// Whom EchoNest names where nobody added a song.
const NOBODY: &str = "the@echonest.com";

/// The file of a day, such as `2026_11_20`.
fn file_name(day: &str) -> String {
    format!("play_log_{day}.json")
}

/// Whether a file is one of these.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    let day = name.strip_prefix("play_log_").and_then(|rest| rest.strip_suffix(".json"));
    day.is_some_and(|day| {
        day.len() == 10
            && day.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'_',
                _ => byte.is_ascii_digit(),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        assert!(is_file_name(&file_name("2026_11_20")));
        for name in [
            "play_log_.json",
            "play_log_2026_11_2.json",
            "play_log_2026-11-20.json",
            "x.json",
            ".play_log_2026_11_20.json",
        ] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}
