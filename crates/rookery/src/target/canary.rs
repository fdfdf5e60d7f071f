//! A release that is tried on some people before it serves everybody, step by step. It goes on only while it does well
//! beside the release that serves, at the same time, with the same kinds of requests. Too few requests say nothing, and
//! nothing said is no "well": then it goes no further.

use super::Target;
use super::watch::labelled;
use crate::failure::Failure;
use crate::slot_door::{Door, Standing};
use operations::{Canary, Cohort, SlotName};
use release::ReleaseId;
use server::CanaryCohort;
use std::path::Path;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long people are sent there without being told anew: if whoever tries it dies, it ends by itself.
const LASTS_S: u32 = 15;
/// How often in a row a slot may not answer: a busy machine is no bad release.
const SILENT_MAX: u32 = 5;
/// Requests below which nothing can be said, where nothing is declared.
const SAMPLES_MIN: u32 = 50;
/// Failed requests of a hundred that are too many, or so many times those of the release that serves.
const FAILED_PERCENT_MAX: f64 = 1.0;
const FAILED_TIMES_MAX: f64 = 2.0;
/// How long 99 of 100 answers may take, or so many times those of the release that serves.
const SLOW_S_MAX: f64 = 0.5;
const SLOW_TIMES_MAX: f64 = 1.5;

/// One release that is tried.
pub struct Trial<'a> {
    declared: &'a Canary,
    /// Of the slot that serves, which sends people over.
    serves: Door,
    tried: Door,
    order: server::Canary,
}

/// How a release does, as far as can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Well(String),
    Badly(String),
    Inconclusive(String),
}

impl<'a> Trial<'a> {
    /// Of a release that waits in a slot.
    pub fn of(
        target: &Target,
        declared: &'a Canary,
        from: SlotName,
        to: SlotName,
        release: &ReleaseId,
    ) -> Self {
        let cohort = match declared.cohort {
            Cohort::Member => CanaryCohort::Member,
            Cohort::Session => CanaryCohort::Session,
        };
        let order = server::Canary {
            to: target.layout.chosen_socket(to),
            release: release.to_string(),
            percent: 0,
            cohort,
            always: declared.always.clone(),
            seconds: LASTS_S,
        };
        let door = |slot| Door::at(target.layout.admin_socket(slot));
        Self { declared, serves: door(from), tried: door(to), order }
    }

    /// Takes all steps; what was seen.
    ///
    /// # Errors
    /// [`Failure::Deploy`]: it does badly, or nothing can be said. Whoever asked ends the slot.
    pub fn carry_out(mut self, mut tell: impl FnMut(&str) -> Result<(), Failure>) -> Result<String, Failure> {
        if !Path::new(&self.order.to).exists() {
            return Err(no("it has no door for those on whom it would be tried: --without-canary"));
        }
        let first = self.tried.standing().ok_or_else(|| no("it does not answer at its private door"))?;
        let mut seen = String::new();
        for percent in &self.declared.steps {
            self.order.percent = *percent;
            let hold = self.declared.hold.duration();
            tell(&format!("on {percent} of 100 for {} s", hold.as_secs()))?;
            seen = format!("on {percent} of 100: {}", self.hold(hold, &first)?);
        }
        Ok(seen)
    }

    /// One step: long enough, unless it is clear before that it does badly.
    fn hold(&self, span: Duration, first: &Standing) -> Result<String, Failure> {
        let before = self.counts();
        let samples_min = self.declared.samples_min.unwrap_or(SAMPLES_MIN);
        let mut silent = 0;
        for look in 0..=span.as_secs().max(1) {
            if look > 0 {
                std::thread::sleep(LOOK_EVERY);
            }
            self.send_people()?;
            match self.tried.standing() {
                Some(at) if at.process != first.process => {
                    return Err(no("its process ended, and another began"));
                }
                Some(_) if self.tried.ask("GET", "/ready").is_ok_and(|(status, _)| status == 200) => {
                    silent = 0
                }
                _ => silent += 1,
            }
            if silent >= SILENT_MAX {
                return Err(no(&format!("it was not ready {silent} times in a row")));
            }
            if let Verdict::Badly(why) = judge(&self.counts().since(&before), samples_min) {
                return Err(no(&why));
            }
        }
        match judge(&self.counts().since(&before), samples_min) {
            Verdict::Well(seen) => Ok(seen),
            Verdict::Badly(why) => Err(no(&why)),
            Verdict::Inconclusive(why) => Err(no(&format!(
                "inconclusive: {why}; hold longer, ask for fewer samples, or deploy --without-canary"
            ))),
        }
    }

