//! Compiling in one pass: every crate of ours is compiled by clippy, which is rustc with more lints, and documented at
//! once. Each by itself would look at hundreds of other crates again, without making anything of them: in a fresh clone that
//! took three minutes.
//!
//! Cargo calls this program, under another name, instead of rustc for each of our crates.

use crate::checks::DOCUMENTED;
use crate::step::{Outcome, compile_with, root, run};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// By this name the program knows that cargo calls it.
const NAME: &str = "rustc-clippy-rustdoc";
/// What follows a word that is passed on to rustdoc.
const WITH_VALUE: [&str; 6] = ["--crate-name", "--crate-type", "--cfg", "--check-cfg", "-L", "--extern"];

/// Compiles what is tested. From then on cargo compiles like that; if something is wrong, like everybody again.
///
/// # Errors
/// If it does not compile, has something that clippy warns of, or its documentation has.
pub fn compile(tested: &[&str]) -> Outcome {
    let here = std::env::current_exe().map_err(|error| format!("where this program is: {error}"))?;
    let compiler = root().join("target").join(NAME);
    // A copy: this program is compiled again, too.
    std::fs::copy(here, &compiler).map_err(|error| format!("{}: {error}", compiler.display()))?;
    compile_with(Some(compiler));
    let done = run(".", "cargo", &[&["nextest", "run", "--no-run"], tested].concat());
    if done.is_err() {
        compile_with(None);
    }
    done
}

/// Compiles one crate, if it is cargo that called.
pub fn answer_cargo() -> Option<ExitCode> {
    let mut words = std::env::args_os();
    let own = words.next()?;
    if Path::new(&own).file_name() != Some(OsStr::new(NAME)) {
        return None;
    }
    let words: Vec<OsString> = words.collect();
    let compiled = succeeds(Command::new(tool("clippy-driver")).args(&words));
    let is_well = compiled
        && documented(&words).is_none_or(|words| succeeds(Command::new(tool("rustdoc")).args(words)));
    Some(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

/// A program of the toolchain that cargo is of.
fn tool(name: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").map(PathBuf::from);
    let beside = cargo.and_then(|cargo| Some(cargo.parent()?.join(name)));
    beside.filter(|tool| tool.exists()).unwrap_or_else(|| name.into())
}

/// What rustdoc is told of a crate, from what rustc was; nothing for tests and build scripts.
fn documented(words: &[OsString]) -> Option<Vec<OsString>> {
    let texts: Vec<&str> = words.iter().map(|word| word.to_str()).collect::<Option<_>>()?;
    let is_source = |word: &&&str| word.ends_with("src/lib.rs") || word.ends_with("src/main.rs");
    let source = texts.iter().find(is_source)?;
    if texts.contains(&"--test") {
        return None;
    }
    let mut told = vec![*source, "--out-dir=target/doc"];
    told.extend(DOCUMENTED);
    told.extend(texts.iter().filter(|word| word.starts_with("--edition=")));
    for pair in texts.windows(2).filter(|pair| WITH_VALUE.contains(&pair[0])) {
        told.extend(pair);
    }
    Some(told.into_iter().map(OsString::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str) -> Option<String> {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        Some(documented(&words)?.join(OsStr::new(" ")).into_string().unwrap())
    }

    #[test]
    fn libraries_and_programs_are_documented_and_tests_and_build_scripts_are_not() {
        let words = "rustc --crate-name nest --edition=2024 crates/nest/src/lib.rs --error-format=json --crate-type lib \
                     --emit=dep-info,metadata,link -C debuginfo=1 --check-cfg cfg(test) -L dependency=target/debug/deps \
                     --extern model=target/debug/deps/libmodel.rmeta";
        let expected = "crates/nest/src/lib.rs --out-dir=target/doc FLAGS --edition=2024 \
                        --crate-name nest --crate-type lib --check-cfg cfg(test) -L dependency=target/debug/deps --extern \
                        model=target/debug/deps/libmodel.rmeta";
        assert_eq!(told(words), Some(expected.replace("FLAGS", &DOCUMENTED.join(" "))));
        assert!(told(&words.replace("lib.rs", "main.rs")).is_some());
        assert_eq!(told(&format!("{words} --test")), None);
        assert_eq!(told(&words.replace("src/lib.rs", "tests/it/main.rs")), None);
        assert_eq!(told(&words.replace("src/lib.rs", "build.rs")), None);
        assert_eq!(told("rustc -vV"), None);
    }
}
