//! What only the program around the server knows of how it is run: its backups, its releases, the environments that are
//! declared. The page of operations asks for it. In a test, and wherever nobody says, there is none.

pub use protocol::http::{
    BackupCopy, BackupPlace, BackupsState, DeclaredEnvironment, DrillState, KeptRelease, ReleaseChange,
    ReleaseStep, ReleasesState, RoomTaken,
};

use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;

/// What was seen when somebody looked.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The environment of this process.
    pub environment: String,
    /// The release it was started from.
    pub release: Option<String>,
    /// The commit of that.
    pub commit: Option<String>,
    /// The slot it runs in.
    pub slot: Option<String>,
    /// Backups, place by place.
    pub backups: BackupsState,
    /// Releases on this machine.
    pub releases: ReleasesState,
    /// What is declared.
    pub environments: Vec<DeclaredEnvironment>,
    /// What takes room.
    pub used: Vec<RoomTaken>,
}

/// Somebody who can look.
pub trait Look: Send + Sync {
    /// Looks. What is slow is kept for a while; what cannot be seen is said to be so.
    fn look(&self) -> BoxFuture<'_, Seen>;
}

/// The surroundings of a server, if anybody knows them.
#[derive(Clone, Default)]
pub struct Surroundings(Option<Arc<dyn Look>>);

impl Surroundings {
    /// Those that are looked at so.
    pub fn seen_by(look: impl Look + 'static) -> Self {
        Self(Some(Arc::new(look)))
    }

    pub(crate) async fn look(&self) -> Seen {
        match &self.0 {
            Some(look) => look.look().await,
            None => Seen::default(),
        }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Surroundings").field(&self.0.is_some()).finish()
    }
}
