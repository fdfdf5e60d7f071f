//! `rookery env files`: what platforms want of a declaration, listed, written, or compared with what is there.

use super::{env, print};
use crate::declared::Declared;
use crate::failure::Failure;
use clap::Args;
use generated::{File, Generated, generate};
use operations::{EnvironmentName, Severity};
use std::fs;
use std::path::{Path, PathBuf};

/// How deep files lie in the folder of all.
const DEPTH_MAX: usize = 4;

/// Which files, and what is done with them.
#[derive(Debug, Args)]
pub struct FilesArgs {
    /// Of this one alone [default: of all, and what they have together]
    #[arg(value_name = "NAME")]
    which: Option<EnvironmentName>,
    /// Writes them into a folder [default: only lists them]
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Writes nothing and names what in the folder is not as it would be made; exit code 1 if there is something.
    #[arg(long, requires = "into")]
    check: bool,
}

/// Lists the files of one environment or of all, writes them, or compares.
///
/// # Errors
/// [`Failure::NotIsolated`] for what stands in the way, [`Failure::Stale`], [`Failure::GeneratedFile`].
pub fn run(declared: &Declared, args: &FilesArgs) -> Result<(), Failure> {
    let FilesArgs { which, into, check } = args;
    let which = which.as_ref().map(|name| declared.choose(Some(name))).transpose()?;
    let Generated { mut files, mut findings } = generate(&declared.declaration, &Declared::variables());
    if let Some(name) = &which {
        files.retain(|file| file.environment.as_ref() == Some(name));
        findings.retain(|finding| finding.environments.contains(name));
    }
    findings.iter().for_each(env::tell);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        return Err(Failure::NotIsolated { errors });
    }
    match into.as_deref() {
        None => files.iter().for_each(|file| print(&format!("{}\n", file.path))),
        Some(folder) if *check => return compare(&files, folder, which.is_none()),
        Some(folder) => {
            for file in &files {
                write(folder, file)?;
                print(&format!("{}\n", file.path));
            }
        }
    }
    Ok(())
}

fn write(folder: &Path, file: &File) -> Result<(), Failure> {
    let path = folder.join(&file.path);
    let failed = |source| Failure::GeneratedFile { path: path.clone(), source };
    fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
    fs::write(&path, &file.text).map_err(failed)
}

/// Names what is missing, what is different, and, of a whole folder, what was made once and would not be made now.
fn compare(files: &[File], folder: &Path, is_whole: bool) -> Result<(), Failure> {
    let mut count = 0;
    let mut stale = |path: &str, why: &str| {
        count += 1;
        print(&format!("{path}: {why}\n"));
    };
    for file in files {
        match fs::read_to_string(folder.join(&file.path)) {
            Ok(text) if text == file.text => {}
            Ok(_) => stale(&file.path, "is not as it would be made"),
            Err(_) => stale(&file.path, "is missing"),
        }
    }
    if is_whole {
        let mut there = Vec::new();
        made_before(folder, DEPTH_MAX, &mut there)?;
        for path in there {
            let path = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            if files.iter().all(|file| file.path != path) {
                stale(&path, "would not be made any more: remove it");
            }
        }
    }
    if count > 0 {
        return Err(Failure::Stale { count, into: folder.to_owned() });
    }
    print(&format!("{} files are as rookery.toml says.\n", files.len()));
    Ok(())
}

/// Files that say of themselves that they were made.
fn made_before(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |source| Failure::GeneratedFile { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let path = entry.path();
        if kind.is_dir() && depth > 0 {
            made_before(&path, depth - 1, found)?;
        } else if kind.is_file()
            && fs::read_to_string(&path).is_ok_and(|text| text.contains(generated::OPENING))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}
