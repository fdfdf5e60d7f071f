//! What the evening is played on: the server, the services outside, who is there and who listens; and the one step of it:
//! time passes, and everything is compared with everything.

use super::cast::{ADA, BO, Cast, DAN, FAY};
use super::house::House;
use super::ledger::{self, Ledger};
use super::listener::{MAIN, Reader, Talker, snapshot};
use super::turns::Turns;
use super::view::{plain, position_ms};
use crate::echonest::elapsed;
use crate::history;
use fakes::{
    FakeSoundcloud, FakeSpotify, FakeVideo, FakeYoutube, Issuer, Reply, Request as Received, Server,
};
use model::{Clock, Entropy, SeededEntropy, WallTime};
use protocol::http::{NestSnapshot, NestState, Playback};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Actor, StillClock, eventually, since_1970, sound};

pub const VIDEO: &str = "dQw4w9WgXcQ";
const PATIENCE: Duration = Duration::from_secs(30);
/// What the webhook is told of.
const TOLD: [&str; 4] = ["paused", "resumed", "skipped", "horn"];
const DAY_US: i64 = 86_400_000_000;

/// Tells the seed if the evening fails.
struct Told(u64);

impl Drop for Told {
    #[expect(clippy::print_stderr, reason = "whoever reads the failure wants to play it again")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the evening's seed was {}: EVENING_SEED={0}", self.0);
        }
    }
}

/// The services outside, all of them fakes. They end with the evening.
struct Outside {
    issuer: Issuer,
    spotify: FakeSpotify,
    youtube: FakeYoutube,
    soundcloud: FakeSoundcloud,
    receiver: Server,
    /// Ids and kinds of the messages that came.
    mail: Arc<Mutex<BTreeSet<(String, String)>>>,
}

pub struct Evening {
    _told: Told,
    chance: SeededEntropy,
    pub house: House,
    pub cast: Cast,
    pub ledger: Ledger,
    pub turns: Turns,
    /// Bo, at the event stream.
    pub reader: Reader,
    /// Dan, at the socket.
    pub talker: Talker,
    /// What can be added: `track_id`s of the library, and names of songs elsewhere.
    pub library: Vec<String>,
    pub elsewhere: Vec<String>,
    /// The nest as it was served last.
    pub served: NestSnapshot,
    pub began_ms: i64,
    pub play_logs: TempDir,
    _folder: TempDir,
    /// Plays that were imported.
    pub imported: usize,
    outside: Outside,
    /// Since which event the webhook is told.
    told_from: u64,
}

/// When what plays will have played through.
fn ends_at_ms(state: &NestState) -> Option<i64> {
    state.playing.as_ref().and_then(|playing| match playing.playback {
        Playback::Running { started_at_ms } => Some(started_at_ms + playing.entry.track.duration_ms),
        Playback::Paused { .. } => None,
    })
}

/// Whether something is to happen by itself.
fn is_due(state: &NestState, now_ms: i64) -> bool {
    match &state.playing {
        Some(_) => ends_at_ms(state).is_some_and(|end| end <= now_ms),
        None => !state.queue.is_empty(),
    }
}

impl Outside {
    fn start(base: &str, clock: &Arc<StillClock>) -> Self {
        let shared: Arc<dyn Clock> = Arc::<StillClock>::clone(clock);
        let spotify = FakeSpotify::start(Arc::clone(&shared));
        spotify.add_app("app-1", "secret-of-app-1", &format!("{base}/authentication/spotify_callback"));
        let youtube = FakeYoutube::start(Arc::clone(&shared));
        youtube.add(FakeVideo::new(VIDEO, "Rooks at dawn", "PT4M"));
        let soundcloud = FakeSoundcloud::start(shared);
        soundcloud.add(293, "Flickermood", 213_000, "playable");
        let mail = Arc::new(Mutex::new(BTreeSet::new()));
        let inbox = Arc::clone(&mail);
        let receiver = Server::of(move |request: &Received| {
            let message: Value = serde_json::from_slice(&request.body).unwrap();
            let kind = message["type"].as_str().unwrap().to_owned();
            inbox.lock().unwrap().insert((request.header("webhook-id").to_owned(), kind));
            Reply::json(200, &json!({}))
        });
        let issuer = Issuer::start(&[format!("{base}/api/v1/sign-in/oidc/callback")]);
        Self { issuer, spotify, youtube, soundcloud, receiver, mail }
    }

