//! The server of the evening: a process of its own, so that it can be asked to end and be killed, on a clock that the
//! test sets. The process is this very test binary, running the one test below; what it is to do comes on its input.

use crate::program;
use fakes::Issuer;
use model::{Clock, WallTime};
use providers::spotify::SpotifyAppOptions;
use providers::{Market, Outside, Secret};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use server::play_log::PlayLogConfig;
use server::{
    Config, EchonestConfig, ProviderConfig, SignInConfig, SoundcloudConfig, SourceAddresses, SourcesConfig,
};
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;
use testkit::{Actor as _, Anonymous, Place, Site, StillClock, eventually, stand};

/// Begins a line that is for us, among what the test harness prints.
const MARK: &str = "@house ";
const PATIENCE: Duration = Duration::from_secs(60);
/// The test below, as the harness knows it.
const SERVING: &str = "evening::house::a_server_on_a_still_clock_serves_until_it_is_asked_to_end";
pub const INVITE_CODE: &str = "come-in";

/// The server's settings out of the plan.
fn config(plan: &Value) -> Config {
    let text = |name: &str| plan[name].as_str().unwrap().to_owned();
    let sources = SourcesConfig {
        market: Market::parse("DE").unwrap(),
        spotify: Some(SpotifyAppOptions {
            client_id: "app-1".into(),
            client_secret: Some(Secret::new("secret-of-app-1")),
        }),
        youtube_key: Some(Secret::new("youtube-key")),
        soundcloud: Some(SoundcloudConfig {
            client_id: "soundcloud-app".into(),
            client_secret: Secret::new("soundcloud-secret"),
        }),
        addresses: SourceAddresses {
            spotify_api: text("spotify_api"),
            spotify_accounts: text("spotify_accounts"),
            youtube_api: text("youtube_api"),
            soundcloud_api: text("soundcloud"),
            soundcloud_sign_in: text("soundcloud"),
        },
    };
    let provider = ProviderConfig {
        id: "oidc".into(),
        name: "The club".into(),
        issuer: text("issuer"),
        client_id: Issuer::CLIENT_ID.into(),
        client_secret: Some(Secret::new(Issuer::CLIENT_SECRET)),
        callback_path: "/api/v1/sign-in/oidc/callback".into(),
    };
    Config {
        public_url: Some(text("base")),
        sources,
        sign_in: SignInConfig {
            providers: vec![provider],
            admission: identity::Admission::parse("example.org"),
            ..SignInConfig::default()
        },
        outside: Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] },
        play_log: Some(PlayLogConfig { folder: text("play_logs").into(), addresses: false }),
        echonest: EchonestConfig { invite_codes: vec![INVITE_CODE.into()] },
        ..Config::default()
    }
}

