//! The web UI, built into `web/build`, from where the binary embeds it.

use crate::requirements::npm;
use crate::step::{Outcome, root, run};
use std::path::Path;
use std::time::SystemTime;

/// Builds the web UI.
///
/// # Errors
/// If Node is missing or the build fails.
pub fn build() -> Outcome {
    npm("web")?;
    run("web", "npm", &["run", "--silent", "build"])?;
    // The folder may be younger than what was compiled without it.
    run(".", "touch", &["crates/server/src/web.rs"])
}

/// Builds the web UI if a source is younger than what was built.
///
/// # Errors
/// As [`build`].
pub fn build_if_stale() -> Outcome {
    let built = modified(&root().join("web/build/index.html"));
    let source = newest(&root().join("web/src")).max(newest(&root().join("web/static")));
    if built.is_some() && built >= source { Ok(()) } else { build() }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|about| about.modified()).ok()
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    entries.filter_map(|path| if path.is_dir() { newest(&path) } else { modified(&path) }).max()
}
