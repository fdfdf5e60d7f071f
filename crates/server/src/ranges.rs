//! The `Range` header (RFC 9110, section 14): what of a file was asked for.

use crate::limits::RANGES_MAX;
use std::ops::Range;

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Everything: nothing else was asked for, or not in a way that makes sense.
    Whole,
    /// One part.
    One(Range<u64>),
    /// Several parts, in the order asked for.
    Several(Vec<Range<u64>>),
    /// Only parts that do not exist.
    Outside,
}

/// Reads a `Range` header for a file of `size` bytes.
pub(crate) fn select(text: &str, size: u64) -> Selection {
    let Some(list) = text.trim().strip_prefix("bytes=") else { return Selection::Whole };
    let specs: Option<Vec<Spec>> =
        list.split(',').map(str::trim).filter(|spec| !spec.is_empty()).map(spec).collect();
    let Some(specs) = specs.filter(|specs| !specs.is_empty() && specs.len() <= RANGES_MAX) else {
        return Selection::Whole;
    };
    let mut ranges: Vec<_> = specs.into_iter().filter_map(|spec| resolve(spec, size)).collect();
    let asked: u64 = ranges.iter().map(|range| range.end - range.start).sum();
    match ranges.len() {
        0 => Selection::Outside,
        1 => Selection::One(ranges.remove(0)),
        // Parts that overlap so much that the whole is shorter: a mistake, or an attack (CVE-2011-3192).
        _ if asked > size => Selection::Whole,
        _ => Selection::Several(ranges),
    }
}

enum Spec {
    From(u64),
    Between(u64, u64),
    Last(u64),
}

fn spec(text: &str) -> Option<Spec> {
    let (first, last) = text.split_once('-')?;
    match (first.is_empty(), last.is_empty()) {
        (true, true) => None,
        (true, false) => number(last).map(Spec::Last),
        (false, true) => number(first).map(Spec::From),
        (false, false) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Spec::Between(first, last))
        }
    }
}

/// Digits only: `u64::from_str` would also take a plus sign. What is too large for a file is as good as the largest.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().unwrap_or(u64::MAX))
}

fn resolve(spec: Spec, size: u64) -> Option<Range<u64>> {
    let range = match spec {
        Spec::From(first) => first..size,
        Spec::Between(first, last) => first..last.saturating_add(1).min(size),
        Spec::Last(count) => size.saturating_sub(count)..size,
    };
    (range.start < range.end).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Selection) {
        assert_eq!(select(text, 1000), expected, "{text}");
    }

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        check("bytes=0-499", Selection::One(0..500));
        check("bytes=500-", Selection::One(500..1000));
        check("bytes=-200", Selection::One(800..1000));
        check("bytes=-5000", Selection::One(0..1000));
        check("bytes=999-5000", Selection::One(999..1000));
        check("bytes=0-0,-1", Selection::Several(vec![0..1, 999..1000]));
        check("bytes=2000-, 1-2", Selection::One(1..3));
    }

    #[test]
    fn what_lies_outside_is_not_satisfiable() {
        check("bytes=1000-", Selection::Outside);
        check("bytes=-0", Selection::Outside);
        assert_eq!(select("bytes=0-", 0), Selection::Outside);
    }

    #[test]
    fn what_makes_no_sense_is_ignored() {
        for text in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-2",
            "bytes=+1-2",
            "items=0-1",
            "bytes=1-2-3",
        ] {
            check(text, Selection::Whole);
        }
        check(&format!("bytes={}", "0-1,".repeat(100)), Selection::Whole);
        check("bytes=0-,0-,0-", Selection::Whole);
    }

    #[test]
    fn numbers_too_large_for_a_file_do_not_overflow() {
        check("bytes=0-99999999999999999999999", Selection::One(0..1000));
        check("bytes=99999999999999999999999-", Selection::Outside);
    }
}