/// Says something to whoever started this process.
fn say(what: &Value) {
    // Not by `println!`, which the harness keeps to itself; and on a line of its own.
    let mut out = std::io::stdout();
    out.write_all(format!("\n{MARK}{what}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The lines of this process's input; none if nobody is there.
fn orders() -> Receiver<String> {
    let (sender, orders) = sync_channel(8);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    orders
}

#[test]
fn a_server_on_a_still_clock_serves_until_it_is_asked_to_end() {
    let orders = orders();
    let own = tempfile::tempdir().unwrap();
    let plan: Option<Value> =
        orders.recv_timeout(Duration::from_secs(1)).ok().map(|line| serde_json::from_str(&line).unwrap());
    let place = |plan: &Value| Place {
        program: program().to_owned(),
        folder: plan["folder"].as_str().map_or_else(|| own.path().to_owned(), PathBuf::from),
        clock: Arc::new(StillClock::at(WallTime::from_micros(plan["now_us"].as_i64().unwrap_or(1)))),
        address: plan["address"].as_str().unwrap_or("127.0.0.1:0").parse().unwrap(),
        seed: plan["seed"].as_u64().unwrap_or(1),
    };
    let (let_go, asked) = sync_channel::<()>(1);
    let Some(plan) = plan else {
        // Nobody is there: it serves, and ends when it is let go.
        let mut served = 0;
        let finished = stand(place(&json!({})), Config::default(), &asked, |site, setup_token| {
            served = Anonymous(site.clone()).get("/health").status;
            assert!(!setup_token.is_empty());
            drop(let_go);
        });
        assert_eq!((served, finished), (200, true));
        return;
    };
    // Shown with a failure.
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr);
    log.with_ansi(false).init();
    let clock = Arc::new(StillClock::at(WallTime::from_micros(plan["now_us"].as_i64().unwrap())));
    let place = Place { clock: Arc::<StillClock>::clone(&clock), ..place(&plan) };
    let finished = stand(place, config(&plan), &asked, |site, setup_token| {
        say(&json!({"address": site.address().to_string(), "setup_token": setup_token}));
        std::thread::spawn(move || {
            let _held = let_go;
            while let Ok(line) = orders.recv() {
                let now_us = line.parse().unwrap();
                clock.set(WallTime::from_micros(now_us));
                say(&json!({"now_us": now_us}));
            }
        });
    });
    assert!(finished, "something did not finish");
}

/// The server, from outside.
pub struct House {
    plan: Value,
    child: Option<Child>,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
    pub clock: Arc<StillClock>,
    pub site: Site,
    pub setup_token: String,
}

impl House {
    /// Starts it. `plan` has its addresses, its folders and its seed.
    pub fn start(plan: Value, clock: Arc<StillClock>, address: SocketAddr) -> Self {
        let (_, answers) = sync_channel(1);
        let site = Site::new(address);
        let setup_token = String::new();
        let mut house = Self { plan, child: None, input: None, answers, clock, site, setup_token };
        house.start_again();
        house
    }

    /// Starts it again, at the same address and the time it is by now.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "it still runs");
        self.plan["now_us"] = json!(self.clock.wall().micros());
        self.plan["address"] = json!(self.site.address().to_string());
        self.plan["seed"] = json!(self.plan["seed"].as_u64().unwrap() + 1_000_003);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([SERVING, "--exact", "--nocapture", "--test-threads=1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{}\n", self.plan).as_bytes()).unwrap();
        self.answers = lines_for_us(&mut child);
        self.child = Some(child);
        self.input = Some(input);
        let ready = self.answer();
        assert_eq!(ready["address"], self.site.address().to_string());
        if self.setup_token.is_empty() {
            ready["setup_token"].as_str().unwrap().clone_into(&mut self.setup_token);
        }
        // Connections of the process before are gone.
        self.site = Site::new(self.site.address());
    }

    fn answer(&self) -> Value {
        let line = self.answers.recv_timeout(PATIENCE).expect("the server answers");
        serde_json::from_str(&line).unwrap()
    }

    /// Puts the clock forward: the server's, and that of the services outside.
    pub fn advance(&mut self, by: Duration) {
        self.clock.set(self.clock.wall().plus(by));
        let now_us = self.clock.wall().micros();
        let input = self.input.as_mut().expect("it runs");
        input.write_all(format!("{now_us}\n").as_bytes()).unwrap();
        assert_eq!(self.answer()["now_us"], now_us);
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.wall().millis()
    }

    /// The time it will be.
    pub fn clock_in(&self, by: Duration) -> WallTime {
        self.clock.wall().plus(by)
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Asks it to end, and waits until it has; its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let mut child = self.child.take().expect("it runs");
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let status = eventually("the server ends", PATIENCE, || child.try_wait().unwrap());
        self.input = None;
        status.code()
    }

    /// Ends it at once, as a power failure would; or notes that somebody did.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        let _ = child.kill();
        child.wait().unwrap();
        self.input = None;
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

/// What the process says to us, read to its end so that it never waits.
fn lines_for_us(child: &mut Child) -> Receiver<String> {
    let output = child.stdout.take().unwrap();
    let (sender, lines) = sync_channel(64);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some((_, said)) = line.split_once(MARK)
                && sender.send(said.to_owned()).is_err()
            {
                return;
            }
        }
    });
    lines
}
