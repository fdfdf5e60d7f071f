//! `cargo xtask test`: everything that must hold, in the order in which it fails fastest.

use crate::requirements::{cargo_tool, for_tests, npm};
use crate::step::{self, Outcome};
use crate::{browser, schema, tidy, web};

/// A part: its name, and what it does.
type Part = (&'static str, fn() -> Outcome);

const PARTS: [Part; 9] = [
    ("fmt", fmt),
    ("tidy", tidy::run),
    ("web", web_checks),
    ("clippy", clippy),
    ("rust", rust),
    ("schema", schema),
    ("doc", doc),
    ("deny", deny),
    ("browser", browser),
];

/// What is tested: everything, with a binary that can pretend the services outside when it is told to.
const TESTED: [&str; 3] = ["--workspace", "--features", "rookery/fakes"];

/// Runs all parts, or those that are named. After one that fails the others still tell what they find.
///
/// # Errors
/// The parts that failed.
#[expect(clippy::print_stderr, reason = "this is a command line")]
pub fn run(names: &[String]) -> Outcome {
    let unknown = names.iter().find(|name| !PARTS.iter().any(|(part, _)| part == name));
    if let Some(name) = unknown {
        return Err(format!("there is no part called {name}"));
    }
    let mut failures = Vec::new();
    for (name, part) in PARTS {
        let is_wanted = names.is_empty() || names.iter().any(|wanted| wanted == name);
        if let Some(Err(why)) = is_wanted.then(part) {
            eprintln!("✗ {name}: {why}");
            failures.push(format!("{name}: {why}"));
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}

fn fmt() -> Outcome {
    step::run(".", "cargo", &["fmt", "--all", "--check"])
}

/// Types, style, unit tests and size of the web UI, and the UI itself: the binary embeds it.
fn web_checks() -> Outcome {
    web::build()?;
    for script in ["lint", "check", "test", "size"] {
        step::run("web", "npm", &["run", "--silent", script])?;
    }
    Ok(())
}

fn clippy() -> Outcome {
    run_cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])
}

fn rust() -> Outcome {
    for_tests()?;
    // Most tests wait for servers more than they compute.
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) * 2;
    let how = ["--no-fail-fast", "--test-threads", &at_once.to_string()];
    run_cargo(&[&["nextest", "run"], &TESTED[..], &how].concat())
}

fn schema() -> Outcome {
    build_tested()?;
    schema::check()
}

/// The binary as tests have built it. Another choice of packages or features would be another build of everything.
fn build_tested() -> Outcome {
    run_cargo(&[&["test", "--no-run", "--quiet"], &TESTED[..]].concat())
}

/// With examples, which want what tests want: so everything is compiled as clippy has it already.
fn doc() -> Outcome {
    run_cargo(&[
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--lib",
        "--bins",
        "--examples",
    ])
}

/// Licences, sources and banned crates. Advisories need a database from elsewhere: `cargo deny check advisories`.
fn deny() -> Outcome {
    cargo_tool("cargo-deny")?;
    run_cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"])
}

fn browser() -> Outcome {
    for_tests()?;
    npm("e2e")?;
    build_tested()?;
    browser::run()
}

fn run_cargo(args: &[&str]) -> Outcome {
    step::run(".", "cargo", args)
}
