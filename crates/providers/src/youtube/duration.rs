//! ISO 8601 durations as YouTube writes them: weeks, days, hours, minutes, seconds, any of them left out. Pure.

use model::TrackPosition;

/// Reads a duration such as `PT1H2M3S`, `P1DT2H`, `P3W` or `PT4M`, to the millisecond. `None` if it cannot be read,
/// or counts months or years, which have no fixed length. `P0D`, which YouTube says of live streams, is zero.
pub fn parse_duration(text: &str) -> Option<TrackPosition> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let days = part(date, &[('W', 7 * 86_400_000), ('D', 86_400_000)])?;
    let rest = part(time, &[('H', 3_600_000), ('M', 60_000), ('S', 1_000)])?;
    Some(TrackPosition::from_millis(days.checked_add(rest)?))
}

/// Numbers with their units, in the order of the units, each at most once.
fn part(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut rest, mut millis) = (text, 0_i64);
    for &(unit, length_ms) in units {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        millis = millis.checked_add(number_of(number, length_ms)?)?;
        rest = after;
    }
    rest.is_empty().then_some(millis)
}

/// A whole number, or for seconds one with a fraction, times the unit.
fn number_of(text: &str, length_ms: i64) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !(text == whole || (length_ms == 1_000 && digits(fraction))) {
        return None;
    }
    let millis = whole.parse::<i64>().ok()?.checked_mul(length_ms)?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    millis.checked_add(if fraction.is_empty() { 0 } else { thousandths.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_units_is_read() {
        const S: i64 = 1000;
        for (text, millis) in [
            ("PT4M", 240 * S),
            ("PT1H", 3600 * S),
            ("PT3M21S", 201 * S),
            ("PT59S", 59 * S),
            ("PT1H2M3S", 3723 * S),
            ("PT1H3S", 3603 * S),
            ("P1DT2H", 93_600 * S),
            ("P1D", 86_400 * S),
            ("P2W", 1_209_600 * S),
            ("P1W2DT3S", 777_603 * S),
            ("PT1.5S", 1500),
            ("PT0,25S", 250),
            ("PT90M", 5400 * S),
            ("P0D", 0),
            ("PT0S", 0),
        ] {
            assert_eq!(parse_duration(text), Some(TrackPosition::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_none_rather_than_zero() {
        for text in [
            "",
            "P",
            "PT",
            "4M",
            "PT4",
            "PTM",
            "P1M",
            "P1Y",
            "PT1S2M",
            "PT-1S",
            "PT1H1H",
            "PT1.5M",
            "pt1s",
            "P1DT",
            "PT99999999999999999999S",
            "PT9223372036854775807H",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
