//! What became of every release that was brought here: a line a step, on disk before the step is taken.
//!
//! The file is also the machine's memory: which release was proven here, which one served before, and what is left to do
//! after a process died.

use crate::failure::Failure;
use release::ReleaseId;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Bytes of a journal that are read: a hundred thousand steps. What is older is not looked at.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What kind of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Another release comes.
    Deploy,
    /// One that was here comes back.
    Rollback,
}

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It was asked for.
    Begun,
    /// The release and the machine are about to be looked at.
    Checking,
    /// A backup is about to be made, and restored to see that it is one.
    BackingUp,
    /// The release is about to be tried on a copy of the database.
    Rehearsing,
    /// The release is about to be tried on some people.
    Trying,
    /// The release is about to take over.
    Switching,
    /// It serves, and is about to be looked at as people see it.
    Smoking,
    /// It is about to be watched for a while.
    Soaking,
    /// Whoever brought it is about to be waited for.
    Waiting,
    /// The one before is about to be put back.
    Reverting,
    /// It serves, for good.
    Done,
    /// The one before serves again.
    Reverted,
    /// It never served.
    Abandoned,
    /// It serves and does not do well, and nothing was put back: there is none before, or somebody is to decide.
    Held,
}

impl Step {
    /// Whether nothing comes after it.
    pub const fn is_last(self) -> bool {
        matches!(self, Self::Done | Self::Reverted | Self::Abandoned | Self::Held)
    }
}

/// What is to be done about a change whose process died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: it had ended.
    Nothing,
    /// It had not touched what serves.
    Abandon,
    /// It may serve or not.
    Look,
    /// It serves; whoever brought it may have confirmed it.
    Confirm,
    /// It serves, and nobody has said that it does well.
    Revert,
}

impl Step {
    /// What a change that was cut off in this step leaves to do.
    pub const fn left(self) -> Left {
        match self {
            Self::Begun | Self::Checking | Self::BackingUp | Self::Rehearsing | Self::Trying => Left::Abandon,
            Self::Switching => Left::Look,
            Self::Waiting => Left::Confirm,
            Self::Smoking | Self::Soaking | Self::Reverting => Left::Revert,
            Self::Done | Self::Reverted | Self::Abandoned | Self::Held => Left::Nothing,
        }
    }
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, RFC 3339.
    pub at: String,
    /// Which change, counted from 1.
    pub change: u64,
    /// What kind.
    pub kind: Kind,
    /// The release that comes.
    pub release: ReleaseId,
    /// What served before; a folder of releases.
    pub previous: Option<String>,
    /// How far it has come.
    pub step: Step,
    /// What there is to say about it.
    pub said: String,
}

/// The journal of an environment. While it is open, no other process opens it.
#[derive(Debug)]
pub struct Journal {
    file: File,
    last: Option<Line>,
}

impl Journal {
    /// Opens it, or begins one.
    ///
    /// # Errors
    /// [`Failure::Deploy`] if another change is under way, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::Deploy(format!("{}: {error}", path.display()));
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::Deploy("another change of releases is under way".to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let (lines, whole) = lines(&mut file, path, BYTES_MAX)?;
        // A line that was cut off was not yet acted on.
        file.set_len(whole).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self { file, last: lines.into_iter().next_back() })
    }

    /// The last line.
    pub const fn last(&self) -> Option<&Line> {
        self.last.as_ref()
    }

    /// Adds a line. Once this returns, it is on disk.
    ///
    /// # Errors
    /// [`Failure::Deploy`] if it cannot be written.
    pub fn write(&mut self, line: Line) -> Result<(), Failure> {
        let failed = |why: String| Failure::Deploy(format!("the journal cannot be written: {why}"));
        let mut text = serde_json::to_string(&line).map_err(|error| failed(error.to_string()))?;
        text.push('\n');
        self.file.write_all(text.as_bytes()).map_err(|error| failed(error.to_string()))?;
        self.file.sync_data().map_err(|error| failed(error.to_string()))?;
        self.last = Some(line);
        Ok(())
    }
}

/// Everything a journal says, without waiting for whoever writes it.
///
/// # Errors
/// [`Failure::Deploy`] if it says something that is not understood.
pub fn read(path: &Path) -> Result<Vec<Line>, Failure> {
    read_end(path, BYTES_MAX)
}

