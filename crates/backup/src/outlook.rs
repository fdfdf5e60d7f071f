//! What can be said of a place at a glance: its newest copies, and how the last drill went. For whoever looks again and
//! again: of what never changes nothing is read twice.

use crate::drill::Drilled;
use crate::error::Result;
use crate::manifest::{Mark, SnapshotId};
use crate::vault::{Entry, Vault};
use model::WallTime;

/// Copies that are looked at, from the newest on, for one that counts.
const LOOKED_AT_MAX: usize = 50;

/// A place at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// How many snapshots there are.
    pub count: usize,
    /// The newest.
    pub newest: Option<Copied>,
    /// The newest that was restored and found sound.
    pub sound: Option<Copied>,
    /// The last drill.
    pub drill: Option<Drilled>,
}

/// A snapshot at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its name.
    pub id: SnapshotId,
    /// The instant it shows.
    pub taken_at: WallTime,
    /// The bytes of everything, before compression.
    pub bytes: u64,
    /// What was found when it was checked last.
    pub mark: Option<Mark>,
}

impl Vault {
    /// Looks. `before`: what was found when somebody looked last.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store), and [`Error::WrongKey`](crate::Error::WrongKey) where no key here opens what
    /// is there.
    pub async fn outlook(&self, before: &Outlook) -> Result<Outlook> {
        let ids = self.store.list("snapshots/").await?;
        let marked = self.store.list("verified/").await?;
        let ids: Vec<SnapshotId> = ids.iter().filter_map(|listed| listed.key.name().parse().ok()).collect();
        let mut newest = None;
        let mut sound = None;
        for id in ids.iter().rev().take(LOOKED_AT_MAX) {
            let is_marked = marked.iter().any(|listed| listed.key == id.mark());
            let mark = if is_marked { self.mark(id).await? } else { None };
            let entry = Entry { id: id.clone(), mark };
            let counts = entry.counts();
            if newest.is_none() || counts {
                let copied = self.copied(entry, before).await?;
                newest = newest.or_else(|| Some(copied.clone()));
                sound = counts.then_some(copied);
            }
            if counts {
                break;
            }
        }
        Ok(Outlook { count: ids.len(), newest, sound, drill: self.last_drill().await? })
    }

    /// A manifest may be long and never changes: it is read once.
    async fn copied(&self, entry: Entry, before: &Outlook) -> Result<Copied> {
        let Entry { id, mark } = entry;
        let known = before.newest.iter().chain(&before.sound).find(|known| known.id == id);
        let (taken_at, bytes) = match known {
            Some(known) => (known.taken_at, known.bytes),
            None => {
                let manifest = self.manifest(&id).await?;
                (manifest.taken_at(), manifest.bytes())
            }
        };
        Ok(Copied { id, taken_at, bytes, mark })
    }
}
