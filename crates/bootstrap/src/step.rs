//! A step, and the text that takes steps on the machine.
//!
//! What is sent is read whole before any of it runs: a line that breaks on the way leaves a text that does nothing.

use std::fmt::Write as _;

/// The line after a file's last; no file has it.
const END: &str = "ROOKERY-END-OF-FILE";

/// A file that a step puts somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutFile {
    /// Where.
    pub path: String,
    /// Its mode, as `chmod` reads it.
    pub mode: &'static str,
    /// Its owner and group, `root:root`.
    pub owner: String,
    /// What is in it.
    pub text: String,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is, in a few words.
    pub name: String,
    /// Files it puts there; looked at before anything else.
    pub files: Vec<PutFile>,
    /// Commands that all succeed once it is done; they change nothing.
    pub look: Vec<String>,
    /// Commands that do it, after the files are there.
    pub act: Vec<String>,
}

impl Step {
    /// A step without files.
    pub(crate) fn new(name: impl Into<String>, look: &[&str], act: &[&str]) -> Self {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self { name: name.into(), files: Vec::new(), look: own(look), act: own(act) }
    }

    /// A folder, its parents with it.
    pub(crate) fn folder(path: &str, mode: &str, owner: &str) -> Self {
        Self::new(
            format!("the folder {path}"),
            &[&format!("folder {mode} {owner} {path}")],
            &[&format!("make {mode} {owner} {path}")],
        )
    }

    /// With a file.
    pub(crate) fn with(mut self, path: &str, mode: &'static str, owner: &str, text: &str) -> Self {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let text = format!("{text}{end}");
        self.files.push(PutFile { path: path.to_owned(), mode, owner: owner.to_owned(), text });
        self
    }

    /// Whether it can be sent as it is.
    pub(crate) fn is_sound(&self) -> bool {
        let is_path = |path: &str| path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.@".contains(c));
        let is_text = |text: &str| !text.contains('\0') && text.lines().all(|line| line != END);
        let is_name = self.name.chars().all(|c| !c.is_control() && c != '\'');
        is_name && self.files.iter().all(|file| is_path(&file.path) && is_text(&file.text))
    }
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only looked at; nothing changes.
    Look,
    /// Done where it is not.
    Act,
}

const OPENING: &str = r#"set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive
umask 022
has() { dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }
is() { [ "$(stat -c '%a %U:%G' -- "$3" 2>/dev/null)" = "$1 $2" ] && cmp -s - "$3"; }
put() {
    draft=$(mktemp "$3.XXXXXXXX") && cat >"$draft" && chown "$2" "$draft" && chmod "$1" "$draft" && mv -fT "$draft" "$3"
}
folder() { [ -d "$3" ] && [ ! -L "$3" ] && [ "$(stat -c '%a %U:%G' -- "$3")" = "$1 $2" ]; }
make() { install -d -m "$1" -o "${2%:*}" -g "${2#*:}" "$3"; }
add() {
    apt-get -q -o DPkg::Lock::Timeout=120 update &&
        apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
}
step() {
    if "look_$2" >/dev/null 2>&1; then echo "= $1"; return; fi
    if [ "$mode" = look ]; then echo "> $1"; return; fi
    said=$("act_$2" 2>&1) || { echo "! $1: $(printf %s "$said" | tr '\n\r' '  ' | tail -c 600)"; exit 1; }
    if "look_$2" >/dev/null 2>&1; then echo "+ $1"; return; fi
    echo "! $1: it was done and does not hold: $(printf %s "$said" | tr '\n\r' '  ' | tail -c 600)"
    exit 1
}
"#;

