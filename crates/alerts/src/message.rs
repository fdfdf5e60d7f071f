//! What is told: which alerts began, still last or are over, since when, with which value, and what to do.

use crate::rule::Urgency;
use model::WallTime;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// Where the runbooks are, in the project's own pages.
const RUNBOOKS: &str = "docs/operations/runbooks.md";
/// Alerts that stand in one text; of more it says how many.
const SHOWN_MAX: usize = 20;

/// How it is with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is bad, and was told to be.
    Firing,
    /// It was bad, until then.
    Over(WallTime),
}

/// One alert, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The rule's name.
    pub rule: String,
    /// Of what: a disk, a certificate, a server.
    pub about: String,
    /// How bad it is.
    pub urgency: Urgency,
    /// How it is now.
    pub state: State,
    /// Since when it was bad.
    pub since: WallTime,
    /// What is the matter, in a sentence.
    pub summary: String,
    /// What was seen.
    pub value: String,
    /// The part of the runbooks that says what to do.
    pub runbook: String,
}

/// One message: everything that one receiver has not heard yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulletin {
    /// Which server, for people: its address or its community's name.
    pub server: String,
    /// When.
    pub at: WallTime,
    /// What is told, the worst first.
    pub items: Vec<Item>,
    /// Whether it only says that messages arrive.
    pub is_test: bool,
}

impl Bulletin {
    /// A message that only says that messages arrive.
    #[must_use]
    pub fn test(server: &str, at: WallTime) -> Self {
        Self { server: server.to_owned(), at, items: Vec::new(), is_test: true }
    }

    fn firing(&self) -> usize {
        self.items.iter().filter(|item| item.state == State::Firing).count()
    }

    /// One line: which server, and how many.
    #[must_use]
    pub fn subject(&self) -> String {
        if self.is_test {
            return format!("{}: a test, alerts arrive here", self.server);
        }
        let firing = self.firing();
        let over = self.items.len() - firing;
        let counted = |count: usize, one: &str, more: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {more}")),
        };
        let parts = [counted(firing, "alert", "alerts"), counted(over, "is over", "are over")];
        let what = match &self.items[..] {
            [only] => format!(" ({})", only.rule),
            _ => String::new(),
        };
        format!("{}: {}{what}", self.server, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }

    /// All of it, for people, without any mark-up.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.subject();
        for item in self.items.iter().take(SHOWN_MAX) {
            let about = if item.about.is_empty() { String::new() } else { format!(" of {}", item.about) };
            let since = timestamp(item.since);
            // Writing to a text cannot fail.
            let _ = match item.state {
                State::Firing => write!(
                    text,
                    "\n\n{} {}{about}: {}\n{}, since {since}\nWhat to do: {RUNBOOKS}#{}",
                    item.urgency.as_str().to_uppercase(),
                    item.rule,
                    item.summary,
                    item.value,
                    item.runbook
                ),
                State::Over(until) => write!(
                    text,
                    "\n\nOVER {}{about}: {}\nIt lasted {}, since {since}",
                    item.rule,
                    item.summary,
                    span(until.since(item.since))
                ),
            };
        }
        if let Some(more) = self.items.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
            let _ = write!(text, "\n\nand {more} more");
        }
        text
    }

    /// All of it, for programs.
    #[must_use]
    pub fn data(&self) -> Value {
        let item = |item: &Item| {
            let (state, until) = match item.state {
                State::Firing => ("firing", None),
                State::Over(until) => ("resolved", Some(timestamp(until))),
            };
            json!({
                "rule": item.rule, "about": item.about, "severity": item.urgency.as_str(), "state": state,
                "since": timestamp(item.since), "until": until, "summary": item.summary, "value": item.value,
                "runbook": format!("{RUNBOOKS}#{}", item.runbook),
            })
        };
        json!({
            "server": self.server, "test": self.is_test, "firing": self.firing(),
            "alerts": self.items.iter().map(item).collect::<Vec<_>>(),
        })
    }
}

/// RFC 3339 in UTC, to the second.
#[must_use]
pub fn timestamp(at: WallTime) -> String {
    jiff::Timestamp::from_second(at.millis().div_euclid(1_000)).map(|at| at.to_string()).unwrap_or_default()
}

/// A span of time in its largest whole unit: `0m`, `90s`, `5m`, `2h`, `10d`; what is longer than two days, in days.
#[must_use]
pub fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 => "0m".to_owned(),
        _ if seconds >= 2 * 86_400 => format!("{}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ if seconds > 600 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(rule: &str, state: State) -> Item {
        Item {
            rule: rule.to_owned(),
            about: "data".to_owned(),
            urgency: Urgency::Page,
            state,
            since: WallTime::from_micros(1_795_000_000_000_000),
            summary: "A disk is full.".to_owned(),
            value: "0.5 %".to_owned(),
            runbook: "the-disk-is-full".to_owned(),
        }
    }

    fn bulletin(items: Vec<Item>) -> Bulletin {
        let at = WallTime::from_micros(1_795_000_600_000_000);
        Bulletin { server: "music.example.org".to_owned(), at, items, is_test: false }
    }

    #[test]
    fn a_message_says_what_since_when_with_which_value_and_what_to_do() {
        let told = bulletin(vec![item("RookeryDiskFull", State::Firing)]);
        assert_eq!(
            told.text(),
            "music.example.org: 1 alert (RookeryDiskFull)\n\nPAGE RookeryDiskFull of data: A disk is full.\n0.5 %, since \
             2026-11-18T11:06:40Z\nWhat to do: docs/operations/runbooks.md#the-disk-is-full"
        );
        let until = WallTime::from_micros(1_795_000_720_000_000);
        let told = bulletin(vec![item("RookeryDiskFull", State::Over(until))]);
        assert!(told.text().ends_with("It lasted 12m, since 2026-11-18T11:06:40Z"), "{}", told.text());
        assert_eq!(told.data()["alerts"][0]["state"], "resolved");
    }

    #[test]
    fn many_alerts_are_one_text_of_bounded_length() {
        let told = bulletin((0..50).map(|at| item(&format!("R{at}"), State::Firing)).collect());
        assert_eq!(told.subject(), "music.example.org: 50 alerts");
        assert!(told.text().ends_with("and 30 more"));
        assert_eq!(told.data()["alerts"].as_array().unwrap().len(), 50);
    }

    #[test]
    fn spans_are_written_as_prometheus_reads_them() {
        let written = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(
            [0, 45, 90, 300, 3_600, 7_200, 1_000].map(written),
            ["0m", "45s", "90s", "5m", "1h", "2h", "16m"]
        );
        assert_eq!(written(864_000), "10d");
    }
}
