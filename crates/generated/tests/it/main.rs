//! The files that are made of declarations, as the programs that read them judge them.
//!
//! Needs `caddy`, `promtool`, `systemd-analyze` and, in `target/python`, `check-jsonschema` and `zizmor`: `cargo xtask test
//! rust` installs them. Without one a test fails.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails by panicking")]

mod adapters;
mod formats;
mod hostile;
mod limits;
mod numbers;

use generated::{Generated, generate};
use operations::Declaration;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the whole project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn example() -> String {
    std::fs::read_to_string(root().join("deploy/rookery.toml")).unwrap()
}

/// By which variable a process takes a setting, as the manual says it.
fn variables() -> BTreeMap<String, String> {
    let manual = std::fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let of = |line: &str| {
        let mut cells =
            line.strip_prefix("| `--")?.split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
        let flag = cells.next()?;
        let variable = cells.next()?;
        Some((flag.trim_end_matches('`').replace('-', "_"), variable))
    };
    let mut known: BTreeMap<String, String> = manual.lines().filter_map(of).collect();
    for name in [
        "every",
        "keep",
        "recipients",
        "key_file",
        "s3_endpoint",
        "s3_region",
        "s3_access_key_id",
        "s3_secret_key",
        "s3_secret_key_file",
    ] {
        known.insert(format!("backup_{name}"), format!("ROOKERY_BACKUP_{}", name.to_uppercase()));
    }
    known
}

fn made(text: &str) -> Generated {
    generate(&Declaration::parse(text).unwrap(), &variables())
}

fn text<'a>(made: &'a Generated, path: &str) -> &'a str {
    let found = made.files.iter().find(|file| file.path == path);
    found.map_or_else(|| panic!("{path} is not made: {:?}", made.findings), |file| &file.text)
}

/// Writes everything into a folder.
fn written(made: &Generated) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in &made.files {
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.text).unwrap();
    }
    folder
}

/// Runs a program; whether it is content, and all it said.
fn ask(program: &str, args: &[&str], folder: &Path) -> (bool, String) {
    let own = root().join("target/python/bin").join(program);
    let program = if own.exists() { own.into_os_string() } else { program.into() };
    let output = Command::new(&program).args(args).current_dir(folder).env("HOME", folder).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{program:?}, which this test needs: {error}; see `cargo xtask test rust`")
    });
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// Has a program look at what was made, which must be content.
fn content(program: &str, args: &[&str], folder: &Path) -> String {
    let (is_content, said) = ask(program, args, folder);
    assert!(is_content, "{program} {args:?}: {said}");
    said
}
