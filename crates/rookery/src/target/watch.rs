//! How a release does once it serves: looked at from outside, and watched from inside for a while.

use super::Target;
use crate::failure::Failure;
use crate::slot_door::Door;
use operations::SlotName;
use smoke::{Found, Proofs};
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often in a row a slot may not answer: a busy machine is no bad release.
const SILENT_MAX: u32 = 5;
/// Requests below which a share of failed ones says nothing.
const SAMPLES_MIN: u64 = 50;
/// Failed requests of a hundred that are too many.
const FAILED_PERCENT_MAX: u64 = 1;

/// Looks at the environment at the address that people use; what is wrong, if something is.
///
/// # Errors
/// [`Failure::Site`] if the address is none.
pub async fn smoke(address: &str, proofs: Proofs<'_>) -> Result<Result<String, String>, Failure> {
    let checks = smoke::smoke(address, proofs, |_| {}).await?;
    let wrong: Vec<String> = checks
        .iter()
        .filter_map(|check| match &check.found {
            Found::Wrong { seen, .. } => Some(format!("{}: {seen}", check.what)),
            Found::Well(_) | Found::LeftOut(_) => None,
        })
        .collect();
    let held = checks.iter().filter(|check| matches!(check.found, Found::Well(_))).count();
    Ok(if wrong.is_empty() { Ok(format!("{held} checks hold")) } else { Err(wrong.join("; ")) })
}

/// Watches a slot; what is wrong, if something is.
pub async fn soak(target: &Target, slot: SlotName, span: Duration) -> Result<String, String> {
    let door = Door::at(target.layout.admin_socket(slot));
    let first = door.standing().ok_or("it does not answer at its private door")?;
    let before = counts(&door);
    let mut silent = 0;
    let looks = span.as_secs().max(1);
    for _ in 0..looks {
        tokio::time::sleep(LOOK_EVERY).await;
        match door.standing() {
            Some(at) if at.process != first.process => {
                return Err("its process ended, and another began".to_owned());
            }
            Some(at) if at.stance != "serving" => return Err(format!("it does not serve: {}", at.stance)),
            Some(_) if door.ask("GET", "/ready").is_ok_and(|(status, _)| status == 200) => silent = 0,
            _ => silent += 1,
        }
        if silent >= SILENT_MAX {
            return Err(format!("it was not ready {silent} times in a row"));
        }
    }
    let after = counts(&door);
    let of = |of: fn(&Counts) -> u64| of(&after).saturating_sub(of(&before));
    let (answered, failed) = (of(|it| it.answered), of(|it| it.failed));
    if answered >= SAMPLES_MIN && failed * 100 > answered * FAILED_PERCENT_MAX {
        return Err(format!("{failed} of {answered} requests failed"));
    }
    Ok(format!("{looks} s, {failed} of {answered} requests failed"))
}

/// Requests since a process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    answered: u64,
    /// With a status of 500 or above.
    failed: u64,
}

fn counts(door: &Door) -> Counts {
    door.ask("GET", "/metrics").map_or_else(|_| Counts::default(), |(_, text)| count(&text))
}

fn count(metrics: &str) -> Counts {
    let mut counts = Counts::default();
    for line in metrics.lines().filter(|line| line.starts_with("http_requests_total{")) {
        let number = line.rsplit_once(' ').and_then(|(_, number)| number.parse::<f64>().ok()).unwrap_or(0.0);
        counts.answered += number as u64;
        if line.contains("status=\"5") {
            counts.failed += number as u64;
        }
    }
    counts
}

/// What a line of numbers says of a label.
pub fn labelled<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("{label}=\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_from_the_numbers_a_process_tells() {
        let metrics = "# TYPE http_requests_total counter\n\
            http_requests_total{route=\"/health\",status=\"200\"} 40\n\
            http_requests_total{route=\"/status=5\",status=\"404\"} 2\n\
            http_requests_total{route=\"/playing/\",status=\"503\"} 3\nhttp_request_seconds_sum 9\n";
        assert_eq!(count(metrics), Counts { answered: 45, failed: 3 });
        assert_eq!(count(""), Counts::default());
    }
}
