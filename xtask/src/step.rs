//! Running other programs, saying which and how long they took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What cargo compiles our own crates with, if it is not rustc.
static COMPILER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// What went wrong, in a sentence.
pub type Outcome<T = ()> = Result<T, String>;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Runs a program in a folder of the repository and waits for it.
///
/// # Errors
/// If it cannot be started or does not succeed.
#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "this is a command line, timing its steps"
)]
pub fn run(folder: &str, program: &str, args: &[&str]) -> Outcome {
    let shown = format!("{program} {}", args.join(" "));
    eprintln!("\n▸ {shown}");
    let began = Instant::now();
    let status = command(folder, program, args)
        .status()
        .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    if status.success() {
        eprintln!("✓ {shown} ({:.1} s)", began.elapsed().as_secs_f32());
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// Runs a program beside others: what it prints is told when it has ended.
///
/// # Errors
/// If it cannot be started or does not succeed.
#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "this is a command line, timing its steps"
)]
pub fn run_aside(folder: &str, program: &str, args: &[&str]) -> Outcome {
    let shown = format!("{program} {}", args.join(" "));
    let began = Instant::now();
    let output = command(folder, program, args)
        .output()
        .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    let [said, complaints] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    let mark = if output.status.success() { '✓' } else { '✗' };
    eprintln!("\n▸ {shown}\n{said}{complaints}{mark} {shown} ({:.1} s)", began.elapsed().as_secs_f32());
    if output.status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({})", output.status)) }
}

/// What a program prints.
///
/// # Errors
/// If it cannot be started or does not succeed.
pub fn output(folder: &str, program: &str, args: &[&str]) -> Outcome<String> {
    let output = command(folder, program, args)
        .output()
        .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("`{program} {}` failed: {}", args.join(" "), String::from_utf8_lossy(&output.stderr)))
    }
}

/// Whether a program is there.
pub fn exists(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Has every cargo that is started from here on compile our own crates with this program, which warnings are errors to.
pub fn compile_with(program: Option<PathBuf>) {
    *COMPILER.lock().unwrap_or_else(PoisonError::into_inner) = program;
}

fn command(folder: &str, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root().join(folder));
    if program != "cargo" {
        return command;
    }
    if std::env::var_os("CARGO_INCREMENTAL").is_none() && !is_worked_on() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    let compiler = COMPILER.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(compiler) = compiler {
        // As `cargo clippy` tells it: words with this between them.
        let denied = "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__";
        command.env("RUSTC_WORKSPACE_WRAPPER", compiler).env("CLIPPY_ARGS", denied);
    }
    command
}

/// Whether somebody has built parts of the product here bit by bit. Where nobody has, as in a fresh clone, compiling in
/// whole is quicker than keeping the pieces.
pub fn is_worked_on() -> bool {
    let kept = std::fs::read_dir(root().join("target/debug/incremental"));
    kept.is_ok_and(|pieces| {
        pieces.flatten().any(|piece| piece.file_name().to_string_lossy().starts_with("server-"))
    })
}
