//! Whether there is as much as `expect` in the declaration says: half an import, or a restore of the wrong day, is sound in
//! itself and shows in nothing else.

use crate::settings::Settings;
use database::{Database, stock};
use operations::Expect;
use server::play_log::is_file_name;
use smoke::{Seen, Wrong};
use std::path::Path;

pub(super) async fn look(settings: &Settings, expect: &Expect, database: &Database) -> Seen {
    let there = stock::count(database)
        .await
        .map_err(|error| Wrong::new(error.to_string(), "look into the database's own log"))?;
    let (mut seen, mut is_less) = (Vec::new(), false);
    for (what, least) in expect.each() {
        let found = match what {
            "members" => there.members,
            "tracks" => there.tracks,
            "plays" => there.plays,
            _ => play_log_files(settings.play_log_dir.as_deref())?,
        };
        is_less |= found < least;
        seen.push(format!("{what}: {found} of {least}"));
    }
    let seen = seen.join(", ");
    if is_less {
        return Err(Wrong::new(
            seen,
            "bring the rest: `rookery import`, `rookery import play-logs` and `rookery restore` say what they took; or \
             correct `expect`",
        ));
    }
    Ok(seen)
}

fn play_log_files(folder: Option<&Path>) -> Result<u64, Wrong> {
    let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) else {
        return Err(Wrong::new(
            "no folder of play logs is set",
            "set `play_log_dir`, or leave out `play_log_files`",
        ));
    };
    let wrong = |error: std::io::Error| {
        Wrong::new(
            format!("{}: {error}", folder.display()),
            "see that the disk is mounted and the folder readable",
        )
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        count += u64::from(entry.file_name().to_str().is_some_and(is_file_name));
    }
    Ok(count)
}
