//! `rookery env example`: every variable that is read, as a file to copy and to fill in. It is made of what the command line
//! is made of, and kept as `.env.example`; that the reference page says the same is a test here.

use crate::settings::Cli;
use clap::{Arg, CommandFactory as _};
use std::fmt::Write as _;

const HEAD: &str = "\
# Every variable that rookery reads. None has to be set: take away the `#` before one that should be.
# Made by `rookery env example`; what each means at length: docs/configuration.md.
";

/// The file.
pub fn text() -> String {
    settings().iter().fold(HEAD.to_owned(), |mut text, argument| {
        let _ = write!(text, "\n{}#{}=\n", said(argument), variable(argument));
        text
    })
}

/// What can be set by a variable: for every command, and for `serve`.
fn settings() -> Vec<Arg> {
    let command = Cli::command();
    let serve =
        command.find_subcommand("serve").map(|serve| serve.get_arguments().cloned().collect::<Vec<_>>());
    let all = command.get_arguments().cloned().chain(serve.unwrap_or_default());
    all.filter(|argument| argument.get_env().is_some() && !argument.is_hide_set()).collect()
}

fn variable(argument: &Arg) -> String {
    argument.get_env().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// What it is, and what is to be known of it, as comments.
fn said(argument: &Arg) -> String {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let mut said: String = help.lines().map(|line| format!("# {line}\n")).collect();
    let values: Vec<_> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if !values.is_empty() {
        let _ = writeln!(said, "# One of: {}", values.join(", "));
    }
    if argument.is_hide_env_values_set() {
        said.push_str("# A secret: seal it (`rookery secrets`) or keep it in a file where several people are on the machine.\n");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn docs() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
    }

    /// The tables' rows of all pages: flag, variable.
    fn rows() -> Vec<(String, String)> {
        let pages = [docs(), docs().join("operations")];
        let files = pages
            .iter()
            .flat_map(|folder| std::fs::read_dir(folder).unwrap())
            .map(|file| file.unwrap().path());
        let texts = files.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
        let mut rows = Vec::new();
        for text in texts.map(|path| std::fs::read_to_string(path).unwrap()) {
            for line in text.lines().filter(|line| line.starts_with("| `--")) {
                let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
                let [flag, variable] = [(); 2].map(|()| cells.next().unwrap_or_default());
                let inner = |cell: &str| cell.split('`').nth(1).unwrap_or_default().to_owned();
                rows.push((inner(flag), inner(variable)));
            }
        }
        rows
    }

    #[test]
    fn the_reference_says_each_setting_as_the_command_line_does() {
        let known: BTreeSet<_> = settings()
            .iter()
            .map(|argument| (format!("--{}", argument.get_long().unwrap_or_default()), variable(argument)))
            .collect();
        let rows = rows();
        let written: BTreeSet<_> = rows.iter().cloned().collect();
        let missing: Vec<_> = known.difference(&written).collect();
        assert!(missing.is_empty(), "no page has a row for {missing:?}");
        let variables: BTreeSet<_> = known.iter().map(|(_, variable)| variable).collect();
        let wrong: Vec<_> =
            rows.iter().filter(|row| variables.contains(&row.1) && !known.contains(*row)).collect();
        assert!(wrong.is_empty(), "rows that the command line says otherwise: {wrong:?}");
    }

    #[test]
    fn every_variable_is_there_once_with_what_it_is() {
        let text = text();
        for argument in settings() {
            let line = format!("\n#{}=\n", variable(&argument));
            assert_eq!(text.matches(&line).count(), 1, "{line}");
            assert!(argument.get_help().is_some(), "{line}");
        }
        assert!(text.contains("#ROOKERY_DATA=\n") && text.contains("#ROOKERY_DEMO=\n"));
        let secret = text.split("\n\n").find(|part| part.contains("#DATABASE_URL=")).unwrap();
        assert!(secret.contains("# A secret"), "{secret}");
    }
}
