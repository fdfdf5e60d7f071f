//! A player of the desktop follows the nest: the listener and a small player on a real session bus. The player refuses
//! what players refuse.

use super::{Listening, SOON, now_ms};
use crate::echonest::{PIANO_MAN, VIENNA, added, bot, stage};
use serde_json::json;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use testkit::{Actor, Browser, eventually};
use zbus::{ObjectPath, OwnedVariant, Variant, fdo, interface};

/// A session bus of the test's own.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let mut daemon = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("dbus-daemon");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What the player does.
#[derive(Default)]
struct Deck {
    song: Option<String>,
    plays: bool,
    /// Position: since this local time while it plays, else this.
    at_ms: f64,
    asked: Vec<String>,
}

impl Deck {
    fn position_ms(&self) -> f64 {
        if self.plays { now_ms() - self.at_ms } else { self.at_ms }
    }

    fn put(&mut self, position_ms: f64, plays: bool) {
        self.plays = plays;
        self.at_ms = if plays { now_ms() - position_ms } else { position_ms };
    }

    fn path(&self) -> String {
        match &self.song {
            Some(song) => format!("/com/spotify/track/{song}"),
            None => "/org/mpris/MediaPlayer2/TrackList/NoTrack".to_owned(),
        }
    }
}

#[derive(Clone, Default)]
struct Player(Arc<Mutex<Deck>>);

#[interface(name = "org.mpris.MediaPlayer2.Player")]
impl Player {
    fn open_uri(&self, uri: &str) -> fdo::Result<()> {
        let mut deck = self.0.lock().unwrap();
        deck.asked.push(format!("open {uri}"));
        let song = uri.strip_prefix("spotify:track:");
        let song = song.ok_or_else(|| fdo::Error::NotSupported(format!("cannot open {uri}")))?;
        deck.song = Some(song.to_owned());
        deck.put(0.0, true);
        Ok(())
    }

    fn play(&self) {
        let mut deck = self.0.lock().unwrap();
        deck.asked.push("play".to_owned());
        let at_ms = deck.position_ms();
        let plays = deck.song.is_some();
        deck.put(at_ms, plays);
    }

    fn pause(&self) {
        let mut deck = self.0.lock().unwrap();
        deck.asked.push("pause".to_owned());
        let at_ms = deck.position_ms();
        deck.put(at_ms, false);
    }

    fn set_position(&self, track: ObjectPath<'_>, position_us: i64) {
        let mut deck = self.0.lock().unwrap();
        deck.asked.push(format!("move to {position_us}"));
        // A request for a song that is gone is to be passed over.
        if track.as_str() == deck.path() && position_us >= 0 {
            let plays = deck.plays;
            deck.put(position_us as f64 / 1000.0, plays);
        }
    }

    #[zbus(property)]
    fn playback_status(&self) -> String {
        let deck = self.0.lock().unwrap();
        let status = if deck.plays {
            "Playing"
        } else if deck.song.is_some() {
            "Paused"
        } else {
            "Stopped"
        };
        status.to_owned()
    }

    #[zbus(property)]
    fn position(&self) -> i64 {
        (self.0.lock().unwrap().position_ms() * 1000.0) as i64
    }

    #[zbus(property)]
    fn can_seek(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn metadata(&self) -> HashMap<String, OwnedVariant> {
        let deck = self.0.lock().unwrap();
        let path = ObjectPath::try_from(deck.path()).unwrap();
        let owned = |value: Variant<'_>| OwnedVariant::try_from(value).unwrap();
        let mut metadata = HashMap::from([("mpris:trackid".to_owned(), owned(Variant::from(path)))]);
        if let Some(song) = &deck.song {
            let url = format!("https://open.spotify.com/track/{song}");
            metadata.insert("xesam:url".to_owned(), owned(Variant::from(url)));
        }
        metadata
    }
}

struct Root;

#[interface(name = "org.mpris.MediaPlayer2")]
impl Root {
    #[zbus(property)]
    fn identity(&self) -> String {
        "A player".to_owned()
    }

