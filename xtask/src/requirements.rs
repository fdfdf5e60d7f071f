//! What a command needs and installs if it is missing: Debian packages, npm packages, cargo tools.

use crate::step::{Outcome, exists, root, run};

/// Programs that tests use, and the Debian packages they are in.
const FOR_TESTS: [(&str, &str); 23] = [
    ("chromium", "chromium"),
    ("firefox-esr", "firefox-esr"),
    ("ffmpeg", "ffmpeg"),
    ("pg_ctlcluster", "postgresql"),
    ("pgbouncer", "pgbouncer"),
    ("nginx", "nginx-light"),
    ("redis-server", "redis-server"),
    ("caddy", "caddy"),
    ("promtool", "prometheus"),
    ("pebble", "pebble"),
    ("curl", "curl"),
    ("dnsmasq", "dnsmasq-base"),
    ("dbus-daemon", "dbus"),
    ("script", "bsdutils"),
    ("systemd-analyze", "systemd"),
    ("setpriv", "util-linux"),
    ("sshd", "openssh-server"),
    ("sudo", "sudo"),
    ("nft", "nftables"),
    ("ip", "iproute2"),
    ("jq", "jq"),
    ("envsubst", "gettext-base"),
    // Not needed, but dozens of test programs are linked.
    ("mold", "mold"),
];

/// Libraries that are opened when they are needed, and the Debian packages they are in.
const LIBRARIES: [(&str, &str); 1] = [("libasound.so.2", "libasound2")];

/// Programs of Python that tests use, each in the version they were written with.
const PYTHON: [(&str, &str); 3] = [
    ("check-jsonschema", "check-jsonschema==0.39.0"),
    ("zizmor", "zizmor==1.32.0"),
    ("aiosmtpd", "aiosmtpd==1.4.6"),
];
/// Where they are put: beside what is built.
const PYTHON_FOLDER: &str = "target/python";

/// The Debian packages of all tests.
///
/// # Errors
/// If something is missing and cannot be installed.
pub fn for_tests() -> Outcome {
    let programs = FOR_TESTS.iter().filter(|(program, _)| !exists(program));
    let loadable = crate::step::output(".", "/sbin/ldconfig", &["-p"]).unwrap_or_default();
    let libraries = LIBRARIES.iter().filter(|(library, _)| !loadable.contains(library));
    let missing: Vec<_> = programs.chain(libraries).map(|(_, package)| *package).collect();
    packages(&missing)?;
    if !exists("cargo-nextest") {
        run(".", "cargo", &["install", "--locked", "cargo-nextest"])?;
    }
    python()
}

/// Programs of Python, in a folder of their own.
fn python() -> Outcome {
    let programs = root().join(PYTHON_FOLDER).join("bin");
    if PYTHON.iter().all(|(program, _)| programs.join(program).exists()) {
        return Ok(());
    }
    if crate::step::output(".", "python3", &["-c", "import ensurepip"]).is_err() {
        packages(&["python3-venv"])?;
    }
    run(".", "python3", &["-m", "venv", PYTHON_FOLDER])?;
    let pip = format!("{PYTHON_FOLDER}/bin/pip");
    let mut args = vec!["install", "--quiet", "--disable-pip-version-check"];
    args.extend(PYTHON.iter().map(|(_, package)| *package));
    run(".", &pip, &args)
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

/// A cargo tool, not optimised: that would take longer than what it does.
///
/// # Errors
/// If it is missing and cannot be installed.
pub fn cargo_tool(name: &str) -> Outcome {
    if exists(name) { Ok(()) } else { run(".", "cargo", &["install", "--locked", "--debug", name]) }
}
