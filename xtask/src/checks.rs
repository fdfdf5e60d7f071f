//! `cargo xtask test`: everything that must hold, in the order in which it fails fastest.

use crate::requirements::{cargo_tool, for_tests, npm};
use crate::step::{self, Outcome};
use crate::{browser, one_pass, schema, tidy, web};

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

/// How our crates are documented: for whoever works on them. Addresses in helps are for people to read as they stand.
pub const DOCUMENTED: [&str; 4] = [
    "--document-private-items",
    "--deny=warnings",
    "--allow=rustdoc::private_intra_doc_links",
    "--allow=rustdoc::bare_urls",
];

/// What the web UI is checked by.
const WEB_SCRIPTS: [&str; 4] = ["lint", "check", "test", "size"];
/// Where packages of npm are that tests want, and would install themselves.
const PEERS: [&str; 3] = ["e2e", "crates/fakes/peers/atproto", "crates/rookery/tests/peers"];

/// What is tested: everything, with a binary that can pretend the services outside when it is told to.
const TESTED: [&str; 3] = ["--workspace", "--features", "rookery/fakes"];

/// Runs all parts, or those that are named. After one that fails the others still tell what they find.
///
/// # Errors
/// The parts that failed.
pub fn run(names: &[String]) -> Outcome {
    let unknown = names.iter().find(|name| !PARTS.iter().any(|(part, _)| part == name));
    if let Some(name) = unknown {
        return Err(format!("there is no part called {name}"));
    }
    let is_fresh = names.is_empty() && !step::is_worked_on();
    let mut findings = Findings::default();
    if is_fresh {
        fresh(&mut findings);
    } else {
        let wanted =
            PARTS.iter().filter(|(part, _)| names.is_empty() || names.iter().any(|name| name == part));
        wanted.for_each(|(part, run)| findings.note(part, run()));
    }
    if findings.0.is_empty() { Ok(()) } else { Err(findings.0.join("; ")) }
}

/// What failed.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    #[expect(clippy::print_stderr, reason = "this is a command line")]
    fn note(&mut self, part: &str, done: Outcome) {
        if let Err(why) = done {
            eprintln!("✗ {part}: {why}");
            self.0.push(format!("{part}: {why}"));
        }
    }
}

/// All parts where nothing is compiled yet, sooner than one after the other: compiled, looked at by clippy and documented in
/// one pass, while the web's own checks go on beside it. If that pass fails, clippy, the tests and the documentation tell
/// what they find, each by itself.
fn fresh(findings: &mut Findings) {
    findings.note("fmt", fmt());
    findings.note("tidy", tidy::run());
    findings.note("web", web::build());
    findings.note("what tests need", for_tests());
    let (compiled, beside) = std::thread::scope(|scope| {
        let beside = scope.spawn(web_scripts_and_peers);
        (one_pass::compile(&TESTED), beside.join().unwrap_or_else(|_| Err("it panicked".to_owned())))
    });
    findings.note("web", beside);
    let is_compiled = compiled.is_ok();
    findings.note("one pass", compiled);
    if !is_compiled {
        findings.note("clippy", clippy());
    }
    findings.note("rust", rust());
    findings.note("schema", schema());
    if !is_compiled {
        findings.note("doc", doc());
    }
    findings.note("deny", deny());
    findings.note("browser", browser());
}

/// Beside a compiler: what the web is checked by, and packages that tests want.
fn web_scripts_and_peers() -> Outcome {
    for folder in PEERS {
        npm(folder)?;
    }
    for script in WEB_SCRIPTS {
        step::run_aside("web", "npm", &["run", "--silent", script])?;
    }
    Ok(())
}

fn fmt() -> Outcome {
    step::run(".", "cargo", &["fmt", "--all", "--check"])
}

/// Types, style, unit tests and size of the web UI, and the UI itself: the binary embeds it.
fn web_checks() -> Outcome {
    web::build()?;
    for script in WEB_SCRIPTS {
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
    let flags: Vec<String> = DOCUMENTED.iter().map(|flag| format!("\"{flag}\"")).collect();
    let flags = format!("build.rustdocflags = [{}]", flags.join(", "));
    run_cargo(&["--config", &flags, "doc", "--workspace", "--no-deps", "--lib", "--bins", "--examples"])
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
