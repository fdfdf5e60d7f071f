//! The full-screen view on a real terminal: `script` makes one.

use super::{SOON, by_hand};
use crate::program;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use testkit::{Actor, Rookery, eventually, member, program as with_token, sound};

/// A listener on a terminal of 80 by 24 cells.
struct Terminal {
    child: Child,
    screen: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn start(arguments: &str, environment: &[(&str, &str)]) -> Self {
        let line = format!("stty cols 80 rows 24; exec {} listen {arguments}", program().display());
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        command.env("TERM", "xterm-256color").env_remove("NO_COLOR").envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script");
        let screen = Arc::<Mutex<Vec<u8>>>::default();
        let (writing, mut output) = (Arc::clone(&screen), child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut chunk) {
                writing.lock().unwrap().extend_from_slice(&chunk[..count]);
            }
        });
        Self { child, screen }
    }

    /// Everything that was written to it.
    fn written(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    fn shows(&self, what: &str) {
        eventually(what, SOON, || self.written().contains(what).then_some(()));
    }

    fn press(&mut self, keys: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ALTERNATE_SCREEN: &str = "\u{1b}[?1049h";
const OWN_SCREEN: &str = "\u{1b}[?1049l";

#[test]
fn a_person_at_a_terminal_sees_the_nest_votes_and_leaves_it_as_it_was() {
    let server = Rookery::start(program());
    let ada = server.administrator();
    by_hand(&ada);
    let tracks: Vec<_> =
        (0..2).map(|at| ada.add_track(&format!("tone{at}"), &sound::wav(300 + at, 60_000))).collect();
    ada.add(&tracks[0]);
    let queued = ada.add(&tracks[1]);
    let ben = member(&ada, "Ben");
    let token = with_token(&ben, &["listen", "add"]);
    let arguments = format!("{} --output none", server.site().base());
    let mut terminal = Terminal::start(&arguments, &[("ROOKERY_TOKEN", &token.secret)]);
    terminal.shows(ALTERNATE_SCREEN);
    // Only what changes is written, so single words are looked for.
    terminal.shows("●");
    terminal.shows("tone0");
    terminal.shows("Ben");
    terminal.press("v");
    eventually("the vote is there", SOON, || {
        let queue = ada.main_nest()["state"]["queue"].clone();
        let entry = queue.as_array().unwrap().iter().find(|entry| entry["id"] == queued).cloned()?;
        (entry["votes"]["up"] == serde_json::json!([ben.person])).then_some(())
    });
    assert!(terminal.written().contains("\u{1b}[38;5;"), "colours");
    terminal.press("q");
    let status = eventually("it ends", SOON, || terminal.child.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
    terminal.shows(OWN_SCREEN);
}

#[test]
fn no_color_means_none() {
    let server = Rookery::start(program());
    drop(server.administrator());
    let arguments = format!("{} --output none", server.site().base());
    let terminal = Terminal::start(&arguments, &[("NO_COLOR", "1")]);
    terminal.shows("●");
    for colour in ["\u{1b}[38;5;", "\u{1b}[48;5;"] {
        assert!(!terminal.written().contains(colour), "{colour:?}");
    }
}
