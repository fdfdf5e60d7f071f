//! Decisions about the nest itself: settings, host, closing.

use super::Decision;
use crate::{Actor, EventKind, Refusal, SettingsChange, limits};
use model::{Action, MemberId, Role};

impl Decision<'_> {
    pub(super) fn configure(self, change: &SettingsChange) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Configure)?;
        let mut settings = self.nest.settings.clone();
        if let Some(name) = &change.name {
            settings.name = name.clone();
        }
        if let Some(entries_max) = change.queue_entries_max {
            if !(1..=limits::QUEUE_ENTRIES_MAX).contains(&entries_max) {
                return Err(Refusal::LimitOutside);
            }
            settings.queue_entries_max = entries_max;
        }
        settings.autofill = change.autofill.unwrap_or(settings.autofill);
        settings.guests_allowed = change.guests_allowed.unwrap_or(settings.guests_allowed);
        // Who may change settings is the host's to say: otherwise a member could open a door for themselves.
        if change.member_actions.is_some() || change.guest_actions.is_some() {
            self.require_host()?;
        }
        settings.permissions.member = change.member_actions.unwrap_or(settings.permissions.member);
        settings.permissions.guest = change.guest_actions.unwrap_or(settings.permissions.guest);
        if settings == self.nest.settings {
            self.done()
        } else {
            self.then(EventKind::SettingsChanged { settings }).done()
        }
    }

    pub(super) fn hand_over(self, host: MemberId) -> Result<Vec<EventKind>, Refusal> {
        self.require_host()?;
        match self.nest.host {
            None => Err(Refusal::Permanent),
            Some(current) if current == host => self.done(),
            Some(_) => self.then(EventKind::HostChanged { host }).done(),
        }
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