    fn plan(&self, base: &str, folder: &Path, play_logs: &Path, seed: u64) -> Value {
        json!({
            "base": base, "folder": folder, "play_logs": play_logs, "seed": seed, "issuer": self.issuer.origin(),
            "spotify_api": self.spotify.api(), "spotify_accounts": self.spotify.accounts(),
            "youtube_api": self.youtube.api(), "soundcloud": self.soundcloud.server.origin(),
        })
    }
}

/// Half a year of EchoNest: what Bo and others played on such days a year ago, by addresses in whatever capitals.
fn old_logs(folder: &Path, today: i64) -> usize {
    let day = |ago: i64| {
        let at = WallTime::from_micros((today - ago) * DAY_US);
        // The date as the logs say it, by the calendar of the tests of history.
        history::date(at.micros() / DAY_US)
    };
    let mut lines = Vec::new();
    for (number, ago) in [364, 363, 371, 370, 728, 727].into_iter().enumerate() {
        let user = if number % 2 == 0 { "BO@Example.ORG" } else { "ana@example.org" };
        let song = format!("spotify:track:{:0>22}", format!("old{number}"));
        let title = format!("Old song {number}");
        lines.push(history::line(&format!("{}T12:00:00", day(ago)), &song, user, &title, 90));
    }
    std::fs::write(folder.join("play_log_2020_01_01.json"), lines.join("\n")).unwrap();
    lines.len()
}

/// The nest is set up, and the library filled: what people can add, of it and of the services.
fn furnish(cast: &Cast) -> (Vec<String>, Vec<String>) {
    let actions = [
        "add",
        "vote",
        "jam",
        "comment",
        "horn",
        "remove_others",
        "clear",
        "pause",
        "skip",
        "seek",
        "volume",
    ];
    let settings = json!({"autofill": false, "free_horn_jams": 3, "member_actions": actions});
    cast.ada.command("configure", settings).ok();
    let add = |at: u32| cast.ada.add_track(&format!("{at}.wav"), &sound::wav(400 + at, 50_000 + at * 17_000));
    let library = (0..6).map(add).collect();
    // What people do not add themselves: the songs of the old logs, and some more.
    for at in 0..10 {
        let file = history::by("Billy Joel", sound::wav(700 + at, 90_000));
        cast.ada.add_track(&format!("Old%20song%20{at}.wav"), &file);
    }
    let spotify = [1, 2, 5].map(|at| format!("spotify:track:{}", fakes::spotify_id(&format!("track{at}"))));
    let elsewhere =
        spotify.into_iter().chain([format!("youtube:{VIDEO}"), "soundcloud:293".to_owned()]).collect();
    (library, elsewhere)
}

impl Evening {
    pub fn begin(seed: u64) -> Self {
        let told = Told(seed);
        let (folder, play_logs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let clock = Arc::new(StillClock::at(WallTime::from_micros(since_1970().as_micros() as i64)));
        // The services want to know where people come back to, before the server is there.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let base = format!("http://localhost:{port}");
        let outside = Outside::start(&base, &clock);
        let plan = outside.plan(&base, folder.path(), play_logs.path(), seed);
        let house = House::start(plan, Arc::clone(&clock), SocketAddr::from(([127, 0, 0, 1], port)));
        let logs = tempfile::tempdir().unwrap();
        let imported = old_logs(logs.path(), clock.wall().micros() / DAY_US);
        let printed = history::import(folder.path(), logs.path(), &[]);
        assert!(printed.starts_with(&format!("{imported} plays added")), "{printed}");
        let cast = Cast::arrive(&house);
        let bo = &cast.people[BO];
        assert!(
            cast.ada.get(&format!("{MAIN}/plays")).ok()["plays"][1]["added_by"]["id"] == *bo.id,
            "what BO@Example.ORG played is Bo's"
        );
        let (library, elsewhere) = furnish(&cast);
        let hook =
            json!({"url": format!("{}/hook", outside.receiver.origin()), "form": "signed", "events": TOLD});
        drop(cast.ada.post(&format!("{MAIN}/webhooks"), hook).expect(201));
        let served = snapshot(&cast.ada);
        let reader = Reader::open("Bo", cast.browser(BO));
        let talker = Talker::open("Dan", cast.browser(DAN));
        let mut ledger = Ledger::open(folder.path());
        ledger.read_to(served.offset);
        Self {
            _told: told,
            chance: SeededEntropy::from_seed(seed),
            began_ms: house.now_ms(),
            turns: Turns::new(served.state.settings.ordering),
            told_from: served.offset,
            house,
            cast,
            ledger,
            reader,
            talker,
            library,
            elsewhere,
            served,
            play_logs,
            _folder: folder,
            imported,
            outside,
        }
    }

    /// A number below `bound`.
    pub fn draw(&mut self, bound: u64) -> u64 {
        self.chance.below(bound)
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.draw(of.len() as u64) as usize].clone()
    }

