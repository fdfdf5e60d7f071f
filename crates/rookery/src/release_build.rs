//! A release folder from a program that is built and the sources it was built from: git, cargo and the program itself are
//! asked.

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::release_settings::{BuildArgs, Unfit};
use model::Clock as _;
use release::{Error, Facts, Ingredients, Instant, Manifest, Parts, Profile, SigningKey, make, sign};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The crate of the program.
const PACKAGE: &str = "rookery";
/// What the web UI inside it was built with.
const WEB_LOCK: &str = "web/package-lock.json";

/// Makes a release folder, signed if there is a key; where it is, and what.
///
/// # Errors
/// [`Failure::Unfit`] for what people should not get, [`Failure::Release`].
pub fn build(args: &BuildArgs) -> Result<(PathBuf, Manifest), Failure> {
    let key = args.key.as_deref().map(|file| signing_key(file, args.key_password.as_deref())).transpose()?;
    let program = read(&args.binary)?;
    let facts = ask(&args.binary)?;
    let is_static = release::loader(&program)?.is_none();
    let commit = said(&args.source, "git", &["rev-parse", "HEAD"])?.trim().to_owned();
    let is_modified = !said(&args.source, "git", &["status", "--porcelain"])?.trim().is_empty();
    let unfit = [
        (
            facts.profile == Profile::Debug,
            Unfit::Debug,
            "debug",
            "the program was built for whoever works on it",
        ),
        (!is_static, Unfit::Dynamic, "dynamic", "the program needs libraries beside it"),
        (is_modified, Unfit::Modified, "modified", "the sources are in no commit"),
    ];
    for (is_so, kind, word, what) in unfit {
        if is_so && !args.allow.contains(&kind) {
            return Err(Failure::Unfit { what, word });
        }
    }
    let metadata = said(
        &args.source,
        "cargo",
        &["metadata", "--format-version", "1", "--locked", "--filter-platform", &facts.target],
    )?;
    let lock = String::from_utf8_lossy(&read(&args.source.join("Cargo.lock"))?).into_owned();
    let web_lock = read(&args.source.join(WEB_LOCK)).ok();
    let certificates = if is_static { Some(read(&args.certificates)?) } else { None };
    let now = SystemClock::start().wall().millis() / 1000;
    let built_at = Instant::from_seconds(args.built_at.unwrap_or(now));
    let ingredients = Ingredients {
        program: &program,
        facts,
        commit,
        is_modified,
        built_at: built_at.ok_or_else(|| Failure::Deploy("--built-at is no instant".to_owned()))?,
        parts: Parts {
            package: PACKAGE,
            metadata: metadata.as_bytes(),
            lock: &lock,
            web_lock: web_lock.as_deref(),
        },
        certificates: certificates.as_deref(),
    };
    put(args, ingredients, key.as_ref())
}

/// Under a name that is none first: a release folder is whole.
fn put(
    args: &BuildArgs,
    ingredients: Ingredients<'_>,
    key: Option<&SigningKey>,
) -> Result<(PathBuf, Manifest), Failure> {
    let partly = args.to.join(format!(".partly-{}", std::process::id()));
    let made = make(ingredients, &partly).and_then(|manifest| {
        if let Some(key) = key {
            sign(&partly, key)?;
        }
        let folder = args.to.join(manifest.id.as_str());
        if folder.exists() {
            return Err(Error::Taken(folder));
        }
        let failed = |source| Error::File { action: "name", path: folder.clone(), source };
        fs::rename(&partly, &folder).map_err(failed)?;
        Ok((folder, manifest))
    });
    if made.is_err() {
        let _ = fs::remove_dir_all(&partly);
    }
    Ok(made?)
}

/// What a program says of itself.
///
/// # Errors
/// [`Failure::Deploy`] if it does not run here, or is no rookery.
pub fn ask(program: &Path) -> Result<Facts, Failure> {
    let failed =
        |why: String| Failure::Deploy(format!("{} does not say what it is: {why}", program.display()));
    // A name without a folder would be looked for where programs are.
    let whole = fs::canonicalize(program).map_err(|error| failed(error.to_string()))?;
    let asked = Command::new(whole).arg("about").stdin(Stdio::null()).output();
    let asked = asked.map_err(|error| failed(error.to_string()))?;
    if !asked.status.success() {
        return Err(failed(String::from_utf8_lossy(&asked.stderr).trim().to_owned()));
    }
    serde_json::from_slice(&asked.stdout).map_err(|error| failed(error.to_string()))
}

fn signing_key(file: &Path, password: Option<&str>) -> Result<SigningKey, Failure> {
    let text = String::from_utf8_lossy(&read(file)?).into_owned();
    Ok(SigningKey::parse(&file.display().to_string(), &text, password)?)
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    fs::read(file).map_err(|source| Error::File { action: "read", path: file.to_owned(), source })
}

fn said(folder: &Path, program: &str, words: &[&str]) -> Result<String, Failure> {
    let failed = |why: String| Failure::Deploy(format!("`{program} {}`: {why}", words.join(" ")));
    let asked = Command::new(program).args(words).current_dir(folder).stdin(Stdio::null()).output();
    let asked = asked.map_err(|error| failed(error.to_string()))?;
    if !asked.status.success() {
        return Err(failed(String::from_utf8_lossy(&asked.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&asked.stdout).into_owned())
}