    #[zbus(property)]
    fn supported_uri_schemes(&self) -> Vec<String> {
        vec!["spotify".to_owned()]
    }
}

impl Player {
    async fn appear(&self, bus: &Bus) -> zbus::Connection {
        zbus::connection::Builder::address(bus.address.as_str())
            .serve_at("/org/mpris/MediaPlayer2", self.clone())
            .serve_at("/org/mpris/MediaPlayer2", Root)
            .name("org.mpris.MediaPlayer2.little")
            .build()
            .await
            .unwrap()
    }

    fn look<T>(&self, at: impl FnOnce(&Deck) -> T) -> T {
        at(&self.0.lock().unwrap())
    }

    /// How far ahead of the nest the player is, if it plays this song.
    fn off_ms(&self, ada: &Browser, uri: &str) -> Option<f64> {
        let started_ms = ada.main_nest()["state"]["playing"]["playback"]["started_at_ms"].as_f64()?;
        let plays = self.look(|deck| deck.plays && deck.song.as_deref() == uri.rsplit(':').next());
        plays.then(|| self.look(|deck| deck.position_ms()) - (now_ms() - started_ms))
    }

    #[track_caller]
    fn comes_in_step(&self, ada: &Browser, uri: &str) {
        eventually("the player is in step", SOON, || self.off_ms(ada, uri).filter(|off| off.abs() < 400.0));
    }
}

#[test]
fn a_player_of_the_desktop_follows_the_nest_until_a_person_takes_it() {
    let bus = Bus::start();
    let (app, ada) = stage();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let bot = bot(&ada);
    added(&bot, PIANO_MAN);
    added(&bot, VIENNA);
    drop(ada.command("seek", json!({"position_ms": 60_000})).expect(200));
    let arguments = [&app.site().base(), "--output", "mpris"];
    let environment = [("DBUS_SESSION_BUS_ADDRESS", bus.address.as_str())];
    let mut listening = Listening::start(&arguments, &environment);
    // There is no player yet.
    listening.line("output", |line| line["state"] == "trouble");
    let player = Player::default();
    let _connection = runtime.block_on(player.appear(&bus));
    let playing = listening.line("output", |line| line["state"] == "playing");
    assert_eq!(playing["name"], "little");
    player.comes_in_step(&ada, PIANO_MAN);
    assert_eq!(player.look(|deck| deck.asked[0].clone()), format!("open {PIANO_MAN}"));

    drop(ada.command("pause", json!({})).expect(200));
    eventually("the player pauses", SOON, || player.look(|deck| (!deck.plays).then_some(())));
    drop(ada.command("resume", json!({})).expect(200));
    player.comes_in_step(&ada, PIANO_MAN);
    drop(ada.command("seek", json!({"position_ms": 120_000})).expect(200));
    player.comes_in_step(&ada, PIANO_MAN);
    listening.line("output", |line| line["off_ms"].as_f64().is_some_and(|off| off.abs() < 400.0));

    // Somebody presses pause in front of the player, and play again after a while.
    {
        let mut deck = player.0.lock().unwrap();
        let at_ms = deck.position_ms();
        deck.put(at_ms, false);
        deck.asked.clear();
    }
    listening.line("output", |line| line["state"] == "stepped_back");
    assert_eq!(player.look(|deck| (deck.plays, deck.asked.len())), (false, 0));
    {
        let mut deck = player.0.lock().unwrap();
        let at_ms = deck.position_ms();
        deck.put(at_ms, true);
    }
    player.comes_in_step(&ada, PIANO_MAN);

    drop(ada.command("skip", json!({})).expect(200));
    player.comes_in_step(&ada, VIENNA);
    // Somebody plays something else: the nest goes on without them.
    {
        let mut deck = player.0.lock().unwrap();
        deck.song = Some("0000000000000000000000".to_owned());
        deck.put(0.0, true);
        deck.asked.clear();
    }
    listening.line("output", |line| line["state"] == "stepped_back");
    assert!(player.look(|deck| deck.asked.is_empty() && deck.plays));
    assert!(listening.pid() > 0);
}