/// All steps as one text for `sh`. What it says is read by [`Told::parse`](crate::Told::parse).
#[must_use]
pub fn script(steps: &[Step], mode: Mode) -> String {
    let mut text = OPENING.to_owned();
    let mut calls = String::new();
    for (number, step) in steps.iter().enumerate() {
        let (mut look, mut act) = (Vec::new(), Vec::new());
        for (at, file) in step.files.iter().enumerate() {
            let PutFile { path, mode, owner, text: inside } = file;
            let _ = write!(text, "file_{number}_{at}() {{\ncat <<'{END}'\n{inside}{END}\n}}\n");
            look.push(format!("file_{number}_{at} | is {mode} {owner} {path}"));
            act.push(format!("file_{number}_{at} | put {mode} {owner} {path}"));
        }
        look.extend(step.look.iter().cloned());
        act.extend(step.act.iter().cloned());
        for (name, commands) in [("look", look), ("act", act)] {
            let body = if commands.is_empty() { ":".to_owned() } else { commands.join(" &&\n    ") };
            let _ = writeln!(text, "{name}_{number}() {{\n    {body}\n}}");
        }
        let _ = writeln!(calls, "    step '{}' {number}", step.name);
    }
    let (word, lock) = match mode {
        Mode::Look => ("look", ""),
        Mode::Act => (
            "act",
            "    exec 9>/run/rookery-bootstrap.lock && flock -n 9 || { echo '! the run: another is under way'; exit 1; }\n",
        ),
    };
    let _ =
        write!(text, "main() {{\n    mode={word}\n{lock}{calls}    echo '.'\n}}\nmain </dev/null\nexit\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Told;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    fn run(text: &str) -> Vec<Told> {
        let mut shell = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let said = shell.wait_with_output().unwrap().stdout;
        String::from_utf8(said).unwrap().lines().filter_map(Told::parse).collect()
    }

    fn scratch(name: &str) -> String {
        let folder = std::env::temp_dir().join(format!("rookery-bootstrap-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        folder.display().to_string()
    }

    /// Whoever runs the test.
    fn own() -> String {
        let said = Command::new("sh").args(["-c", "echo $(id -un):$(id -gn)"]).output().unwrap().stdout;
        String::from_utf8(said).unwrap().trim().to_owned()
    }

    #[test]
    fn a_step_is_done_once_and_looked_at_before_and_after() {
        let folder = scratch("once");
        let file = format!("{folder}/file");
        let made = format!("[ -e {folder}/made ]");
        let steps = [
            Step::new("the file", &[], &[]).with(&file, "640", &own(), "it's $HOME `id` \\n\n"),
            Step::new("the other", &[&made], &[&format!("touch {folder}/made")]),
        ];
        let act = script(&steps, Mode::Act).replace("/run/rookery-", &format!("{folder}/"));
        let (one, other) = ("the file".to_owned(), "the other".to_owned());
        let would = vec![Told::Would(one.clone()), Told::Would(other.clone()), Told::End];
        assert_eq!(run(&script(&steps, Mode::Look)), would);
        assert!(!std::path::Path::new(&file).exists());
        assert_eq!(run(&act), [Told::Done(one.clone()), Told::Done(other.clone()), Told::End]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "it's $HOME `id` \\n\n");
        assert_eq!(run(&act), [Told::Same(one.clone()), Told::Same(other), Told::End]);
        std::fs::write(&file, "changed").unwrap();
        assert_eq!(run(&act)[0], Told::Done(one));
        // Nothing is left beside it.
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_step_that_fails_or_does_not_hold_is_named_and_ends_the_run() {
        let folder = scratch("fails");
        let in_order =
            |first: Step| [first, Step::new("after", &["false"], &[&format!("touch {folder}/after")])];
        let fails =
            in_order(Step::new("it fails", &["false"], &["true", "{ echo no room; false; }", "touch /x"]));
        let hollow = in_order(Step::new("it is hollow", &["false"], &["true"]));
        for (steps, detail) in [(fails, "no room"), (hollow, "it was done and does not hold: ")] {
            let text = script(&steps, Mode::Act).replace("/run/rookery-", &format!("{folder}/"));
            let name = steps[0].name.clone();
            assert_eq!(run(&text), [Told::Failed { name, why: detail.to_owned() }]);
        }
        assert!(!std::path::Path::new(&format!("{folder}/after")).exists());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_text_that_breaks_off_does_nothing() {
        let folder = scratch("breaks");
        let text = script(&[Step::new("it", &["false"], &[&format!("touch {folder}/it")])], Mode::Act);
        let cut = text.rfind("main <").unwrap();
        for at in [cut / 2, cut - 1, cut + 3] {
            assert_eq!(run(&text[..at]), []);
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_would_end_a_file_or_a_word_early_is_not_sound() {
        assert!(Step::new("a", &[], &[]).with("/etc/a.b", "644", "root:root", "x").is_sound());
        assert!(
            !Step::new("a", &[], &[]).with("/etc/a", "644", "root:root", &format!("{END}\nid\n")).is_sound()
        );
        assert!(!Step::new("a", &[], &[]).with("/etc/a b", "644", "root:root", "x").is_sound());
        assert!(!Step::new("a'; id; '", &[], &[]).is_sound());
    }
}
