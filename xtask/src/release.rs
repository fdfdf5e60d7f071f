//! `cargo xtask release`: the program as people get it, which needs no library beside it.
//!
//! Linked with glibc's archives: the one target that Rust's own toolchain and Debian's `libc6-dev` have without more. Flags
//! for a named target do not reach what runs while building (macros, build scripts), which need libraries.

use crate::step::{Outcome, output, run as step};
use crate::web;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Builds it; `rookery release build` finds it where it is put.
///
/// # Errors
/// If a part cannot be built, or the program needs a library after all.
pub fn build() -> Outcome {
    web::build_if_stale()?;
    let flags = format!("target.{TARGET}.rustflags=[\"-C\", \"target-feature=+crt-static\"]");
    let words = ["build", "--release", "--locked", "--package", "rookery", "--target", TARGET];
    step(".", "cargo", &[&["--config", &flags], &words[..]].concat())?;
    let program = format!("target/{TARGET}/release/rookery");
    let headers = output(".", "readelf", &["--program-headers", &program])?;
    if headers.contains("INTERP") {
        return Err(format!("{program} needs libraries beside it"));
    }
    step(".", &program, &["about"])
}
