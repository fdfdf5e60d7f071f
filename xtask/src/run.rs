//! `cargo xtask run`: from a fresh checkout to a server that answers.

use crate::step::{Outcome, run as step};
use crate::web;

/// Builds the UI and the binary, and starts it on `./data`.
///
/// # Errors
/// If a part cannot be built.
pub fn run(args: &[String]) -> Outcome {
    web::build_if_stale()?;
    step(".", "cargo", &["build", "--package", "rookery"])?;
    let args: Vec<&str> = ["serve"].into_iter().chain(args.iter().map(String::as_str)).collect();
    step(".", "target/debug/rookery", &args)
}
