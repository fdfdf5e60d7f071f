//! The text for Prometheus, read back into numbers.

use std::collections::BTreeMap;

/// Labels and their values, in the order of their names.
pub(crate) type Labels = BTreeMap<String, String>;

/// What kind of number it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    #[default]
    Gauge,
    Histogram,
    Summary,
}

/// Times and sums in parts: of a histogram by bounds, each with what is at most so large; of a summary by quantiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spread {
    pub(crate) parts: Vec<(f64, f64)>,
    pub(crate) sum: f64,
    pub(crate) count: f64,
}

/// All series of one name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Family {
    pub(crate) kind: Kind,
    pub(crate) values: Vec<(Labels, f64)>,
    pub(crate) spreads: BTreeMap<Labels, Spread>,
}

/// All numbers by name. A line that cannot be read is passed over.
pub(crate) fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families = BTreeMap::<String, Family>::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            if let Some((name, kind)) = rest.split_once(' ') {
                let kind = match kind.trim() {
                    "counter" => Kind::Counter,
                    "histogram" => Kind::Histogram,
                    "summary" => Kind::Summary,
                    _ => Kind::Gauge,
                };
                families.insert(name.to_owned(), Family { kind, ..Family::default() });
            }
        } else if !line.starts_with('#')
            && let Some((name, labels, value)) = sample(line)
        {
            add(&mut families, name, labels, value);
        }
    }
    families
}

fn add(families: &mut BTreeMap<String, Family>, name: &str, mut labels: Labels, value: f64) {
    for (suffix, label) in [("_bucket", Some("le")), ("_sum", None), ("_count", None), ("", Some("quantile"))]
    {
        let Some(family) = name.strip_suffix(suffix).and_then(|base| families.get_mut(base)) else {
            continue;
        };
        if !matches!(family.kind, Kind::Histogram | Kind::Summary) {
            continue;
        }
        let part = label.and_then(|label| labels.remove(label)).map(|text| text.parse::<f64>());
        let spread = family.spreads.entry(labels).or_default();
        match (suffix, part) {
            ("_sum", _) => spread.sum = value,
            ("_count", _) => spread.count = value,
            (_, Some(Ok(part))) => spread.parts.push((part, value)),
            _ => {}
        }
        return;
    }
    families.entry(name.to_owned()).or_default().values.push((labels, value));
}

/// One line: name, labels, value. A moment behind the value is not looked at.
fn sample(line: &str) -> Option<(&str, Labels, f64)> {
    let at = line.find(['{', ' '])?;
    let (name, rest) = line.split_at(at);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (Labels::new(), rest),
    };
    let value = rest.split_whitespace().next()?.parse().ok()?;
    Some((name, labels, value))
}

/// What stands in braces, and what follows them.
fn labels(mut text: &str) -> Option<(Labels, &str)> {
    let mut labels = Labels::new();
    loop {
        text = text.trim_start_matches([',', ' ']);
        if let Some(rest) = text.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, rest) = text.split_once("=\"")?;
        let mut value = String::new();
        let mut letters = rest.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at,
                (_, '\\') => match letters.next()?.1 {
                    'n' => value.push('\n'),
                    other => value.push(other),
                },
                (_, other) => value.push(other),
            }
        };
        labels.insert(name.to_owned(), value);
        text = &rest[end + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_kind_of_number_is_read_with_its_labels() {
        let text = "# HELP a nothing\n# TYPE a counter\na{x=\"1\",y=\"a \\\"b\\\\c\\n}\"} 3\na 4\n\n\
            # TYPE t histogram\nt_bucket{r=\"/\",le=\"0.5\"} 2\nt_bucket{r=\"/\",le=\"+Inf\"} 3\nt_sum{r=\"/\"} 1.5\n\
            t_count{r=\"/\"} 3\n# TYPE s summary\ns{quantile=\"0.5\"} 7\ns_sum 9\ns_count 2\n\
            # TYPE g gauge\ng -1.5\nloose 2 1795295220000\nbroken{x=\"1\n";
        let found = families(text);
        assert_eq!(found["a"].kind, Kind::Counter);
        assert_eq!(found["a"].values[0], (labelled(&[("x", "1"), ("y", "a \"b\\c\n}")]), 3.0));
        let spread = &found["t"].spreads[&labelled(&[("r", "/")])];
        assert_eq!(spread, &Spread { parts: vec![(0.5, 2.0), (f64::INFINITY, 3.0)], sum: 1.5, count: 3.0 });
        let spread = &found["s"].spreads[&Labels::new()];
        assert_eq!(spread, &Spread { parts: vec![(0.5, 7.0)], sum: 9.0, count: 2.0 });
        assert_eq!((found["g"].kind, &found["g"].values[0].1), (Kind::Gauge, &-1.5));
        assert_eq!(found["loose"].values, [(Labels::new(), 2.0)]);
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn a_counter_whose_name_ends_like_a_part_of_a_histogram_stays_one() {
        let found = families("# TYPE rows_count counter\nrows_count 5\n# TYPE rows gauge\nrows 1\n");
        assert_eq!(found["rows_count"].values, [(Labels::new(), 5.0)]);
        assert_eq!(found["rows"].values, [(Labels::new(), 1.0)]);
    }
}
