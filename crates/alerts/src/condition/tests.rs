//! Rules, asked of numbers as a server tells them.

use super::*;
use crate::rule::{Bounds, rules};
use std::collections::BTreeMap;

const MINUTE: u64 = 60;

/// What is bad after these texts were told, one a minute.
fn bad(texts: &[String]) -> BTreeMap<(&'static str, String), String> {
    let bounds = Bounds { memory_bytes: Some(160 << 20), backup_age: Some(Duration::from_secs(7_200)) };
    let rules = rules(&bounds);
    let mut memory = Memory::new(&rules);
    let mut numbers = Numbers::default();
    for (at, text) in texts.iter().enumerate() {
        numbers = Numbers::read(&rules, text);
        memory.note(Duration::from_secs(at as u64 * MINUTE), &numbers);
    }
    let seen = look(&rules, WallTime::from_micros(1_000_000_000), &numbers, &memory);
    seen.into_iter().filter_map(|seen| Some(((seen.rule, seen.about), seen.bad?))).collect()
}

fn is_bad(texts: &[String], rule: &str) -> Option<String> {
    bad(texts).into_iter().find(|((name, _), _)| *name == rule).map(|(_, value)| value)
}

#[test]
fn a_number_is_judged_for_each_thing_it_is_told_of() {
    let text = "# TYPE disk_free_share gauge\ndisk_free_share{place=\"data\"} 0.05\ndisk_free_share{place=\"a \\\"b\\\"\"} \
                0.5\nprocess_resident_memory_bytes 209715200\nbackup_verified_age_seconds 9000\n";
    let bad = bad(&[text.to_owned()]);
    assert_eq!(bad[&("RookeryDisk", "data".to_owned())], "5.0 %");
    assert_eq!(bad[&("RookeryMemory", String::new())], "200 MiB");
    assert_eq!(bad[&("RookeryBackupOld", String::new())], "150m");
    assert_eq!(bad.len(), 3, "{bad:?}");
}

#[test]
fn backups_that_are_meant_to_be_made_and_are_not_are_missed() {
    assert!(is_bad(&[String::new()], "RookeryBackupMissing").is_some());
    assert_eq!(is_bad(&["backup_verified_age_seconds 5\n".to_owned()], "RookeryBackupMissing"), None);
}

#[test]
fn a_share_of_failures_counts_only_among_enough_requests() {
    let text = |good: u64, bad: u64| {
        format!(
            "http_requests_total{{route=\"/a\",status=\"200\"}} {good}\nhttp_requests_total{{route=\"/b\",status=\"503\"}} {bad}\n"
        )
    };
    assert_eq!(is_bad(&[text(0, 0), text(1_000, 5)], "RookeryErrors"), None);
    let value = is_bad(&[text(0, 0), text(1_000, 50)], "RookeryErrors");
    assert_eq!(value.as_deref(), Some("4.8 % of the requests in 5m"));
    assert_eq!(is_bad(&[text(0, 0), text(3, 3)], "RookeryErrors"), None, "one request at night wakes nobody");
    // What was long ago is forgotten.
    let mut texts = vec![text(0, 0), text(1_000, 500)];
    texts.extend((0..10).map(|minute| text(1_000 + minute * 100, 500)));
    assert_eq!(is_bad(&texts, "RookeryErrors"), None);
}

#[test]
fn the_slowest_of_a_hundred_requests_is_found_as_prometheus_finds_it() {
    let text = |count: u64, fast: u64| {
        format!(
            "http_request_seconds_bucket{{route=\"/a\",le=\"1\"}} {fast}\nhttp_request_seconds_bucket{{route=\"/a\",le=\"2.5\"}} \
             {count}\nhttp_request_seconds_bucket{{route=\"/a\",le=\"+Inf\"}} {count}\n\
             http_requests_total{{route=\"/a\",status=\"200\"}} {count}\n"
        )
    };
    assert_eq!(is_bad(&[text(0, 0), text(1_000, 1_000)], "RookerySlow"), None);
    // 99 % lie at 0.9 of the second bucket: 1 + 1.5 × 0.9.
    assert_eq!(is_bad(&[text(0, 0), text(1_000, 900)], "RookerySlow").as_deref(), Some("2.35 s"));
    assert_eq!(is_bad(&[text(0, 0), text(10, 1)], "RookerySlow"), None);
}

#[test]
fn counters_are_compared_with_what_they_were_and_listeners_with_ten_minutes_ago() {
    let errors = |count: u64| format!("log_errors_total {count}\n");
    assert_eq!(is_bad(&[String::new(), errors(20)], "RookeryLogErrors"), None);
    assert_eq!(is_bad(&[String::new(), errors(21)], "RookeryLogErrors").as_deref(), Some("21 in 5m"));
    let mut texts = vec![String::new(), errors(50)];
    texts.extend((0..6).map(|_| errors(50)));
    assert_eq!(is_bad(&texts, "RookeryLogErrors"), None, "it is over");
    let sockets = |count: u64| format!("sockets {count}\n");
    let mut texts = vec![sockets(100); 11];
    texts.push(sockets(40));
    assert_eq!(is_bad(&texts, "RookeryListenersLost").as_deref(), Some("40, and 100 before"));
    assert_eq!(
        is_bad(&[sockets(100), sockets(4)], "RookeryListenersLost"),
        None,
        "nobody looked ten minutes ago"
    );
    let mut few = vec![sockets(10); 11];
    few.push(sockets(1));
    assert_eq!(is_bad(&few, "RookeryListenersLost"), None);
}

#[test]
fn a_certificate_is_judged_by_the_part_of_its_life_that_is_left() {
    // It is 1,000 s after 1970.
    let text = |name: &str, end: u64| {
        format!(
            "certificate_not_before_seconds{{name=\"{name}\"}} 0\ncertificate_not_after_seconds{{name=\"{name}\"}} {end}\n"
        )
    };
    let bad = bad(&[text("old.example", 1_200) + &text("new.example", 4_000) + &text("over.example", 1_050)]);
    let about: Vec<_> = bad.keys().filter(|(rule, _)| *rule != "RookeryBackupMissing").cloned().collect();
    let of = |rule, about: &str| (rule, about.to_owned());
    assert_eq!(
        about,
        [
            of("RookeryCertificateEnding", "over.example"),
            of("RookeryCertificateOld", "old.example"),
            of("RookeryCertificateOld", "over.example"),
        ]
    );
}

#[test]
fn a_secret_that_is_older_than_a_year_is_to_be_changed() {
    // It is 1,000 s after 1970.
    let of = |since: i64| is_bad(&[format!("secret_key_since_seconds {since}\n")], "RookerySecretOld");
    let year = 365 * 86_400;
    assert_eq!(of(1_000 - year), None, "a year, and no more");
    assert_eq!(of(900 - year).as_deref(), Some("it is 365d old"));
    assert_eq!(of(1_000), None);
    // A clock that was set back.
    assert_eq!(of(5_000), None);
    // A server that has none yet.
    assert_eq!(is_bad(&[String::new()], "RookerySecretOld"), None);
}

#[test]
fn text_of_somebody_else_is_no_number() {
    let text = "x\n{\nsockets{a=\"b\" 5\nsockets{a=\"b} 5\ndisk_free_share NaN\ndisk_free_share{place=\"x\\";
    assert!(bad(&[text.to_owned()]).keys().all(|(rule, _)| *rule == "RookeryBackupMissing"));
}
