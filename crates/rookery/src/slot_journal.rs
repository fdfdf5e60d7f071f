//! What a change of slots was about to do, written down before it is done: a line a step, on disk before the step is taken.

use crate::failure::Failure;
use operations::SlotName;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The slot is about to be started.
    Begun,
    /// The slot could serve, and is about to be opened.
    Opening,
    /// It serves, and the other one has ended.
    Done,
    /// It was ended again; the other one serves.
    Undone,
}

const NAMES: [(Step, &str); 4] =
    [(Step::Begun, "begun"), (Step::Opening, "opening"), (Step::Done, "done"), (Step::Undone, "undone")];

/// A line of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// How far it has come.
    pub step: Step,
    /// The slot that takes over.
    pub to: SlotName,
}

/// The journal of an environment. While it is open, no other process opens it.
#[derive(Debug)]
pub struct Journal {
    file: File,
    last: Option<Record>,
}

impl Journal {
    /// Opens it, or begins one.
    ///
    /// # Errors
    /// [`Failure::Slots`] if another process has it, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| Failure::Slots(format!("{}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::Slots("another change of slots is under way".to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(Failure::slots(error)),
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(Failure::slots)?;
        // A line that was cut off was not yet acted on.
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(Failure::slots)?;
        file.seek(std::io::SeekFrom::End(0)).map_err(Failure::slots)?;
        let last = text[..whole].lines().next_back().map(|line| {
            read(line).ok_or_else(|| Failure::Slots(format!("{} says `{line}`", path.display())))
        });
        Ok(Self { file, last: last.transpose()? })
    }

    /// The last line.
    pub fn last(&self) -> Option<Record> {
        self.last
    }

    /// Adds a line. Once this returns, it is on disk.
    ///
    /// # Errors
    /// [`Failure::Slots`] if it cannot be written.
    pub fn write(&mut self, record: &Record) -> Result<(), Failure> {
        let name = NAMES.iter().find(|(step, _)| *step == record.step).map_or("", |(_, name)| *name);
        self.file.write_all(format!("{name} {}\n", record.to).as_bytes()).map_err(Failure::slots)?;
        self.file.sync_data().map_err(Failure::slots)?;
        self.last = Some(*record);
        Ok(())
    }
}

fn read(line: &str) -> Option<Record> {
    let (name, slot) = line.split_once(' ')?;
    let (step, _) = NAMES.iter().find(|(_, known)| *known == name)?;
    let to = SlotName::ALL.into_iter().find(|known| known.as_str() == slot)?;
    Some(Record { step: *step, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_last_is_known_after_a_crash_in_the_middle_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), None);
        let begun = Record { step: Step::Begun, to: SlotName::Green };
        journal.write(&begun).unwrap();
        drop(journal);
        let mut torn = File::options().append(true).open(&path).unwrap();
        torn.write_all(b"open").unwrap();
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), Some(begun));
        let done = Record { step: Step::Done, to: SlotName::Green };
        journal.write(&done).unwrap();
        drop(journal);
        assert_eq!(Journal::open(&path).unwrap().last(), Some(done));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "begun green\ndone green\n");
    }

    #[test]
    fn one_change_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let _first = Journal::open(&path).unwrap();
        assert!(Journal::open(&path).unwrap_err().to_string().contains("under way"));
    }

    #[test]
    fn a_journal_that_says_something_else_is_not_guessed_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        std::fs::write(&path, "begun purple\n").unwrap();
        assert!(Journal::open(&path).unwrap_err().to_string().contains("begun purple"));
    }
}