    fn send_people(&self) -> Result<(), Failure> {
        let order = serde_json::to_string(&self.order).map_err(|error| no(&error.to_string()))?;
        match self.serves.tell("POST", "/canary", &order) {
            Ok((200, _)) => Ok(()),
            Ok((404 | 405, _)) => {
                Err(no("the release that serves cannot send anybody to another one: --without-canary"))
            }
            Ok((status, body)) => Err(no(&format!("the slot that serves answered {status}: {body}"))),
            Err(error) => Err(no(&format!("the slot that serves does not answer: {error}"))),
        }
    }

    fn counts(&self) -> Counts {
        let told = |door: &Door| door.ask("GET", "/metrics").map_or_else(|_| String::new(), |(_, text)| text);
        let serves = told(&self.serves);
        let panics = Panics { tried: panics(&told(&self.tried)), serves: panics(&serves) };
        Counts { panics, ..Counts::read(&serves) }
    }
}

fn no(why: &str) -> Failure {
    Failure::Deploy(format!("tried on some people: {why}"))
}

/// How often something panicked in a process, as it tells it.
fn panics(metrics: &str) -> f64 {
    let told = metrics.lines().find_map(|line| line.strip_prefix("panics_total "));
    told.and_then(|count| count.parse().ok()).unwrap_or(0.0)
}

