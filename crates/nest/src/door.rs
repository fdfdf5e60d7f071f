//! The nest's door: who may come in. A host locks it behind those who are there, and puts somebody out.

use crate::{Nest, Person, Refusal};
use model::{MemberId, Role};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Who may come in, besides what the settings say of guests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// Who may come back although it is locked; `None`: it is not locked.
    pub locked_behind: Option<Arc<BTreeSet<MemberId>>>,
    /// Who was put out, in order of time; at most [`crate::limits::KICKED_MAX`].
    pub kicked: Arc<Vec<Person>>,
}

impl Door {
    /// Whether it is locked.
    pub const fn is_locked(&self) -> bool {
        self.locked_behind.is_some()
    }

    /// Whether this person was put out.
    pub fn has_kicked(&self, member: MemberId) -> bool {
        self.kicked.iter().any(|person| person.id == member)
    }

    pub(crate) fn lock(&mut self, behind: &[MemberId]) {
        self.locked_behind = Some(Arc::new(behind.iter().copied().collect()));
    }

    pub(crate) fn unlock(&mut self) {
        self.locked_behind = None;
    }

    pub(crate) fn kick(&mut self, person: &Person) {
        if let Some(behind) = &mut self.locked_behind {
            Arc::make_mut(behind).remove(&person.id);
        }
        Arc::make_mut(&mut self.kicked).push(person.clone());
    }

    pub(crate) fn let_in(&mut self, member: MemberId) {
        if let Some(behind) = &mut self.locked_behind {
            Arc::make_mut(behind).insert(member);
        }
        Arc::make_mut(&mut self.kicked).retain(|person| person.id != member);
    }
}

impl Nest {
    /// The door.
    pub const fn door(&self) -> &Door {
        &self.door
    }

    /// Whether this person may look at the nest at all. Its host always may.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, member: MemberId, role: Role) -> Result<(), Refusal> {
        if role == Role::Host {
            return Ok(());
        }
        if self.door.has_kicked(member) {
            return Err(Refusal::Kicked);
        }
        if role == Role::Guest && !self.settings.guests_allowed {
            return Err(Refusal::GuestsNotAllowed);
        }
        match &self.door.locked_behind {
            Some(behind) if !behind.contains(&member) => Err(Refusal::Locked),
            _ => Ok(()),
        }
    }

    /// Whether anybody could come in by giving a name.
    pub const fn is_open_to_strangers(&self) -> bool {
        self.settings.guests_allowed && !self.door.is_locked()
    }
}