/// The same of so many bytes at its end.
///
/// # Errors
/// As [`read`].
pub fn read_end(path: &Path, bytes_max: u64) -> Result<Vec<Line>, Failure> {
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Failure::Deploy(format!("{}: {error}", path.display()))),
        Ok(mut file) => Ok(lines(&mut file, path, bytes_max)?.0),
    }
}

/// Whole lines, and where the last of them ends.
fn lines(file: &mut File, path: &Path, bytes_max: u64) -> Result<(Vec<Line>, u64), Failure> {
    let failed = |why: String| Failure::Deploy(format!("{}: {why}", path.display()));
    let length = file.metadata().map_err(|error| failed(error.to_string()))?.len();
    let from = length.saturating_sub(bytes_max);
    file.seek(SeekFrom::Start(from)).map_err(|error| failed(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(bytes_max).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    // It may begin in the middle of a line, and of a letter.
    let first = bytes.iter().position(|byte| *byte == b'\n').map_or(whole, |at| at + 1);
    let begin = if from == 0 { 0 } else { first };
    let text = std::str::from_utf8(&bytes[begin..whole]).map_err(|error| failed(error.to_string()))?;
    let read = text.lines().map(|line| {
        serde_json::from_str(line).map_err(|error| failed(format!("`{line}` is not understood: {error}")))
    });
    Ok((read.collect::<Result<_, _>>()?, from + whole as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 13] = [
        Step::Begun,
        Step::Checking,
        Step::BackingUp,
        Step::Rehearsing,
        Step::Switching,
        Step::Smoking,
        Step::Soaking,
        Step::Waiting,
        Step::Reverting,
        Step::Done,
        Step::Reverted,
        Step::Abandoned,
        Step::Held,
    ];

    fn line(change: u64, step: Step) -> Line {
        Line {
            at: "2026-11-21T21:07:00Z".to_owned(),
            change,
            kind: Kind::Deploy,
            release: "20261121T210700Z-b50df30-ba7816bf".parse().unwrap(),
            previous: Some("good".to_owned()),
            step,
            said: "a sentence".to_owned(),
        }
    }

    #[test]
    fn what_was_written_last_is_known_after_a_crash_in_the_middle_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deploys");
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), None);
        journal.write(line(1, Step::Begun)).unwrap();
        drop(journal);
        File::options().append(true).open(&path).unwrap().write_all(b"{\"at\": \"2026").unwrap();
        assert_eq!(read(&path).unwrap(), [line(1, Step::Begun)]);
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), Some(&line(1, Step::Begun)));
        journal.write(line(1, Step::Done)).unwrap();
        drop(journal);
        assert_eq!(read(&path).unwrap(), [line(1, Step::Begun), line(1, Step::Done)]);
    }

    #[test]
    fn one_change_at_a_time_and_anybody_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deploys");
        assert_eq!(read(&path).unwrap(), []);
        let mut journal = Journal::open(&path).unwrap();
        assert!(Journal::open(&path).unwrap_err().to_string().contains("under way"));
        journal.write(line(1, Step::Begun)).unwrap();
        assert_eq!(read(&path).unwrap().len(), 1);
    }

    #[test]
    fn the_end_of_a_long_journal_is_read_from_its_first_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deploys");
        let mut journal = Journal::open(&path).unwrap();
        let said = |change| Line { said: "…".repeat(20), ..line(change, Step::Begun) };
        for change in 1..=5 {
            journal.write(said(change)).unwrap();
        }
        let each = std::fs::metadata(&path).unwrap().len() / 5;
        for cut_off in 0..each {
            let read = read_end(&path, 3 * each - cut_off).unwrap();
            assert_eq!(read, [said(4), said(5)], "{cut_off}");
        }
    }

    #[test]
    fn a_journal_that_says_something_else_is_not_guessed_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deploys");
        std::fs::write(&path, "begun purple\n").unwrap();
        assert!(Journal::open(&path).unwrap_err().to_string().contains("begun purple"));
    }

    #[test]
    fn whatever_was_cut_off_leaves_something_to_do_and_whatever_ended_does_not() {
        for step in STEPS {
            assert_eq!(step.left() == Left::Nothing, step.is_last(), "{step:?}");
        }
        // What people may have met is never left to itself.
        for step in [Step::Smoking, Step::Soaking, Step::Reverting] {
            assert_eq!(step.left(), Left::Revert, "{step:?}");
        }
    }
}
