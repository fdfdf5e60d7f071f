//! What a command needs and installs if it is missing: Debian packages, npm packages, cargo tools.

use crate::step::{Outcome, exists, root, run};

/// Programs that tests use, and the Debian packages they are in.
const FOR_TESTS: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("firefox-esr", "firefox-esr"),
    ("ffmpeg", "ffmpeg"),
    ("pg_ctlcluster", "postgresql"),
    ("nginx", "nginx-light"),
];

/// The Debian packages of all tests.
///
/// # Errors
/// If something is missing and cannot be installed.
pub fn for_tests() -> Outcome {
    let missing: Vec<_> =
        FOR_TESTS.iter().filter(|(program, _)| !exists(program)).map(|(_, package)| *package).collect();
    packages(&missing)?;
    if !exists("cargo-nextest") {
        run(".", "cargo", &["install", "--locked", "cargo-nextest"])?;
    }
    Ok(())
}

fn packages(names: &[&str]) -> Outcome {
    if names.is_empty() {
        return Ok(());
    }
    if !exists("apt-get") {
        return Err(format!("install these first, as your system does it: {}", names.join(" ")));
    }
    let with_rights = |args: &[&str]| {
        if exists("sudo") && !is_root() {
            run(".", "sudo", &[&["apt-get"], args].concat())
        } else {
            run(".", "apt-get", args)
        }
    };
    with_rights(&["update", "-q"])?;
    with_rights(&[&["install", "-y", "-q", "--no-install-recommends"], names].concat())
}

fn is_root() -> bool {
    crate::step::output(".", "id", &["-u"]).is_ok_and(|id| id.trim() == "0")
}

/// The npm packages of a folder, exactly as its lock file says.
///
/// # Errors
/// If Node is missing or the packages cannot be installed.
pub fn npm(folder: &str) -> Outcome {
    if !exists("npm") {
        return Err("Node.js 20 or newer with npm is needed: install it as your system does it".to_owned());
    }
    let lock = root().join(folder).join("package-lock.json");
    let installed = root().join(folder).join("node_modules/.package-lock.json");
    let time = |path: &std::path::Path| path.metadata().and_then(|about| about.modified()).ok();
    if time(&installed).is_some_and(|at| Some(at) >= time(&lock)) {
        return Ok(());
    }
    run(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

/// A cargo tool.
///
/// # Errors
/// If it is missing and cannot be installed.
pub fn cargo_tool(name: &str) -> Outcome {
    if exists(name) { Ok(()) } else { run(".", "cargo", &["install", "--locked", name]) }
}