    pub const fn state(&self) -> &NestState {
        &self.served.state
    }

    /// Time passes. Songs that end meanwhile are followed a moment later, as a timer would, or, now and then, as after a
    /// long sleep.
    pub fn pass(&mut self, span_ms: i64) {
        let until = self.house.now_ms() + span_ms;
        while self.house.now_ms() < until {
            let late = if self.draw(12) == 0 { 9_000 } else { 1 + self.draw(2_500) as i64 };
            let next = ends_at_ms(self.state()).map_or(until, |end| (end + late).min(until));
            let by = (next - self.house.now_ms()).max(1);
            self.house.advance(Duration::from_millis(by.unsigned_abs()));
            self.observe();
        }
    }

    /// Has the nest look at its clock, which moves only when it is set, and compares everything with everything.
    pub fn observe(&mut self) {
        let who = self.chance.below(self.cast.people.len() as u64) as usize;
        let nobody_s = json!({"entry": u32::MAX, "direction": "up"});
        self.cast.people[who].way.command("vote", nobody_s).problem(404, "unknown_entry");
        let now_ms = self.house.now_ms();
        self.served = eventually("the nest goes on", PATIENCE, || {
            Some(snapshot(&self.cast.ada)).filter(|served| !is_due(&served.state, now_ms))
        });
        let NestSnapshot { offset, server_time_ms, ref state, .. } = self.served;
        assert_eq!(server_time_ms, self.house.now_ms(), "the clock stands still");
        let turns = &mut self.turns;
        self.reader.catch_up(offset, |at, publication| turns.hear(at, publication));
        self.talker.catch_up(offset);
        let expected = plain(state.clone());
        for view in [&self.reader.view, &self.talker.view] {
            assert_eq!(view.offset, offset);
            assert_eq!(
                plain(view.state.clone()),
                expected,
                "what {} makes of it, and what is served",
                view.who
            );
        }
        self.ledger.read_to(offset);
        self.ledger.check_replay(offset, state);
        self.check_dialect();
    }

    /// EchoNest's client is told the same song at the same place.
    fn check_dialect(&self) {
        let client = &self.cast.people[FAY].way;
        let shown = client.get("/api/playing").ok();
        let Some(playing) = &self.state().playing else {
            // Autofill may have begun a song since.
            assert!(shown["trackid"] == "" || self.state().settings.autofill, "{shown}");
            return;
        };
        assert_eq!(shown["id"], playing.entry.id.to_string());
        assert_eq!(shown["paused"], matches!(playing.playback, Playback::Paused { .. }));
        let is_one_day = shown["now"].as_str().unwrap()[..10] == shown["starttime"].as_str().unwrap()[..10];
        if is_one_day {
            let expected = position_ms(playing, self.house.now_ms()).max(0) as f64 / 1e3;
            assert!((elapsed(&shown) - expected).abs() < 0.002, "{expected} s and {shown}");
        }
    }

    /// Every event that the webhook is told of has come, once by its id.
    pub fn post_arrives(&self) {
        let since = self.told_from as usize;
        let happened =
            self.ledger.events[since..].iter().filter(|event| TOLD.contains(&ledger::name(&event.kind)));
        let expected = happened.count();
        eventually("the webhook is told", PATIENCE, || {
            let came = self.outside.mail.lock().unwrap().len();
            assert!(came <= expected, "{came} messages of {expected} events");
            (came == expected).then_some(())
        });
    }

    /// Everybody reaches a server that was started again, with the positions they have.
    pub fn come_back(&mut self) {
        self.house.start_again();
        self.cast.turn_to(&self.house.site);
        let (bo, dan) = (self.cast.browser(BO).clone(), self.cast.browser(DAN).clone());
        self.reader.reconnect(&bo);
        self.talker.reconnect(&dan);
        self.observe();
    }

    /// Whoever hosts the main nest says in which order it plays.
    pub fn order_by(&mut self, ordering: &str) {
        self.cast.people[ADA].way.command("configure", json!({"ordering": ordering})).ok();
        self.observe();
    }
}
