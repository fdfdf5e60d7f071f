//! Words that have no place: switched-off tests, unbounded things, unfinished code, paths of somebody's machine.

use super::Source;

/// A word, where it is refused, and what to do instead.
struct Refused {
    word: &'static str,
    in_tests: bool,
    instead: &'static str,
}

const REFUSED: [Refused; 10] = [
    Refused { word: concat!("#[ig", "nore"), in_tests: true, instead: "make the test run, or delete it" },
    Refused { word: concat!("fn te", "st_"), in_tests: true, instead: "name the test as a sentence" },
    Refused { word: concat!("unbounded_", "channel("), in_tests: true, instead: "everything has a limit" },
    Refused { word: concat!("tokio::", "spawn("), in_tests: false, instead: "use the lifecycle" },
    Refused { word: concat!("to", "do!("), in_tests: true, instead: "do it" },
    Refused { word: concat!("unimple", "mented!("), in_tests: true, instead: "implement it" },
    Refused { word: concat!("FIX", "ME"), in_tests: true, instead: "fix it, or open an issue" },
    Refused { word: concat!("XX", "X:"), in_tests: true, instead: "say why in a sentence" },
    Refused { word: concat!("no lon", "ger used"), in_tests: true, instead: "delete it" },
    Refused { word: concat!("fn is_val", "id_"), in_tests: true, instead: "parse into a type" },
];

/// Beginnings of paths on somebody's machine.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !source.path.ends_with("package-lock.json")) {
        for (at, line) in source.text.lines().enumerate() {
            let place = format!("{}:{}", source.path, at + 1);
            if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
                wrong.push(format!("{place}: {path} is a path of one machine"));
            }
            if source.is_rust() && !source.path.ends_with("tidy/words.rs") {
                let refused = REFUSED.iter().filter(|refused| refused.in_tests || !source.is_test());
                let found = refused.filter(|refused| line.contains(refused.word));
                wrong.extend(found.map(|found| format!("{place}: `{}`: {}", found.word, found.instead)));
            }
        }
    }
    wrong
}

/// Whether a line names a path that begins so: not as a part of a longer path.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '~' | '*'))
    })
}
