//! What is made of a declaration: fresh where it is kept, named where it is stale, and of commands that are there.

use crate::program;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use testkit::run;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The exit code, and all that was said.
fn rookery(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = run(program(), args, folder);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// A folder with the example's declaration, changed.
fn declared(change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = fs::read_to_string(root().join("deploy/rookery.toml")).unwrap();
    fs::write(folder.path().join("rookery.toml"), change(example)).unwrap();
    folder
}

/// Every file below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn the_example_s_files_are_as_its_declaration_says() {
    let args = ["--config", "deploy/rookery.toml", "env", "files", "--into", "deploy", "--check"];
    let (code, said) = rookery(&root(), &args);
    assert_eq!(code, Some(0), "make them anew (`cargo xtask schema`): {said}");
    let (code, said) = rookery(&root(), &["--config", "deploy/rookery.toml", "env", "check"]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn what_is_stale_missing_or_left_over_is_named() {
    let folder = declared(|example| example);
    let (code, said) = rookery(folder.path(), &["env", "files", "--into", "out"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = rookery(folder.path(), &["env", "files", "--into", "out", "--check"]);
    assert_eq!(code, Some(0), "{said}");
    let out = folder.path().join("out");
    let compose = fs::read_to_string(out.join("beta/compose.yaml")).unwrap();
    fs::write(out.join("beta/compose.yaml"), compose.replace("read_only: true", "read_only: false")).unwrap();
    fs::remove_file(out.join("Dockerfile")).unwrap();
    fs::copy(out.join("app.gateway.yaml"), out.join("app.gone.yaml")).unwrap();
    fs::write(out.join("notes.md"), "somebody's own").unwrap();
    let (code, said) = rookery(folder.path(), &["env", "files", "--into", "out", "--check"]);
    assert_eq!(code, Some(1), "{said}");
    for line in [
        "beta/compose.yaml: is not as it would be made",
        "Dockerfile: is missing",
        "app.gone.yaml: would not be made any more",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.contains("3 files are not") && !said.contains("notes.md"), "{said}");
    // Of one environment alone, what others have is not looked at.
    let (code, said) = rookery(folder.path(), &["env", "files", "gateway", "--into", "out", "--check"]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn what_a_platform_cannot_do_is_said_before_anything_is_written() {
    let folder = declared(|example| example.replace("database = \"libsql://our-gateway.turso.io\"\n", ""));
    let (code, said) = rookery(folder.path(), &["env", "files", "--into", "out"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error: database (gateway): this platform keeps no files"), "{said}");
    assert!(!folder.path().join("out").exists());
    let (code, said) = rookery(folder.path(), &["env", "files", "fly"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("warning: target (fly): a volume belongs to one machine"), "{said}");
    assert!(said.contains("fly.fly.toml\n") && !said.contains("app.gateway.yaml"), "{said}");
    let (code, said) = rookery(folder.path(), &["env", "files", "fyl"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("did you mean `fly`?"), "{said}");
}

#[test]
fn a_machine_of_its_own_gets_the_very_units_that_slots_units_writes() {
    let folder = declared(|example| example);
    let (code, said) = rookery(folder.path(), &["env", "files", "production", "--into", "out"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) =
        rookery(folder.path(), &["--environment", "production", "slots", "units", "--into", "."]);
    assert_eq!(code, Some(0), "{said}");
    for unit in
        ["rookery-production.socket", "rookery-production-metrics.socket", "rookery-production@.service"]
    {
        let made = fs::read_to_string(folder.path().join("out/production/systemd").join(unit)).unwrap();
        let (_, without_opening) = made.split_once('\n').unwrap();
        assert_eq!(without_opening, fs::read_to_string(folder.path().join(unit)).unwrap());
    }
}

/// What a page or a file has somebody run: the words behind the program's name, each up to where a shell ends a command.
fn commands(path: &Path, text: &str) -> Vec<String> {
    let is_page = path.extension().is_some_and(|ending| ending == "md");
    let mut is_fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        }
        // What is another program's to understand.
        if ["cargo", "doctl", "docker inspect", "gh run"].iter().any(|word| line.contains(word)) {
            continue;
        }
        let is_code = if is_page { is_fenced || line.starts_with("    ") } else { !line.starts_with('#') };
        let parts: Vec<&str> =
            if is_code { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
        for part in parts {
            for (at, name) in part.match_indices("rookery") {
                let before = part[..at].chars().next_back();
                let rest = part[at + name.len()..].trim_start_matches('\'');
                if before.is_none_or(|c| matches!(c, '/' | ' ' | '"' | '\''))
                    && rest.starts_with(' ')
                    && !rest.starts_with(" /")
                {
                    let ends = |c| matches!(c, '"' | '\'' | ';' | '&' | '|' | '#' | ')' | ']' | '\\');
                    found.push(rest.split(ends).next().unwrap_or_default().trim().to_owned());
                }
            }
        }
    }
    found
}

/// The help of a command, asked for once.
fn help(known: &mut BTreeMap<String, Option<String>>, words: &[&str]) -> Option<String> {
    let ask = || {
        let (code, said) = rookery(&root(), &[words, &["--help"]].concat());
        (code == Some(0)).then_some(said)
    };
    known.entry(words.join(" ")).or_insert_with(ask).clone()
}

/// What is wrong with a command, if something is.
fn unknown(known: &mut BTreeMap<String, Option<String>>, command: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut flags = Vec::new();
    let mut is_value = false;
    let mut has_arguments = false;
    for token in command.split_whitespace() {
        if let Some(flag) = token.strip_prefix("--") {
            let name = flag.split('=').next().unwrap_or(flag);
            // What stands in front of the command has a value.
            is_value = words.is_empty();
            flags.push(format!("--{name}"));
        } else if is_value || token == "…" {
            is_value = false;
        } else if !has_arguments && token.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            let next = [&words[..], &[token]].concat();
            let said = help(known, &words)?;
            let is_command = said.lines().any(|line| line.trim_start().split(' ').next() == Some(token));
            match (is_command, said.contains("<COMMAND>")) {
                (true, _) => words = next,
                (false, true) => return Some(format!("`{token}` is no command")),
                (false, false) => has_arguments = true,
            }
        } else {
            has_arguments = true;
        }
    }
    let said = help(known, &words)?;
    let missing = flags
        .into_iter()
        .find(|flag| !said.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| word == flag));
    missing.map(|flag| format!("`rookery {}` has no {flag}", words.join(" ")))
}

#[test]
fn every_command_that_a_page_or_a_made_file_names_is_there() {
    let mut files = below(&root().join("docs/operations"));
    files.extend(below(&root().join("deploy")));
    files.push(root().join("docs/configuration.md"));
    let (mut known, mut count, mut wrong) = (BTreeMap::new(), 0, Vec::new());
    for path in files {
        for command in commands(&path, &fs::read_to_string(&path).unwrap()) {
            count += 1;
            wrong.extend(
                unknown(&mut known, &command)
                    .map(|why| format!("{}: rookery {command}: {why}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 60, "commands are found: {count}");
    for bad in ["fly staging", "env fils", "slots switch --to ID", "--environment ENV foretell"] {
        assert!(unknown(&mut known, bad).is_some(), "{bad} would be found");
    }
}

/// The names of tests in a source: functions and sentences.
fn names(source: &str) -> impl Iterator<Item = &str> {
    let forms = [("fn ", '('), ("test('", '\''), ("test(\"", '"')];
    forms.into_iter().flat_map(move |(opening, end)| {
        source.split(opening).skip(1).filter_map(move |rest| Some(rest.split_once(end)?.0))
    })
}

#[test]
fn every_number_of_the_checklist_is_there_and_every_test_and_file_it_names() {
    let page = fs::read_to_string(root().join("docs/operations/checklist.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes().get(3).is_some_and(u8::is_ascii_digit))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let expected = [('A', 107), ('B', 67), ('C', 63), ('D', 16)];
    let expected: Vec<String> = expected
        .into_iter()
        .flat_map(|(plan, last)| (1..=last).map(move |number| format!("{plan}{number}")))
        .collect();
    assert_eq!(rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(), expected);
    let mut paths = below(&root().join("e2e/tests"));
    for crate_folder in fs::read_dir(root().join("crates")).unwrap() {
        let crate_folder = crate_folder.unwrap().path();
        paths.extend(
            ["src", "tests"]
                .iter()
                .map(|part| crate_folder.join(part))
                .filter(|part| part.exists())
                .flat_map(|part| below(&part)),
        );
    }
    let is_source = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs" || ending == "mjs");
    let sources: Vec<String> =
        paths.iter().filter(|path| is_source(path)).map(|path| fs::read_to_string(path).unwrap()).collect();
    let names: BTreeSet<&str> = sources.iter().flat_map(|source| names(source)).collect();
    let mut wrong = Vec::new();
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        for name in row[3].split('`').skip(1).step_by(2) {
            let is_command = name.starts_with("rookery ") || name.starts_with("cargo ");
            let is_file =
                name.contains(['.', '/']) && !name.contains(' ') && root().join("deploy").join(name).exists();
            if !(is_command || is_file || names.contains(name)) {
                wrong.push(format!("{}: {name}", row[0]));
            }
        }
        let said = row[3].strip_prefix("as ");
        if let Some(other) = said {
            assert!(expected.iter().any(|id| id == other), "{row:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
