//! Decisions about the nest itself: settings, host, the door, closing.

use super::Decision;
use crate::{Actor, EventKind, Person, Refusal, SettingsChange, limits};
use model::{Action, MemberId, Role};
use std::collections::BTreeSet;

impl Decision<'_> {
    pub(super) fn configure(self, change: &SettingsChange) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Configure)?;
        let mut settings = self.nest.settings.clone();
        if let Some(name) = &change.name {
            settings.name = name.clone();
        }
        if let Some(slug) = &change.slug {
            // It lets strangers in who guess it.
            self.require_host()?;
            settings.slug = slug.clone();
        }
        if let Some(entries_max) = change.queue_entries_max {
            if !(1..=limits::QUEUE_ENTRIES_MAX).contains(&entries_max) {
                return Err(Refusal::LimitOutside);
            }
            settings.queue_entries_max = entries_max;
        }
        if let Some(jams) = change.free_horn_jams {
            if jams > limits::FREE_HORN_JAMS_MAX {
                return Err(Refusal::LimitOutside);
            }
            settings.free_horn_jams = jams;
        }
        if let Some(rules) = &change.autofill_rules {
            if !rules.are_within_limits() {
                return Err(Refusal::LimitOutside);
            }
            settings.autofill_rules = rules.clone();
        }
        settings.autofill = change.autofill.unwrap_or(settings.autofill);
        settings.guests_allowed = change.guests_allowed.unwrap_or(settings.guests_allowed);
        settings.ordering = change.ordering.unwrap_or(settings.ordering);
        // Who may change settings is the host's to say: otherwise a member could open a door for themselves.
        if change.member_actions.is_some() || change.guest_actions.is_some() {
            self.require_host()?;
        }
        settings.permissions.member = change.member_actions.unwrap_or(settings.permissions.member);
        settings.permissions.guest = change.guest_actions.unwrap_or(settings.permissions.guest);
        if settings == self.nest.settings {
            return self.done();
        }
        let reordered = settings.ordering != self.nest.settings.ordering;
        let rescored = if reordered { settings.ordering.rearrange(&self.nest.queue) } else { Vec::new() };
        let kept = settings.autofill && settings.autofill_rules == self.nest.settings.autofill_rules;
        let decision = self.then(EventKind::SettingsChanged { settings, rescored });
        if kept { decision.done() } else { decision.without_preview().done() }
    }

    pub(super) fn hand_over(self, host: MemberId) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        match self.nest.host {
            None => Err(Refusal::Permanent),
            Some(current) if current == host => self.done(),
            Some(_) => self.then(EventKind::HostChanged { host }).done(),
        }
    }

    pub(super) fn lock(self, there: &[MemberId]) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        if self.nest.host.is_none() {
            return Err(Refusal::Permanent);
        }
        if self.nest.door.is_locked() {
            return self.done();
        }
        let behind: BTreeSet<_> = there.iter().copied().chain(self.by.member()).collect();
        if behind.len() > limits::LOCKED_BEHIND_MAX {
            return Err(Refusal::TooManyToLock);
        }
        self.then(EventKind::Locked { behind: behind.into_iter().collect() }).done()
    }

    pub(super) fn unlock(self) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        if self.nest.door.is_locked() { self.then(EventKind::Unlocked).done() } else { self.done() }
    }

    pub(super) fn kick(self, person: &Person, role: Role) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        let door = &self.nest.door;
        if role == Role::Host || self.nest.host == Some(person.id) {
            return Err(Refusal::HostStays);
        }
        if door.has_kicked(person.id) {
            return self.done();
        }
        if door.kicked.len() >= limits::KICKED_MAX {
            return Err(Refusal::TooManyKicked);
        }
        let own = self.nest.queue.iter().filter(|entry| entry.is_of(person.id));
        let removals = own.map(|entry| EventKind::EntryRemoved { entry: entry.id });
        let kinds = std::iter::once(EventKind::Kicked { person: person.clone() }).chain(removals);
        kinds.fold(self, Self::then).done()
    }

    pub(super) fn let_in(self, member: MemberId) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        let door = &self.nest.door;
        let behind = door.locked_behind.as_ref();
        if !door.has_kicked(member) && behind.is_none_or(|behind| behind.contains(&member)) {
            return self.done();
        }
        if behind.is_some_and(|behind| behind.len() >= limits::LOCKED_BEHIND_MAX) {
            return Err(Refusal::TooManyToLock);
        }
        self.then(EventKind::LetIn { member }).done()
    }

    pub(super) fn close(self) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        match self.nest.host {
            None => Err(Refusal::Permanent),
            Some(_) => self.then(EventKind::Closed).done(),
        }
    }

    fn require_host(&self) -> Result<(), Refusal> {
        match self.by {
            Actor::Nest | Actor::Person { role: Role::Host, .. } => Ok(()),
            Actor::Person { .. } => Err(Refusal::NotAllowed { action: Action::Configure }),
        }
    }
}
