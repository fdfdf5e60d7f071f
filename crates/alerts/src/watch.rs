//! Alerts over time: something bad is *pending* until it has lasted as long as its rule says, then *firing*, and *over* once
//! it has been well for a while without a break. Who has heard what is kept for each receiver, so that everybody hears of
//! every alert once when it begins, again after hours if it lasts, and once when it is over; whether messages arrive at the
//! first attempt or not, and whichever process sends them.
//!
//! Time is an argument and may jump: it never goes back here, and while nobody looked nothing lasted.

use crate::condition::Sighting;
use crate::message::{Bulletin, Item, State};
use crate::rule::{Rule, Urgency};
use model::WallTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Nobody looked for as long as this, and for several of the usual times between two looks: what was pending begins anew,
/// as does being well.
const GAP_MIN: Duration = Duration::from_secs(120);
/// An alert of which nothing is seen any more, good or bad, is over after this.
const UNSEEN_MAX: Duration = Duration::from_secs(24 * 3_600);
/// Alerts that are kept; what is seen beyond them is passed over.
const ALERTS_MAX: usize = 500;

/// Alerts, and who has heard of them. What is written down of it is read again by another process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// When somebody looked last, in microseconds since 1970.
    looked_at: i64,
    alerts: Vec<Alert>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Alert {
    rule: String,
    about: String,
    phase: Phase,
    /// Since when it is bad, or was.
    since: i64,
    /// When it was last seen at all.
    seen: i64,
    value: String,
    /// By receiver: whether the last they heard was that it is bad, and when that was.
    told: BTreeMap<String, Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
enum Phase {
    /// Bad, not for long.
    Pending,
    /// Bad for long enough; and since when it looks well again.
    Firing { well_since: Option<i64> },
    /// It was bad, until then.
    Over { at: i64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    firing: bool,
    at: i64,
}

/// An alert, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The rule's name.
    pub rule: String,
    /// Of what.
    pub about: String,
    /// Whether somebody is told; else it is pending.
    pub is_firing: bool,
    /// Since when it is bad.
    pub since: WallTime,
    /// What was seen.
    pub value: String,
}

fn between(earlier: i64, later: i64) -> Duration {
    Duration::from_micros(u64::try_from(later.saturating_sub(earlier)).unwrap_or(0))
}

impl Watch {
    /// Takes in what was seen at a moment, by somebody who looks so often.
    pub fn observe(&mut self, now: WallTime, every: Duration, rules: &[Rule], sightings: &[Sighting]) {
        // A clock that was put back stands still until it has caught up.
        let now = now.micros().max(self.looked_at);
        if between(self.looked_at, now) > GAP_MIN.max(every * 3) {
            self.begin_anew(now);
        }
        self.looked_at = now;
        for sighting in sightings {
            if let Some(rule) = rules.iter().find(|rule| rule.name == sighting.rule) {
                self.take(now, rule, sighting);
            }
        }
        // Nothing lasts of which nothing is seen. What was told to be bad is so until it is seen to be well: a process that
        // has just begun does not know yet.
        self.alerts.retain(|alert| alert.seen == now || alert.phase != Phase::Pending || alert.is_believed());
        for alert in &mut self.alerts {
            let is_known = rules.iter().any(|rule| rule.name == alert.rule);
            let is_forgotten = between(alert.seen, now) > UNSEEN_MAX;
            if !matches!(alert.phase, Phase::Over { .. }) && (!is_known || is_forgotten) {
                alert.phase = Phase::Over { at: now };
            }
        }
        self.forget();
    }

    fn begin_anew(&mut self, now: i64) {
        for alert in &mut self.alerts {
            match &mut alert.phase {
                Phase::Pending => alert.since = now,
                Phase::Firing { well_since } => *well_since = None,
                Phase::Over { .. } => {}
            }
        }
    }

    fn take(&mut self, now: i64, rule: &Rule, sighting: &Sighting) {
        let known = |alert: &Alert| alert.rule == sighting.rule && alert.about == sighting.about;
        let at = match (self.alerts.iter().position(known), &sighting.bad) {
            (Some(at), _) => at,
            (None, Some(_)) if self.alerts.len() < ALERTS_MAX => {
                self.alerts.push(Alert::new(sighting, now));
                self.alerts.len() - 1
            }
            (None, _) => return,
        };
        let alert = &mut self.alerts[at];
        alert.seen = now;
        if let Some(value) = &sighting.bad {
            alert.value.clone_from(value);
            alert.is_bad(now, rule);
        } else {
            alert.is_well(now, rule);
        }
    }

    /// What is over is kept until everybody has heard of it who heard that it was bad.
    fn forget(&mut self) {
        self.alerts.retain(|alert| !matches!(alert.phase, Phase::Over { .. }) || alert.is_believed());
    }

    /// Forgets receivers that are no more.
    pub fn keep_receivers(&mut self, receivers: &[&str]) {
        for alert in &mut self.alerts {
            alert.told.retain(|receiver, _| receivers.contains(&receiver.as_str()));
        }
        self.forget();
    }

    /// What a receiver is to be told now, all in one; `None`: they know everything.
    #[must_use]
    pub fn due(&self, receiver: &str, server: &str, now: WallTime, rules: &[Rule]) -> Option<Bulletin> {
        let at = now.micros().max(self.looked_at);
        let mut items: Vec<Item> =
            self.alerts.iter().filter_map(|alert| alert.item(receiver, at, rules)).collect();
        items.sort_by_key(|item| (item.state != State::Firing, item.urgency, item.since));
        (!items.is_empty()).then(|| Bulletin { server: server.to_owned(), at: now, items, is_test: false })
    }

    /// A receiver has heard this.
    pub fn told(&mut self, receiver: &str, bulletin: &Bulletin) {
        let at = bulletin.at.micros().max(self.looked_at);
        for item in &bulletin.items {
            let is_it = |alert: &&mut Alert| alert.rule == item.rule && alert.about == item.about;
            if let Some(alert) = self.alerts.iter_mut().find(is_it) {
                let firing = item.state == State::Firing;
                alert.told.insert(receiver.to_owned(), Told { firing, at });
            }
        }
        self.forget();
    }

    /// How many things are bad by this rule, of those that somebody is told of.
    #[must_use]
    pub fn firing(&self, rule: &str) -> usize {
        let is_firing = |alert: &&Alert| alert.rule == rule && matches!(alert.phase, Phase::Firing { .. });
        self.alerts.iter().filter(is_firing).count()
    }

    /// Whether there is nothing to write down that another has not: values and the time of looking are no news.
    #[must_use]
    pub fn says_as_much_as(&self, other: &Self) -> bool {
        let is_same = |(one, two): (&Alert, &Alert)| {
            let of = |alert: &Alert| (alert.phase, alert.since);
            one.rule == two.rule && one.about == two.about && of(one) == of(two) && one.told == two.told
        };
        self.alerts.len() == other.alerts.len() && self.alerts.iter().zip(&other.alerts).all(is_same)
    }

    /// Everything that is bad now.
    pub fn shown(&self) -> impl Iterator<Item = Shown> {
        self.alerts.iter().filter_map(|alert| {
            let is_firing = match alert.phase {
                Phase::Pending => false,
                Phase::Firing { .. } => true,
                Phase::Over { .. } => return None,
            };
            let (rule, about, value) = (alert.rule.clone(), alert.about.clone(), alert.value.clone());
            Some(Shown { rule, about, is_firing, since: WallTime::from_micros(alert.since), value })
        })
    }
}

impl Alert {
    fn new(sighting: &Sighting, now: i64) -> Self {
        Self {
            rule: sighting.rule.to_owned(),
            about: sighting.about.clone(),
            phase: Phase::Pending,
            since: now,
            seen: now,
            value: String::new(),
            told: BTreeMap::new(),
        }
    }

    /// Whether somebody thinks that it is bad.
    fn is_believed(&self) -> bool {
        self.told.values().any(|told| told.firing)
    }

    fn is_bad(&mut self, now: i64, rule: &Rule) {
        match &mut self.phase {
            Phase::Pending => {}
            Phase::Firing { well_since } => {
                *well_since = None;
                return;
            }
            Phase::Over { .. } => {
                self.phase = Phase::Pending;
                self.since = now;
            }
        }
        if between(self.since, now) >= rule.lasts {
            self.phase = Phase::Firing { well_since: None };
        }
    }

    fn is_well(&mut self, now: i64, rule: &Rule) {
        match &mut self.phase {
            Phase::Pending => self.phase = Phase::Over { at: now },
            Phase::Firing { well_since } => {
                let since = *well_since.get_or_insert(now);
                if between(since, now) >= rule.clears_after {
                    self.phase = Phase::Over { at: since };
                }
            }
            Phase::Over { .. } => {}
        }
    }

    /// What this receiver is to be told of it.
    fn item(&self, receiver: &str, now: i64, rules: &[Rule]) -> Option<Item> {
        let rule = rules.iter().find(|rule| rule.name == self.rule);
        let urgency = rule.map_or(Urgency::Ticket, |rule| rule.urgency);
        let told = self.told.get(receiver);
        let state = match self.phase {
            Phase::Pending => return None,
            Phase::Firing { .. } => {
                let is_known =
                    told.is_some_and(|told| told.firing && between(told.at, now) < urgency.repeats_after());
                if is_known {
                    return None;
                }
                State::Firing
            }
            Phase::Over { at } => {
                if !told.is_some_and(|told| told.firing) {
                    return None;
                }
                State::Over(WallTime::from_micros(at))
            }
        };
        Some(Item {
            rule: self.rule.clone(),
            about: self.about.clone(),
            urgency,
            state,
            since: WallTime::from_micros(self.since),
            summary: rule.map_or("It is not watched any more.", |rule| rule.summary).to_owned(),
            value: self.value.clone(),
            runbook: rule.map_or("", |rule| rule.runbook).to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