/// What the slot that serves has counted of those on whom the release is tried, and of everybody else.
#[derive(Clone, Debug, Default, PartialEq)]
struct Counts {
    canary: Group,
    control: Group,
    /// How often something panicked, in the release that is tried and in the one that serves.
    panics: Panics,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Panics {
    tried: f64,
    serves: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Group {
    answered: f64,
    failed: f64,
    /// Up to so many seconds, so many answers, as Prometheus counts them.
    buckets: Vec<(f64, f64)>,
}

impl Counts {
    fn read(metrics: &str) -> Self {
        let group = |name: &str| {
            let mut group = Group::default();
            for line in metrics.lines().filter(|line| line.contains(&format!("group=\"{name}\""))) {
                let number = line.rsplit_once(' ').and_then(|(_, number)| number.parse::<f64>().ok());
                let number = number.unwrap_or(0.0);
                if line.starts_with("canary_requests_total{") {
                    let failed = line.contains("outcome=\"failed\"");
                    *(if failed { &mut group.failed } else { &mut group.answered }) += number;
                } else if line.starts_with("canary_request_seconds_bucket{")
                    && let Some(le) = labelled(line, "le")
                {
                    group.buckets.push((le.parse().unwrap_or(f64::INFINITY), number));
                }
            }
            group
        };
        Self { canary: group("canary"), control: group("control"), panics: Panics::default() }
    }

    /// What was added since.
    fn since(&self, before: &Self) -> Self {
        let panics = Panics {
            // It was started to be tried: whatever it did since then counts.
            tried: self.panics.tried,
            serves: (self.panics.serves - before.panics.serves).max(0.0),
        };
        Self {
            canary: self.canary.since(&before.canary),
            control: self.control.since(&before.control),
            panics,
        }
    }
}

impl Group {
    fn since(&self, before: &Self) -> Self {
        let earlier =
            |le: f64| before.buckets.iter().find(|(at, _)| *at == le).map_or(0.0, |(_, count)| *count);
        let buckets = self.buckets.iter().map(|(le, count)| (*le, (count - earlier(*le)).max(0.0))).collect();
        Self {
            answered: (self.answered - before.answered).max(0.0),
            failed: (self.failed - before.failed).max(0.0),
            buckets,
        }
    }

    fn all(&self) -> f64 {
        self.answered + self.failed
    }

    fn failed_percent(&self) -> f64 {
        if self.all() > 0.0 { 100.0 * self.failed / self.all() } else { 0.0 }
    }

    /// Within how many seconds 99 of 100 answers began: the edge of a bucket.
    fn slow_s(&self) -> f64 {
        let all = self.buckets.last().map_or(0.0, |(_, count)| *count);
        let edge = self.buckets.iter().find(|(_, count)| *count >= 0.99 * all);
        edge.filter(|_| all > 0.0).map_or(0.0, |(le, _)| *le)
    }
}

fn judge(counts: &Counts, samples_min: u32) -> Verdict {
    let (canary, control) = (&counts.canary, &counts.control);
    // However few asked it: what serves met the same and did not.
    if counts.panics.tried > 0.0 && counts.panics.serves == 0.0 {
        return Verdict::Badly(format!("it panicked {} times, and what serves did not", counts.panics.tried));
    }
    if canary.all() < f64::from(samples_min) {
        return Verdict::Inconclusive(format!(
            "{} requests of the {samples_min} that are needed",
            canary.all()
        ));
    }
    // Too few requests to compare with are none.
    let has_control = control.all() >= f64::from(samples_min);
    let beside = |value: f64| if has_control { value } else { 0.0 };
    let failed_max = FAILED_PERCENT_MAX.max(FAILED_TIMES_MAX * beside(control.failed_percent()));
    if canary.failed_percent() > failed_max {
        return Verdict::Badly(format!("{} of {} requests failed", canary.failed, canary.all()));
    }
    let slow_max = SLOW_S_MAX.max(SLOW_TIMES_MAX * beside(control.slow_s()));
    if canary.slow_s() > slow_max {
        return Verdict::Badly(format!("one of 100 requests takes {} s", canary.slow_s()));
    }
    Verdict::Well(format!("{} of {} requests failed", canary.failed, canary.all()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(answered: u32, failed: u32, slow: u32) -> Group {
        let all = f64::from(answered + failed);
        let buckets = vec![(0.1, all - f64::from(slow)), (1.0, all), (f64::INFINITY, all)];
        Group { answered: answered.into(), failed: failed.into(), buckets }
    }

    fn judged(canary: Group, control: Group) -> Verdict {
        judge(&Counts { canary, control, ..Counts::default() }, 50)
    }

    #[test]
    fn inconclusive_never_passes_and_a_release_is_measured_beside_the_one_that_serves() {
        assert!(matches!(judged(group(49, 0, 0), group(900, 0, 0)), Verdict::Inconclusive(_)));
        assert!(matches!(judged(group(0, 20, 0), group(900, 0, 0)), Verdict::Inconclusive(_)));
        assert!(matches!(judged(group(99, 1, 0), group(900, 0, 0)), Verdict::Well(_)));
        assert!(matches!(judged(group(98, 2, 0), group(900, 0, 0)), Verdict::Badly(_)));
        assert!(matches!(judged(group(98, 2, 0), group(99, 1, 0)), Verdict::Well(_)), "both do badly");
        assert!(matches!(judged(group(98, 2, 0), group(9, 1, 0)), Verdict::Badly(_)), "ten say nothing");
        assert!(matches!(judged(group(100, 0, 2), group(900, 0, 0)), Verdict::Badly(_)));
        assert!(matches!(judged(group(100, 0, 2), group(90, 0, 9)), Verdict::Well(_)), "both are slow");
    }

    #[test]
    fn a_release_that_panics_is_given_up_at_once_unless_the_one_that_serves_does_too() {
        let judged = |tried: f64, serves: f64, asked: u32| {
            let (canary, control) = (group(asked, 0, 0), group(900, 0, 0));
            judge(&Counts { canary, control, panics: Panics { tried, serves } }, 50)
        };
        assert!(matches!(judged(1.0, 0.0, 3), Verdict::Badly(_)), "it need not be asked often");
        assert!(matches!(judged(1.0, 0.0, 100), Verdict::Badly(_)));
        assert!(matches!(judged(1.0, 2.0, 100), Verdict::Well(_)), "both meet the same");
        assert!(matches!(judged(0.0, 1.0, 100), Verdict::Well(_)));
        assert_eq!(panics("# TYPE panics_total counter\npanics_total 3\nother 1\n"), 3.0);
        assert_eq!(panics("other 1\n"), 0.0, "a release of before does not tell it");
        let before = Counts { panics: Panics { tried: 3.0, serves: 0.0 }, ..Counts::default() };
        assert_eq!(before.since(&before).panics.tried, 3.0, "it was started to be tried");
        let before = Counts { panics: Panics { tried: 0.0, serves: 3.0 }, ..Counts::default() };
        assert_eq!(before.since(&before).panics.serves, 0.0, "what serves has lived for longer");
    }

    #[test]
    fn what_is_counted_is_read_from_the_numbers_that_are_told() {
        let text = "canary_requests_total{group=\"canary\",outcome=\"answered\"} 40\n\
            canary_requests_total{group=\"canary\",outcome=\"failed\"} 2\n\
            canary_requests_total{group=\"control\",outcome=\"answered\"} 7\n\
            canary_request_seconds_bucket{group=\"canary\",le=\"0.1\"} 41\n\
            canary_request_seconds_bucket{group=\"canary\",le=\"+Inf\"} 42\n";
        let counts = Counts::read(text);
        assert_eq!((counts.canary.answered, counts.canary.failed, counts.control.answered), (40.0, 2.0, 7.0));
        assert_eq!(counts.canary.buckets, [(0.1, 41.0), (f64::INFINITY, 42.0)]);
        let since = counts.since(&counts);
        assert_eq!((since.canary.all(), since.canary.slow_s()), (0.0, 0.0));
    }
}
