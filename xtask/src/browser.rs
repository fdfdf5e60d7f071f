//! The browser tests, file by file. A browser mostly waits: three files go on at a time, but for those that measure what is
//! heard and when, which have the machine to themselves. A file that fails is tried once more, alone, and told.

use crate::step::{self, Outcome};
use std::path::Path;
use std::sync::Mutex;

/// Files whose tests measure moments of sound, or what somebody notices within one; and one that goes on at several hands
/// by itself.
const ALONE: [&str; 5] = ["in-step", "firefox", "playback", "network", "stories"];
/// Files that take longest: they begin first, so that nobody waits for them at the end.
const LONGEST: [&str; 5] = ["reactions", "quality", "sources", "door", "first-run"];
/// How many go on at a time.
const LANES: usize = 3;

/// Runs every file.
///
/// # Errors
/// Those that failed twice.
#[expect(clippy::print_stderr, reason = "this is a command line")]
pub fn run() -> Outcome {
    let found = step::output("e2e", "sh", &["-c", "ls tests/*.test.mjs"])?;
    let (alone, together) = sorted(found.lines().map(name).collect())?;
    let mut again: Vec<_> = alone.into_iter().filter(|file| !passes(file)).collect();
    again.extend(side_by_side(together));
    let (disturbed, failed): (Vec<_>, Vec<_>) = again.into_iter().partition(|file| passes(file));
    if !disturbed.is_empty() {
        eprintln!("flaky: {}", disturbed.join(", "));
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("{} failed twice", failed.join(", "))) }
}

fn name(path: &str) -> String {
    Path::new(path)
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().replace(".test.mjs", ""))
}

/// Those that are alone, and the others in the order in which they begin. Names that are written here and not there are a
/// mistake.
fn sorted(found: Vec<String>) -> Outcome<(Vec<String>, Vec<String>)> {
    let unknown = ALONE.iter().chain(&LONGEST).find(|name| !found.iter().any(|file| file == *name));
    if let Some(name) = unknown {
        return Err(format!(
            "there is no browser test called {name}: mend the lists in xtask/src/browser.rs"
        ));
    }
    let (alone, mut together): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|file| ALONE.contains(&file.as_str()));
    together.sort_by_key(|file| LONGEST.iter().position(|long| long == file).unwrap_or(LONGEST.len()));
    Ok((alone, together))
}

/// Runs them in lanes; those that failed.
fn side_by_side(files: Vec<String>) -> Vec<String> {
    let (waiting, failed) = (Mutex::new(files.into_iter()), Mutex::new(Vec::new()));
    let next = || waiting.lock().ok()?.next();
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(file) = next() {
                    if !passes(&file)
                        && let Ok(mut failed) = failed.lock()
                    {
                        failed.push(file);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_default()
}

/// Runs one file, and says what it said when it is over: several at a time must not speak at once.
fn passes(file: &str) -> bool {
    step::run_aside("e2e", "node", &["--test", &format!("tests/{file}.test.mjs")]).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_measures_is_alone_and_who_takes_longest_begins() {
        let there = ["door", "firefox", "first-run", "in-step", "members", "network", "playback", "quality"];
        let found = there.into_iter().chain(["reactions", "sources", "stories"]);
        let (alone, together) = sorted(found.map(str::to_owned).collect()).unwrap();
        assert_eq!(alone, ["firefox", "in-step", "network", "playback", "stories"]);
        assert_eq!(together, ["reactions", "quality", "sources", "door", "first-run", "members"]);
        assert!(sorted(vec!["door".to_owned()]).is_err());
        assert_eq!(name("tests/first-run.test.mjs"), "first-run");
    }
}
