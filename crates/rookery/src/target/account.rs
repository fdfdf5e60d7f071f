//! What can be said of an environment's releases: which serves, which served before, which was proven here.

use super::Target;
use super::journal::{Kind, Line, Step, read};
use crate::commands::slots::release_of;
use crate::failure::Failure;
use crate::slot_door::Door;
use operations::SlotName;
use release::{ReleaseId, list};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Everything at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The environment.
    pub environment: String,
    /// The release that serves; a folder of releases.
    pub serving: Option<String>,
    /// The slot it serves in, and how many it serves.
    pub slot: Option<String>,
    /// How many connections it has.
    pub visitors: u64,
    /// The releases that are here, oldest first.
    pub releases: Vec<Known>,
    /// The last step of the last change.
    pub last: Option<Line>,
}

/// A release that is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Which.
    pub id: ReleaseId,
    /// Whether it was brought here, looked at, watched and confirmed, and not put back since.
    pub is_proven: bool,
}

impl Account {
    /// The release that served before the one that serves.
    pub fn before(lines: &[Line], serving: &str) -> Option<String> {
        let came =
            lines.iter().rev().find(|line| line.step == Step::Done && line.release.as_str() == serving);
        came?.previous.clone()
    }
}

/// Whether a release was brought, looked at, watched and confirmed, and not put back since.
pub fn is_proven(lines: &[Line], id: &ReleaseId) -> bool {
    let ends = lines.iter().rev().filter(|line| line.step.is_last() && line.release == *id);
    let mut ends = ends.filter(|line| line.kind == Kind::Deploy && line.step != Step::Abandoned);
    ends.next().is_some_and(|line| line.step == Step::Done)
}

/// What there is to say.
///
/// # Errors
/// [`Failure::Deploy`], [`Failure::Release`] if something cannot be read.
pub fn account(target: &Target) -> Result<Account, Failure> {
    let lines = read(Path::new(&target.layout.deploys()))?;
    let standing = SlotName::ALL.into_iter().find_map(|slot| {
        let at = Door::at(target.layout.admin_socket(slot)).standing()?;
        (at.stance == "serving").then_some((slot, at.visitors))
    });
    let ids = list(&target.releases())?;
    Ok(Account {
        environment: target.name.to_string(),
        serving: standing.and_then(|(slot, _)| release_of(&target.layout, slot)),
        slot: standing.map(|(slot, _)| slot.to_string()),
        visitors: standing.map_or(0, |(_, visitors)| visitors),
        releases: ids.into_iter().map(|id| Known { is_proven: is_proven(&lines, &id), id }).collect(),
        last: lines.into_iter().next_back(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "20261121T210700Z-b50df30-ba7816bf";
    const OTHER: &str = "20261122T210700Z-c50df30-ca7816bf";

    fn line(change: u64, kind: Kind, release: &str, previous: &str, step: Step) -> Line {
        Line {
            at: String::new(),
            change,
            kind,
            release: release.parse().unwrap(),
            previous: Some(previous.to_owned()),
            step,
            said: String::new(),
        }
    }

    #[test]
    fn a_release_is_proven_once_it_was_confirmed_and_no_more_once_it_was_put_back() {
        let (one, other) = (ONE.parse().unwrap(), OTHER.parse().unwrap());
        let mut lines = vec![line(1, Kind::Deploy, ONE, "good", Step::Soaking)];
        assert!(!is_proven(&lines, &one));
        lines.push(line(1, Kind::Deploy, ONE, "good", Step::Done));
        assert!(is_proven(&lines, &one) && !is_proven(&lines, &other));
        // One that never served says nothing about it.
        lines.push(line(2, Kind::Deploy, ONE, OTHER, Step::Abandoned));
        assert!(is_proven(&lines, &one));
        lines.push(line(3, Kind::Deploy, ONE, OTHER, Step::Reverted));
        assert!(!is_proven(&lines, &one));
        // Going back to it in an emergency proves nothing.
        lines.push(line(4, Kind::Rollback, ONE, OTHER, Step::Done));
        assert!(!is_proven(&lines, &one));
    }

    #[test]
    fn the_release_before_is_the_one_that_served_when_this_one_came() {
        let lines = [
            line(1, Kind::Deploy, ONE, "good", Step::Done),
            line(2, Kind::Deploy, OTHER, ONE, Step::Done),
            line(3, Kind::Deploy, ONE, OTHER, Step::Reverted),
        ];
        assert_eq!(Account::before(&lines, OTHER).as_deref(), Some(ONE));
        assert_eq!(Account::before(&lines, ONE).as_deref(), Some("good"));
        assert_eq!(Account::before(&lines, "good"), None);
    }
}
