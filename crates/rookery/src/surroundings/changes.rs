//! Releases of this environment on this machine: which one this program is of, which others are here, and what became of the
//! last changes. The journal of changes and the folder of releases may be read by everybody on the machine
//! (`docs/operations/machine.md`); where they may not, that is said.

use crate::commands::slots::release_of;
use crate::target::{self, Line};
use operations::{Layout, SlotName};
use release::{MANIFEST, MANIFEST_BYTES_MAX, Manifest};
use server::surroundings::{KeptRelease, ReleaseChange, ReleaseStep, ReleasesState};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Bytes of the journal's end that are read.
const JOURNAL_BYTES_MAX: u64 = 512 * 1024;
/// Changes that are shown.
const CHANGES_MAX: usize = 20;
/// Releases that are shown.
const RELEASES_MAX: usize = 50;
/// Characters of what is said about a step.
const SAID_CHARS_MAX: usize = 500;

pub struct Machine {
    journal: PathBuf,
    releases: PathBuf,
    release: Option<String>,
    commit: Option<String>,
}

impl Machine {
    /// For a process that just started; `slot`: the one it runs in, whose link leads to its release until the next start.
    pub fn of(layout: &Layout, slot: Option<SlotName>) -> Self {
        let release = slot.and_then(|slot| release_of(layout, slot));
        Self::at(Path::new(&layout.deploys()), Path::new(&layout.releases()), release)
    }

    fn at(journal: &Path, releases: &Path, release: Option<String>) -> Self {
        let commit = release.as_ref().and_then(|release| commit(&releases.join(release)));
        Self { journal: journal.to_owned(), releases: releases.to_owned(), release, commit }
    }

    /// The release that this program is of.
    pub fn release(&self) -> Option<&str> {
        self.release.as_deref()
    }

    /// The commit that this release was built from.
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    pub fn look(&self) -> ReleasesState {
        if !self.releases.exists() && !self.journal.exists() {
            return ReleasesState::default();
        }
        let (lines, unread) = match target::read_end(&self.journal, JOURNAL_BYTES_MAX) {
            Ok(lines) => (lines, None),
            Err(failure) => (Vec::new(), Some(failure.to_string())),
        };
        let (ids, unlisted) = match release::list(&self.releases) {
            Ok(ids) => (ids, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let kept = ids.into_iter().rev().take(RELEASES_MAX);
        let kept = kept
            .map(|id| KeptRelease { proven: target::is_proven(&lines, &id), id: id.to_string() })
            .collect();
        ReleasesState {
            here: true,
            serving: self.release.clone(),
            kept,
            changes: changes(lines),
            fault: unread.or(unlisted),
        }
    }
}

fn commit(folder: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(folder.join(MANIFEST)).ok()?.take(MANIFEST_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some(Manifest::parse(&bytes).ok()?.commit)
}

/// As it is written in the journal.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn changes(lines: Vec<Line>) -> Vec<ReleaseChange> {
    let mut changes = BTreeMap::<u64, ReleaseChange>::new();
    for line in lines {
        let change = changes.entry(line.change).or_insert_with(|| ReleaseChange {
            number: line.change,
            kind: word(&line.kind),
            release: line.release.to_string(),
            previous: line.previous.clone(),
            steps: Vec::new(),
        });
        change.steps.push(ReleaseStep {
            name: word(&line.step),
            at: line.at,
            said: line.said.chars().take(SAID_CHARS_MAX).collect(),
        });
    }
    changes.into_values().rev().take(CHANGES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    const ONE: &str = "20261121T210700Z-b50df30-ba7816bf";
    const OTHER: &str = "20261122T210700Z-c50df30-ca7816bf";

    fn line(change: usize, release: &str, step: &str) -> String {
        format!(
            "{{\"at\":\"2026-11-21T21:07:00Z\",\"change\":{change},\"kind\":\"deploy\",\"release\":\"{release}\",\
             \"previous\":\"good\",\"step\":\"{step}\",\"said\":\"a sentence\"}}\n"
        )
    }

    fn machine(journal: &str) -> (tempfile::TempDir, Machine) {
        let folder = tempfile::tempdir().unwrap();
        let releases = folder.path().join("releases");
        for id in [ONE, OTHER, "good"] {
            std::fs::create_dir_all(releases.join(id)).unwrap();
        }
        std::fs::write(folder.path().join("deploys"), journal).unwrap();
        let machine = Machine::at(&folder.path().join("deploys"), &releases, Some(ONE.to_owned()));
        (folder, machine)
    }

    #[test]
    fn the_last_changes_are_shown_newest_first_with_their_steps() {
        let mut journal = String::new();
        for change in 1..=25 {
            let _ = write!(journal, "{}{}", line(change, ONE, "begun"), line(change, ONE, "done"));
        }
        journal += &line(26, OTHER, "backing_up");
        let (_folder, machine) = machine(&journal);
        let found = machine.look();
        assert!(found.here && found.fault.is_none(), "{found:?}");
        assert_eq!((found.serving.as_deref(), machine.release()), (Some(ONE), Some(ONE)));
        let numbers: Vec<u64> = found.changes.iter().map(|change| change.number).collect();
        assert_eq!(numbers, (7..=26).rev().collect::<Vec<_>>());
        let steps = |at: usize| -> Vec<&str> {
            found.changes[at].steps.iter().map(|step| step.name.as_str()).collect()
        };
        assert_eq!((steps(0), steps(1)), (vec!["backing_up"], vec!["begun", "done"]));
        let kept: Vec<_> = found.kept.iter().map(|kept| (kept.id.as_str(), kept.proven)).collect();
        assert_eq!(kept, [(OTHER, false), (ONE, true)]);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_a_machine_without_releases_has_none() {
        let (_folder, machine) = machine("begun purple\n");
        let found = machine.look();
        assert!(found.fault.is_some_and(|fault| fault.contains("begun purple")));
        assert_eq!(found.kept.len(), 2);
        let nowhere = Path::new("/nowhere/at/all");
        assert_eq!(Machine::at(nowhere, nowhere, None).look(), ReleasesState::default());
    }
}
