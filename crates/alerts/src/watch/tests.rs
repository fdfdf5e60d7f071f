//! Alerts that begin, last, come and go and end, for one receiver and for several, with clocks that jump.

use super::*;
use crate::condition::{Condition, Than};

const MINUTE: Duration = Duration::from_secs(60);

fn rule(name: &'static str, lasts: Duration, urgency: Urgency) -> Rule {
    let condition = Condition::Level { number: "x", is: Than::Above, bound: 1.0 };
    let clears_after = lasts.max(MINUTE * 2);
    Rule { name, condition, lasts, clears_after, urgency, summary: "It is bad.", runbook: "it-is-slow" }
}

/// Somebody who looks twice a minute, and what one receiver hears.
struct Stage {
    watch: Watch,
    rules: Vec<Rule>,
    now: WallTime,
}

impl Stage {
    fn new() -> Self {
        let rules = vec![
            rule("Slow", MINUTE * 5, Urgency::Ticket),
            rule("Down", MINUTE * 2, Urgency::Page),
            rule("Once", Duration::ZERO, Urgency::Ticket),
        ];
        Self { watch: Watch::default(), rules, now: WallTime::from_micros(1_795_000_000_000_000) }
    }

    fn see(&mut self, seen: &[(&'static str, &str, bool)]) {
        let of = |&(rule, about, is_bad): &(&'static str, &str, bool)| {
            let bad = is_bad.then(|| "9".to_owned());
            Sighting { rule, about: about.to_owned(), bad }
        };
        self.watch.observe(
            self.now,
            Duration::from_secs(30),
            &self.rules,
            &seen.iter().map(of).collect::<Vec<_>>(),
        );
    }

    /// Looks twice a minute for so long; what was heard, told at once.
    fn pass(&mut self, time: Duration, seen: &[(&'static str, &str, bool)]) -> Vec<String> {
        let mut heard = Vec::new();
        for _ in 0..time.as_secs() / 30 {
            self.now = self.now.plus(Duration::from_secs(30));
            self.see(seen);
            heard.extend(self.hear("mail"));
        }
        heard
    }

    fn hear(&mut self, receiver: &str) -> Option<String> {
        let due = self.watch.due(receiver, "here", self.now, &self.rules)?;
        self.watch.told(receiver, &due);
        Some(due.subject())
    }
}

#[test]
fn what_lasts_is_told_once_when_it_begins_and_once_when_it_is_over() {
    let mut stage = Stage::new();
    assert!(stage.pass(MINUTE * 5, &[("Slow", "", true)]).is_empty(), "it has not lasted yet");
    assert_eq!(stage.pass(MINUTE * 60, &[("Slow", "", true)]), ["here: 1 alert (Slow)"]);
    assert_eq!(stage.watch.firing("Slow"), 1);
    assert!(stage.pass(MINUTE * 5, &[("Slow", "", false)]).is_empty(), "it may come back");
    assert_eq!(stage.pass(MINUTE, &[("Slow", "", false)]), ["here: 1 is over (Slow)"]);
    assert_eq!((stage.watch.firing("Slow"), stage.watch.alerts.len()), (0, 0));
    assert!(stage.pass(MINUTE * 60, &[("Slow", "", false)]).is_empty());
}

#[test]
fn what_comes_and_goes_is_one_alert_and_what_never_lasts_is_none() {
    let mut stage = Stage::new();
    for _ in 0..50 {
        assert!(stage.pass(MINUTE * 4, &[("Slow", "", true)]).is_empty());
        assert!(stage.pass(MINUTE, &[("Slow", "", false)]).is_empty());
    }
    let mut heard = stage.pass(MINUTE * 6, &[("Slow", "", true)]);
    for _ in 0..50 {
        heard.extend(stage.pass(MINUTE * 4, &[("Slow", "", false)]));
        heard.extend(stage.pass(MINUTE, &[("Slow", "", true)]));
    }
    assert_eq!(heard, ["here: 1 alert (Slow)"], "it was never well for long");
    // Something without any patience is told at once, and not more often than it is well for two minutes.
    let mut heard = Vec::new();
    for _ in 0..20 {
        heard.extend(stage.pass(MINUTE, &[("Once", "", true)]));
        heard.extend(stage.pass(MINUTE, &[("Once", "", false)]));
    }
    assert_eq!(heard.iter().filter(|heard| heard.contains("Once")).count(), 1, "{heard:?}");
}

#[test]
fn what_lasts_for_hours_is_told_again_sooner_if_somebody_is_woken_up_for_it() {
    let mut stage = Stage::new();
    let heard = stage.pass(MINUTE * 60 * 25, &[("Slow", "", true), ("Down", "", true)]);
    let of = |name: &str| heard.iter().filter(|heard| heard.contains(name)).count();
    // Down at 2 m, 4 h, 8 h … 24 h; Slow at 5 m and a day later.
    assert_eq!((of("Down"), of("Slow"), heard.len()), (7, 2, 9), "{heard:?}");
}

#[test]
fn many_at_once_are_one_message_the_worst_first() {
    let mut stage = Stage::new();
    let names: Vec<String> = (0..40).map(|number| format!("disk {number}")).collect();
    let mut seen: Vec<(&'static str, &str, bool)> =
        names.iter().map(|name| ("Once", name.as_str(), true)).collect();
    seen.push(("Down", "", true));
    stage.pass(MINUTE * 2, &[("Down", "", true)]);
    stage.see(&seen);
    stage.now = stage.now.plus(Duration::from_secs(30));
    stage.see(&seen);
    let due = stage.watch.due("mail", "here", stage.now, &stage.rules).unwrap();
    assert_eq!((due.items.len(), due.items[0].rule.as_str()), (41, "Down"));
    stage.watch.told("mail", &due);
    assert_eq!(stage.watch.due("mail", "here", stage.now, &stage.rules), None);
    // Two that say the same of the same are one.
    stage.see(&[("Once", "disk 1", true), ("Once", "disk 1", true)]);
    assert_eq!(stage.watch.alerts.iter().filter(|alert| alert.about == "disk 1").count(), 1);
    let endless: Vec<String> = (0..2_000).map(|number| format!("d{number}")).collect();
    let seen: Vec<_> = endless.iter().map(|name| ("Once", name.as_str(), true)).collect();
    stage.see(&seen);
    assert_eq!(stage.watch.alerts.len(), ALERTS_MAX);
}

#[test]
fn a_clock_that_jumps_neither_makes_an_alert_nor_ends_one() {
    let mut stage = Stage::new();
    stage.pass(MINUTE, &[("Slow", "", true)]);
    // An hour in which nobody looked is no hour in which it lasted.
    stage.now = stage.now.plus(MINUTE * 60);
    stage.see(&[("Slow", "", true)]);
    assert_eq!(stage.hear("mail"), None);
    assert_eq!(stage.pass(MINUTE * 5, &[("Slow", "", true)]), ["here: 1 alert (Slow)"]);
    stage.see(&[("Slow", "", false)]);
    stage.now = stage.now.plus(MINUTE * 60);
    stage.see(&[("Slow", "", false)]);
    assert_eq!(stage.hear("mail"), None, "it was well twice, and nobody looked in between");
    // Put back by a day: nothing ends, nothing is told twice, and time goes on when it has caught up.
    let before = stage.now;
    stage.now = stage.now.minus(MINUTE * 60 * 24);
    assert!(stage.pass(MINUTE * 10, &[("Slow", "", false)]).is_empty());
    stage.now = before;
    assert_eq!(stage.pass(MINUTE * 6, &[("Slow", "", false)]), ["here: 1 is over (Slow)"]);
}

#[test]
fn another_process_goes_on_where_the_last_one_ended() {
    let mut stage = Stage::new();
    assert_eq!(stage.pass(MINUTE * 3, &[("Down", "", true)]), ["here: 1 alert (Down)"]);
    let written = serde_json::to_string(&stage.watch).unwrap();
    stage.watch = serde_json::from_str(&written).unwrap();
    stage.now = stage.now.plus(MINUTE * 10);
    // It does not know yet: nothing is said.
    assert!(stage.pass(MINUTE * 10, &[]).is_empty());
    assert!(stage.pass(MINUTE * 10, &[("Down", "", true)]).is_empty(), "they know");
    assert_eq!(stage.pass(MINUTE * 5, &[("Down", "", false)]), ["here: 1 is over (Down)"]);
}

#[test]
fn each_receiver_hears_what_it_has_not_heard() {
    let mut stage = Stage::new();
    stage.pass(MINUTE * 3, &[("Down", "", true)]);
    assert!(stage.hear("mail").is_none(), "told while the time passed");
    // Messages to the other one do not arrive; it is due until they do.
    assert!(stage.watch.due("hook", "here", stage.now, &stage.rules).is_some());
    assert_eq!(stage.hear("hook").as_deref(), Some("here: 1 alert (Down)"));
    assert_eq!(stage.hear("hook"), None);
    // It is over while messages to the other do not arrive: it is kept until they do.
    assert_eq!(stage.pass(MINUTE * 5, &[("Down", "", false)]), ["here: 1 is over (Down)"]);
    assert_eq!(stage.watch.alerts.len(), 1);
    assert_eq!(stage.hear("hook").as_deref(), Some("here: 1 is over (Down)"));
    assert!(stage.watch.alerts.is_empty());
    // Whoever never heard that it was bad need not hear that it is over.
    stage.pass(MINUTE * 3, &[("Down", "", true)]);
    stage.pass(MINUTE * 5, &[("Down", "", false)]);
    assert_eq!(stage.hear("hook"), None);
    // A receiver that is no more is not waited for.
    stage.pass(MINUTE * 3, &[("Down", "", true)]);
    stage.hear("hook");
    stage.watch.keep_receivers(&["mail"]);
    stage.pass(MINUTE * 5, &[("Down", "", false)]);
    assert!(stage.watch.alerts.is_empty());
}

#[test]
fn an_alert_of_which_nothing_is_seen_any_more_is_over_after_a_day() {
    let mut stage = Stage::new();
    stage.pass(MINUTE * 3, &[("Down", "an old name", true)]);
    assert!(stage.pass(MINUTE * 60 * 3, &[]).is_empty());
    let heard = stage.pass(MINUTE * 60 * 22, &[]);
    // Told again every four hours until then.
    assert_eq!(heard.last().map(String::as_str), Some("here: 1 is over (Down)"), "{heard:?}");
    // A rule that is gone takes its alerts with it.
    stage.pass(MINUTE * 3, &[("Down", "", true)]);
    stage.rules.retain(|rule| rule.name != "Down");
    assert_eq!(stage.pass(MINUTE, &[]), ["here: 1 is over (Down)"]);
}
