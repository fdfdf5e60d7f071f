//! The walls of the house, checked: what depends on what, how long files and functions are, what things are called.

mod crates;
mod faults;
mod files;
mod words;

use crate::step::{Outcome, output, root};
use std::path::PathBuf;

/// Checks everything and says all that is wrong at once.
///
/// # Errors
/// What is wrong, a line each.
#[expect(clippy::print_stderr, reason = "this is a command line")]
pub fn run() -> Outcome {
    let sources = sources()?;
    let mut wrong = crates::check()?;
    wrong.extend(files::check(&sources));
    wrong.extend(words::check(&sources));
    wrong.extend(faults::check(&sources));
    if wrong.is_empty() {
        eprintln!("✓ tidy: {} files", sources.len());
        return Ok(());
    }
    Err(format!("{} things are not tidy:\n  {}", wrong.len(), wrong.join("\n  ")))
}

/// A file of the repository.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.contains("/examples/") || self.path.contains("/benches/")
    }
}

/// The text files that git knows, or would know.
fn sources() -> Outcome<Vec<Source>> {
    let listed = output(".", "git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
    let read = |path: &str| {
        let text = std::fs::read_to_string(root().join(PathBuf::from(path))).ok()?;
        Some(Source { path: path.to_owned(), text })
    };
    Ok(listed.lines().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        if let Err(why) = super::run() {
            panic!("{why}");
        }
    }
}
