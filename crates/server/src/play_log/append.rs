//! Appending lines to a file so that each stands there once and whole, whatever happened in between: a crash after
//! writing and before it was noted, a line torn by a full disk, another program that appends too.
//!
//! What the file ends with tells: lines that are there already are not written again, and a piece of a line that was torn
//! is taken away before the line is written.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// How much of the end of a file is looked at besides what is to be written, in bytes.
const TAIL_BYTES: u64 = 256 * 1024;

/// Appends those lines that the file does not end with, and waits until they are on disk; how many they were.
pub(super) fn append(path: &Path, lines: &[String]) -> io::Result<usize> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let tail = tail(&mut file, lines)?;
    let (whole, torn) = match tail.iter().rposition(|&byte| byte == b'\n') {
        Some(at) => (&tail[..at], &tail[at + 1..]),
        None => (&tail[..0], &tail[..]),
    };
    let mut text = String::new();
    if !torn.is_empty() {
        if lines.iter().any(|line| line.as_bytes().starts_with(torn)) {
            let length = file.metadata()?.len();
            file.set_len(length - torn.len() as u64)?;
        } else {
            // Not ours: a line whose end is missing.
            text.push('\n');
        }
    }
    let there: Vec<&[u8]> = whole.split(|&byte| byte == b'\n').collect();
    let missing: Vec<_> = lines.iter().filter(|line| !there.contains(&line.as_bytes())).collect();
    for line in &missing {
        text.push_str(line);
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(missing.len())
}

fn tail(file: &mut File, lines: &[String]) -> io::Result<Vec<u8>> {
    let wanted = TAIL_BYTES + 2 * lines.iter().map(|line| line.len() as u64 + 1).sum::<u64>();
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(wanted)))?;
    let mut tail = Vec::new();
    file.take(wanted).read_to_end(&mut tail)?;
    Ok(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file with `before` holds after `lines` were appended.
    #[track_caller]
    fn after(before: &str, lines: &[&str]) -> String {
        let folder = std::env::temp_dir().join(format!("rookery-append-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let name = format!("{:?}", std::thread::current().id());
        let path = folder.join(name);
        std::fs::write(&path, before).unwrap();
        let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        append(&path, &lines).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        text
    }

    #[test]
    fn lines_are_added_once_and_whole() {
        assert_eq!(after("", &["one", "two"]), "one\ntwo\n");
        assert_eq!(after("zero\n", &["one"]), "zero\none\n");
        assert_eq!(after("zero\none\n", &["one", "two"]), "zero\none\ntwo\n");
        assert_eq!(after("zero\none\ntw", &["one", "two"]), "zero\none\ntwo\n");
        assert_eq!(after("on", &["one"]), "one\n");
        assert_eq!(after("one\n", &[]), "one\n");
    }

    #[test]
    fn what_somebody_else_left_unfinished_stays() {
        assert_eq!(after("theirs\nthei", &["one"]), "theirs\nthei\none\n");
        assert_eq!(after("theirs", &["one"]), "theirs\none\n");
    }

    #[test]
    fn a_long_file_is_not_read_from_its_beginning() {
        let before = "an old line\n".repeat(100_000);
        assert_eq!(after(&before, &["one"]), format!("{before}one\n"));
    }
}
