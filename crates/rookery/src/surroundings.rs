//! What this program knows of how its server is run, for the page of operations: backups, releases, what is declared, what
//! takes room. No secret is among it: settings are not shown, and places and addresses have none in them.

mod changes;
mod declared;
mod places;
mod room;

use crate::declared::Declared;
use crate::failure::Failure;
use crate::settings::Settings;
use backup::Keeper;
use changes::Machine;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use model::Clock;
use operations::{Layout, SlotName};
use places::Places;
use room::Room;
use server::surroundings::{DeclaredEnvironment, Look, Seen, Surroundings};
use std::path::Path;
use std::sync::Arc;

struct Here {
    environment: String,
    slot: Option<String>,
    environments: Vec<DeclaredEnvironment>,
    machine: Machine,
    places: Places,
    room: Room,
}

impl Look for Here {
    fn look(&self) -> BoxFuture<'_, Seen> {
        async {
            let (backups, used) = tokio::join!(self.places.look(), self.room.look());
            Seen {
                environment: self.environment.clone(),
                release: self.machine.release().map(str::to_owned),
                commit: self.machine.commit().map(str::to_owned),
                slot: self.slot.clone(),
                backups,
                releases: self.machine.look(),
                environments: self.environments.clone(),
                used,
            }
        }
        .boxed()
    }
}

/// The surroundings of a process that serves.
///
/// # Errors
/// [`Failure::Settings`] for a declaration that cannot be read, [`Failure::Backup`].
pub fn of(
    settings: &Settings,
    admin_socket: Option<&Path>,
    keeper: Option<&Keeper>,
    clock: &Arc<dyn Clock>,
) -> Result<Surroundings, Failure> {
    let environment = settings.environment();
    let layout = Layout::of(environment.clone());
    let is_of = |slot: &SlotName| admin_socket == Some(Path::new(&layout.admin_socket(*slot)));
    let slot = SlotName::ALL.into_iter().find(is_of);
    let declared = Declared::read(settings.config.as_deref())?;
    let environments = declared.map(|declared| declared::shown(&declared.declaration, &environment));
    Ok(Surroundings::seen_by(Here {
        environment: environment.to_string(),
        slot: slot.map(|slot| slot.as_str().to_owned()),
        environments: environments.unwrap_or_default(),
        machine: Machine::of(&layout, slot),
        places: Places::of(keeper, Arc::clone(clock)),
        room: Room::of(settings, &layout, Arc::clone(clock))?,
    }))
}
