//! The faults of EchoNest that `docs/from-echonest.md` lists: each has tests, and they are there.

use super::Source;
use std::collections::BTreeSet;

const LIST: &str = "docs/from-echonest.md";
/// How many faults of security and of behaviour there are.
const NUMBERS: [(char, u32); 2] = [('S', 17), ('B', 23)];

pub fn check(sources: &[Source]) -> Vec<String> {
    let Some(list) = sources.iter().find(|source| source.path == LIST) else {
        return vec![format!("there is no {LIST}")];
    };
    let tests = tests(sources);
    let mut missing: BTreeSet<String> = NUMBERS
        .into_iter()
        .flat_map(|(kind, last)| (1..=last).map(move |number| format!("{kind}{number}")))
        .collect();
    let mut wrong = Vec::new();
    for line in list.text.lines() {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [fault, _, named] = cells[..] else { continue };
        if !is_number(fault) {
            continue;
        }
        if !missing.remove(fault) {
            wrong.push(format!("{LIST}: {fault} is there twice, or is no fault that was found"));
        }
        let names: Vec<_> = named.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            wrong.push(format!("{LIST}: {fault} has no test"));
        }
        let gone = names.iter().filter(|name| !tests.contains(**name));
        wrong.extend(gone.map(|name| format!("{LIST}: {fault}: there is no test {name}")));
    }
    wrong.extend(missing.iter().map(|fault| format!("{LIST}: {fault} is missing")));
    wrong
}

/// Whether this is the number of a fault, as in `S12`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(NUMBERS.map(|(kind, _)| kind));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The names of all tests: functions that stand below `#[test]`, with other attributes between or not.
fn tests(sources: &[Source]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        let mut is_test = false;
        for line in source.text.lines().map(str::trim) {
            if line == "#[test]" || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if let Some(rest) = line.strip_prefix("fn ").or_else(|| line.strip_prefix("async fn "))
                && std::mem::take(&mut is_test)
            {
                names.extend(rest.split(['(', '<']).next());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_fault_without_its_test_is_found() {
        let code =
            source("crates/x/src/lib.rs", "#[test]\n#[expect(x)]\nfn it_is_right() {}\nfn no_test() {}\n");
        let table = "| S1 | right | `it_is_right` |\n| S2 | right | `no_test` |\n| B1 | right | |\n| B1 | x | `it_is_right` |\n";
        let wrong = check(&[source(LIST, table), code]);
        let said = wrong.join("\n");
        assert!(!said.contains("S1:") && !said.contains("S1 is missing"), "{said}");
        for expected in
            ["S2: there is no test no_test", "B1 has no test", "B1 is there twice", "S3 is missing"]
        {
            assert!(said.contains(expected), "{expected}: {said}");
        }
        assert_eq!(wrong.len(), 3 + 17 + 23 - 3);
    }
}
