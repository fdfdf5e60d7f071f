//! The follower with a device made of arithmetic: hours pass in milliseconds, and every command is counted.

use model::{Entropy as _, SeededEntropy, TrackPosition, WallTime};
use providers::spotify::{
    DeviceView, Follower, FollowerCommand, FollowerSettings, FollowerState, NestView, Outcome, Step,
    SteppedBack, SwitchedOff,
};
use std::time::Duration;

const BEGIN: WallTime = WallTime::from_micros(1_800_000_000_000_000);
const LENGTH_S: u64 = 200;

fn s(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// A player: what it plays, and how late it does what it is told.
struct Player {
    uri: Option<String>,
    is_playing: bool,
    from_ms: f64,
    at: WallTime,
    /// From a command to the sound.
    delay: Duration,
    /// How fast its clock runs.
    speed: f64,
    device: &'static str,
    is_there: bool,
}

impl Player {
    fn position_ms(&self, now: WallTime) -> f64 {
        if !self.is_playing {
            return self.from_ms;
        }
        let since_ms = (now.micros() - self.at.micros()) as f64 / 1000.0;
        (self.from_ms + since_ms * self.speed).max(0.0)
    }

    fn play(&mut self, uri: &str, from_s: f64, now: WallTime) {
        (self.uri, self.is_playing, self.from_ms, self.at) =
            (Some(uri.to_owned()), true, from_s * 1000.0, now);
    }

    fn pause(&mut self, now: WallTime) {
        (self.from_ms, self.at, self.is_playing) = (self.position_ms(now), now, false);
    }

    fn obey(&mut self, command: &FollowerCommand, now: WallTime) {
        let heard_at = now.plus(self.delay);
        match command {
            FollowerCommand::Play { uri, position } => {
                self.play(uri, position.millis() as f64 / 1000.0, heard_at)
            }
            FollowerCommand::Seek { position } => {
                (self.from_ms, self.at) = (position.millis() as f64, heard_at)
            }
            FollowerCommand::Pause => self.pause(now),
        }
    }

    fn end_if_over(&mut self, now: WallTime) {
        if self.is_playing && self.position_ms(now) >= LENGTH_S as f64 * 1000.0 {
            (self.is_playing, self.from_ms, self.at) = (false, 0.0, now);
        }
    }
}

struct Evening {
    follower: Follower,
    player: Player,
    nest: NestView,
    now: WallTime,
    commands: Vec<(WallTime, FollowerCommand)>,
    looks: usize,
    outcome: Outcome,
}

impl Evening {
    fn begin(nest: NestView) -> Self {
        Self {
            follower: Follower::new("here".into(), FollowerSettings::default(), nest.clone(), BEGIN),
            player: Player {
                uri: None,
                is_playing: false,
                from_ms: 0.0,
                at: BEGIN,
                delay: s(0.3),
                speed: 1.0,
                device: "here",
                is_there: true,
            },
            nest,
            now: BEGIN,
            commands: Vec::new(),
            looks: 0,
            outcome: Outcome::Done,
        }
    }

    fn playing(track: &str) -> Self {
        Self::begin(running(track, BEGIN))
    }

    fn nest(&mut self, nest: NestView) {
        self.nest = nest.clone();
        self.follower.nest_changed(nest, self.now);
    }

    fn next_track(&mut self, track: &str) {
        self.nest(running(track, self.now));
    }

    /// Lets time pass, doing whatever the follower says.
    fn pass(&mut self, seconds: f64) {
        let end = self.now.plus(s(seconds));
        while self.now < end {
            let before = self.now;
            self.player.end_if_over(self.now);
            match self.follower.step(self.now) {
                Step::Do { device, command } => {
                    assert_eq!(device, "here");
                    self.commands.push((self.now, command.clone()));
                    self.now = self.now.plus(s(0.1));
                    if self.outcome == Outcome::Done {
                        self.player.obey(&command, self.now);
                    }
                    self.follower.done(self.outcome, self.now);
                }
                Step::Look => {
                    self.looks += 1;
                    self.now = self.now.plus(s(0.1));
                    let view = self.view();
                    self.follower.observed(view.as_ref(), self.now);
                }
                Step::Wait { until } => {
                    assert!(until > self.now, "a wait that is over already would spin");
                    self.now = until.min(end);
                }
            }
            assert!(self.now > before);
        }
        self.player.end_if_over(self.now);
    }

    fn view(&self) -> Option<DeviceView> {
        self.player.is_there.then(|| DeviceView {
            observed_at: self.now,
            device: Some(self.player.device.to_owned()),
            is_playing: self.player.is_playing,
            uri: self.player.uri.clone(),
            asked_uri: None,
            position: TrackPosition::from_millis(self.player.position_ms(self.now) as i64),
        })
    }

    /// How far the device is ahead of the nest, in milliseconds.
    fn drift_ms(&self) -> f64 {
        let NestView::Running { started_at, .. } = &self.nest else { panic!("the nest does not play") };
        self.player.position_ms(self.now) - self.now.position_of(*started_at).millis() as f64
    }

    fn state(&self) -> FollowerState {
        self.follower.state()
    }

    fn assert_in_step(&self, uri: &str) {
        assert_eq!(self.player.uri.as_deref(), Some(uri));
        assert!(self.player.is_playing);
        assert!(self.drift_ms().abs() < 1500.0, "{} ms", self.drift_ms());
        assert_eq!(self.state(), FollowerState::InStep);
    }

    fn count(&self, fits: impl Fn(&FollowerCommand) -> bool) -> usize {
        self.commands.iter().filter(|(_, command)| fits(command)).count()
    }
}

fn running(track: &str, started_at: WallTime) -> NestView {
    let duration = TrackPosition::from_millis(LENGTH_S as i64 * 1000);
    NestView::Running { uri: track.to_owned(), started_at, duration }
}

#[test]
fn a_device_is_started_where_the_nest_is_and_stays_in_step() {
    let mut evening = Evening::begin(running("a", BEGIN.minus(s(60.0))));
    evening.pass(100.0);
    evening.assert_in_step("a");
    assert_eq!(evening.commands.len(), 1, "{:?}", evening.commands);
    let FollowerCommand::Play { position, .. } = &evening.commands[0].1 else { panic!("play") };
    assert!((60_000..61_000).contains(&position.millis()), "{position:?}");
}

#[test]
fn a_slow_device_is_learned_and_started_earlier() {
    let mut evening = Evening::playing("0");
    evening.player.delay = s(1.4);
    let mut drifts = Vec::new();
    for track in 1..=6 {
        evening.pass(LENGTH_S as f64);
        drifts.push(evening.drift_ms().abs());
        evening.next_track(&track.to_string());
    }
    evening.pass(60.0);
    evening.assert_in_step("6");
    assert!(evening.drift_ms().abs() < 150.0, "{} ms", evening.drift_ms());
    assert_eq!(evening.commands.len(), 7, "no corrections: {:?}", evening.commands);
}

#[test]
fn a_pause_a_resumption_and_a_seek_of_the_nest_are_one_command_each() {
    let mut evening = Evening::playing("a");
    evening.pass(30.0);
    evening.nest(NestView::Paused { uri: "a".into() });
    evening.pass(600.0);
    assert!(!evening.player.is_playing);
    assert_eq!(evening.state(), FollowerState::Waiting);
    evening.nest(running("a", evening.now.minus(s(30.0))));
    evening.pass(20.0);
    evening.assert_in_step("a");
    evening.nest(running("a", evening.now.minus(s(120.0))));
    evening.pass(20.0);
    evening.assert_in_step("a");
    let kinds: Vec<_> = evening.commands.iter().map(|(_, command)| std::mem::discriminant(command)).collect();
    let (play, seek, pause) = (
        FollowerCommand::Play { uri: String::new(), position: TrackPosition::ZERO },
        FollowerCommand::Seek { position: TrackPosition::ZERO },
        FollowerCommand::Pause,
    );
    assert_eq!(kinds, [&play, &pause, &play, &seek].map(std::mem::discriminant));
}

#[test]
fn what_spotify_does_not_have_is_silence() {
    let mut evening = Evening::playing("a");
    evening.pass(30.0);
    evening.nest(NestView::Silent);
    evening.pass(30.0);
    assert!(!evening.player.is_playing);
    assert_eq!(evening.count(|command| *command == FollowerCommand::Pause), 1);
    evening.next_track("b");
    evening.pass(30.0);
    evening.assert_in_step("b");
}

#[test]
fn a_device_that_drifts_is_corrected_politely() {
    let mut evening = Evening::playing("a");
    evening.player.speed = 0.9;
    evening.pass(LENGTH_S as f64);
    let seeks: Vec<_> =
        evening.commands.iter().filter(|(_, c)| matches!(c, FollowerCommand::Seek { .. })).collect();
    assert!((2..=5).contains(&seeks.len()), "{seeks:?}");
    for pair in seeks.windows(2) {
        assert!(pair[1].0.since(pair[0].0) >= s(10.0), "{seeks:?}");
    }
    assert!(!matches!(evening.state(), FollowerState::SteppedBack(_)), "{:?}", evening.state());
}

#[test]
fn somebody_who_pauses_by_hand_is_left_alone_for_the_whole_evening() {
    let mut evening = Evening::playing("a");
    evening.pass(60.0);
    evening.player.pause(evening.now);
    evening.pass(30.0);
    assert_eq!(evening.state(), FollowerState::SteppedBack(SteppedBack::Paused));
    let commands = evening.commands.len();
    for track in 0..20 {
        evening.next_track(&track.to_string());
        evening.pass(LENGTH_S as f64);
    }
    assert_eq!(evening.commands.len(), commands);
    assert!(!evening.player.is_playing);
    evening.next_track("z");
    evening.follower.follow("here".into(), evening.now);
    evening.pass(30.0);
    evening.assert_in_step("z");
}

#[test]
fn each_way_of_taking_over_is_seen_and_named() {
    let taken_over = |by: &dyn Fn(&mut Evening)| {
        let mut evening = Evening::playing("a");
        evening.pass(60.0);
        by(&mut evening);
        evening.pass(40.0);
        evening.state()
    };
    let other_track = taken_over(&|evening| evening.player.play("own", 0.0, evening.now));
    assert_eq!(other_track, FollowerState::SteppedBack(SteppedBack::OtherTrack));
    let other_device = taken_over(&|evening| evening.player.device = "kitchen");
    assert_eq!(other_device, FollowerState::SteppedBack(SteppedBack::OtherDevice));
    let resumed = taken_over(&|evening| {
        evening.nest(NestView::Paused { uri: "a".into() });
        evening.pass(10.0);
        evening.player.is_playing = true;
    });
    assert_eq!(resumed, FollowerState::SteppedBack(SteppedBack::Resumed));
}

#[test]
fn one_jump_is_put_right_and_a_second_one_is_respected() {
    let mut evening = Evening::playing("a");
    evening.pass(30.0);
    evening.player.play("a", 150.0, evening.now);
    evening.pass(30.0);
    evening.assert_in_step("a");
    evening.player.play("a", 150.0, evening.now);
    evening.pass(30.0);
    assert_eq!(evening.state(), FollowerState::SteppedBack(SteppedBack::Jumped));
}

#[test]
fn one_strange_look_is_not_a_person() {
    let mut evening = Evening::playing("a");
    evening.pass(60.0);
    evening.player.is_playing = false;
    let look = evening.view();
    evening.player.is_playing = true;
    evening.follower.observed(look.as_ref(), evening.now);
    evening.pass(30.0);
    evening.assert_in_step("a");
    assert_eq!(evening.commands.len(), 1);
}

#[test]
fn somebody_who_comes_back_by_themselves_is_followed_again() {
    let mut evening = Evening::playing("a");
    evening.pass(30.0);
    evening.player.pause(evening.now);
    evening.pass(30.0);
    assert!(matches!(evening.state(), FollowerState::SteppedBack(_)));
    let position_s = evening.now.since(BEGIN).as_secs_f64();
    evening.player.play("a", position_s + 2.0, evening.now);
    evening.pass(50.0);
    evening.assert_in_step("a");
    evening.next_track("b");
    evening.pass(10.0);
    assert_eq!(evening.player.uri.as_deref(), Some("b"));
}

#[test]
fn a_track_that_runs_out_early_is_nobodys_doing() {
    let mut evening = Evening::playing("a");
    evening.player.speed = 1.005;
    evening.pass(LENGTH_S as f64 - 0.5);
    evening.player.play("something the service thought fits", 0.0, evening.now);
    evening.pass(3.0);
    assert!(!matches!(evening.state(), FollowerState::SteppedBack(_)));
    evening.next_track("b");
    evening.pass(10.0);
    evening.assert_in_step("b");
}

#[test]
fn fast_skips_become_few_commands() {
    let mut evening = Evening::playing("0");
    evening.pass(30.0);
    let before = evening.commands.len();
    for track in 1..=20 {
        evening.next_track(&track.to_string());
        evening.pass(0.1);
    }
    evening.pass(10.0);
    evening.assert_in_step("20");
    assert!(evening.commands.len() - before <= 4, "{:?}", &evening.commands[before..]);
}

#[test]
fn a_track_that_is_to_begin_is_started_on_time() {
    let mut evening = Evening::begin(running("a", BEGIN.plus(s(20.0))));
    evening.player.delay = s(0.3);
    evening.pass(30.0);
    evening.assert_in_step("a");
    let (at, command) = &evening.commands[0];
    assert!(*at < BEGIN.plus(s(20.0)) && *at > BEGIN.plus(s(19.0)), "{at:?}");
    assert_eq!(*command, FollowerCommand::Play { uri: "a".into(), position: TrackPosition::ZERO });
}

#[test]
fn a_service_that_asks_to_wait_is_left_alone() {
    let mut evening = Evening::playing("a");
    evening.outcome = Outcome::RateLimited { retry_after: s(40.0) };
    evening.pass(39.0);
    assert_eq!((evening.commands.len(), evening.looks), (1, 0));
    evening.outcome = Outcome::Done;
    evening.pass(20.0);
    evening.assert_in_step("a");
}

#[test]
fn a_device_that_is_switched_off_is_tried_ever_less_often_and_found_again() {
    let mut evening = Evening::playing("a");
    evening.nest = running("a", BEGIN);
    evening.outcome = Outcome::NoDevice;
    evening.player.is_there = false;
    for track in 0..6 {
        evening.next_track(&track.to_string());
        evening.pass(LENGTH_S as f64);
    }
    assert_eq!(evening.state(), FollowerState::NoDevice);
    assert!(evening.commands.len() <= 16, "{} commands in twenty minutes", evening.commands.len());
    evening.outcome = Outcome::Done;
    evening.player.is_there = true;
    evening.next_track("z");
    evening.pass(150.0);
    evening.assert_in_step("z");
}

#[test]
fn a_track_that_this_account_cannot_play_is_waited_out_in_silence() {
    let mut evening = Evening::playing("a");
    evening.pass(30.0);
    evening.outcome = Outcome::NotPlayable;
    evening.next_track("b");
    evening.pass(2.0);
    evening.outcome = Outcome::Done;
    evening.pass(100.0);
    assert_eq!(
        evening.count(|command| matches!(command, FollowerCommand::Play { uri, .. } if uri == "b")),
        1
    );
    assert!(!evening.player.is_playing, "rather silence than the song before");
    assert_eq!(evening.state(), FollowerState::NotPlayable);
    evening.next_track("c");
    evening.pass(30.0);
    evening.assert_in_step("c");
}

#[test]
fn a_free_account_and_a_lost_connection_end_following() {
    for (outcome, why) in [
        (Outcome::PremiumRequired, SwitchedOff::PremiumRequired),
        (Outcome::SignInAgain, SwitchedOff::SignInAgain),
        (Outcome::Refused, SwitchedOff::DeviceRefuses),
    ] {
        let mut evening = Evening::playing("a");
        evening.outcome = outcome;
        evening.pass(120.0);
        assert_eq!(evening.state(), FollowerState::Off(why));
        let commands = evening.commands.len();
        assert!(commands <= 4);
        evening.next_track("b");
        evening.pass(7200.0);
        assert_eq!(evening.commands.len(), commands);
    }
}

#[test]
fn an_hour_of_music_costs_few_requests() {
    let mut evening = Evening::playing("0");
    for track in 1..=18 {
        evening.pass(LENGTH_S as f64);
        evening.next_track(&track.to_string());
    }
    assert!(evening.commands.len() <= 19, "{} commands", evening.commands.len());
    let requests = evening.commands.len() + evening.looks;
    assert!(requests <= 320, "{requests} requests in an hour");
}

/// One step of a random evening: the nest moves, a person does, or the service does.
fn something_happens(evening: &mut Evening, chance: &mut SeededEntropy, track: u64) {
    let seconds = chance.below(LENGTH_S) as f64;
    match chance.below(14) {
        0..=4 => evening.next_track(&track.to_string()),
        5 => evening.nest(NestView::Silent),
        6 => evening.nest(NestView::Paused { uri: evening.player.uri.clone().unwrap_or_default() }),
        7 => evening.nest(running(&track.to_string(), evening.now.minus(s(seconds)))),
        8 => evening.player.pause(evening.now),
        9 => evening.player.play("own", seconds, evening.now),
        10 => evening.player.is_there = !evening.player.is_there,
        11 => evening.player.device = if chance.below(2) == 0 { "here" } else { "kitchen" },
        12 => evening.outcome = Outcome::Done,
        _ => {
            let outcomes = [
                Outcome::RateLimited { retry_after: s(20.0) },
                Outcome::NoDevice,
                Outcome::NotPlayable,
                Outcome::Unreachable,
                Outcome::Done,
            ];
            evening.outcome = outcomes[chance.below(5) as usize];
        }
    }
}

#[test]
fn whatever_happens_manners_are_kept() {
    for seed in 0..300 {
        let mut chance = SeededEntropy::from_seed(seed);
        let mut evening = Evening::playing("first");
        for track in 0..60 {
            something_happens(&mut evening, &mut chance, track);
            let (commands, was_stepped_back) = (evening.commands.len(), evening.state());
            // `pass` itself asserts that time goes on: a follower that spins fails there.
            let waits = chance.below(40_000) as f64 / 1000.0;
            evening.pass(waits);
            let sent = evening.commands.len() - commands;
            assert!(sent as f64 <= waits + 2.0, "seed {seed}: {sent} commands in {waits} s");
            let is_back = matches!(evening.state(), FollowerState::SteppedBack(_));
            if matches!(was_stepped_back, FollowerState::SteppedBack(_)) && is_back {
                assert_eq!(sent, 0, "seed {seed}: a person took over, and was overruled");
            }
        }
        let hours = evening.now.since(BEGIN).as_secs_f64() / 3600.0;
        let requests = (evening.commands.len() + evening.looks) as f64;
        assert!(requests / hours < 900.0, "seed {seed}: {} requests an hour", requests / hours);

        // And when everything is well again, so is the follower.
        evening.outcome = Outcome::Done;
        (evening.player.is_there, evening.player.device) = (true, "here");
        evening.follower.follow("here".into(), evening.now);
        evening.next_track("last");
        evening.pass(40.0);
        evening.assert_in_step("last");
    }
}
