//! What to ask of a player, given what should sound and what it does: politely, seldom, and not at all once the person
//! at the desktop has taken it over. Pure. Times are local milliseconds.

/// A player needs this long until it does what was asked.
const SETTLE_MS: f64 = 1_500.0;
/// A song that was asked for and has not come in this time is asked for again.
const OPEN_AGAIN_MS: f64 = 6_000.0;
const OPENS_MAX: u32 = 3;
/// A player that is off by less is in step: players answer with positions no better than this.
const IN_STEP_MS: f64 = 400.0;
/// After a correction so long none; doubled by each that did not help.
const CORRECT_EVERY_MS: f64 = 5_000.0;
const CORRECT_EVERY_MS_MAX: f64 = 80_000.0;
/// What was in step and is suddenly off by more was moved by hand.
const BY_HAND_MS: f64 = 3_000.0;
/// So near to a song's end players do as they like.
const END_MS: f64 = 4_000.0;

/// What should sound.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    /// The song's address, as the player takes it.
    pub(super) uri: String,
    /// Which playing of which song: an entry.
    pub(super) entry: u64,
    /// Where in it the nest is, negative before it begins.
    pub(super) position_ms: f64,
    /// Where it would be at local time zero: changes when the nest is moved.
    pub(super) begins_ms: f64,
    /// Its length.
    pub(super) duration_ms: f64,
}

/// What a player does.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Observed {
    /// The song, by whatever the player calls it; absent: none.
    pub(super) uri: Option<String>,
    /// Whether it sounds.
    pub(super) plays: bool,
    /// Where it is; absent if the player does not say.
    pub(super) position_ms: Option<f64>,
}

/// What to ask of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Nothing,
    Open(String),
    Play,
    Pause,
    /// Go to this place.
    Move(f64),
}

/// How it goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Course {
    /// Nothing is to sound.
    Quiet,
    /// On the way.
    Coming,
    /// It plays, so many milliseconds ahead.
    Plays(Option<f64>),
    /// The player will not play the song.
    Unable,
    /// The person has it.
    Back(&'static str),
}

/// Why we stepped back, and what brings us on again.
#[derive(Clone, Debug, PartialEq)]
enum Back {
    /// This song was paused by hand: until it plays on, or the nest's does.
    Paused { key: String },
    /// Moved by hand: until the nest's next song.
    Moved { entry: u64 },
    /// Another song by hand: until the nest's song is put on again.
    Left,
}

/// The song we have asked for.
#[derive(Clone, Debug)]
struct Opened {
    entry: u64,
    key: String,
    at_ms: f64,
    times: u32,
    /// Seen in the player.
    came: bool,
    /// Seen sounding.
    sounded: bool,
    /// It was in step when last looked at, with this beginning.
    in_step: Option<f64>,
}

/// Remembers what was asked and seen.
#[derive(Debug, Default)]
pub(super) struct Steps {
    opened: Option<Opened>,
    back: Option<Back>,
    asked_at_ms: Option<f64>,
    corrected_at_ms: Option<f64>,
    corrections: i32,
}

impl Steps {
    /// The person wants us to follow again.
    pub(super) fn recall(&mut self) {
        (self.back, self.opened) = (None, None);
    }

    /// What to ask now, and how it goes.
    pub(super) fn next(
        &mut self,
        wanted: Option<&Wanted>,
        observed: &Observed,
        now_ms: f64,
    ) -> (Step, Course) {
        let step = self.step(wanted, observed, now_ms);
        if step.0 != Step::Nothing {
            self.asked_at_ms = Some(now_ms);
        }
        step
    }

    fn step(&mut self, wanted: Option<&Wanted>, observed: &Observed, now_ms: f64) -> (Step, Course) {
        let key = observed.uri.as_deref().map(song_key);
        if let Some(back) = &self.back {
            if !comes_on(back, wanted, key.as_deref(), observed) {
                return (Step::Nothing, Course::Back(said(back)));
            }
            self.recall();
        }
        let Some(wanted) = wanted else { return self.quiet(key.as_deref(), observed) };
        if self.asked_at_ms.is_some_and(|at| now_ms - at < SETTLE_MS) {
            return (Step::Nothing, Course::Coming);
        }
        let wanted_key = song_key(&wanted.uri);
        let is_new = self.opened.as_ref().is_none_or(|opened| opened.entry != wanted.entry);
        if is_new {
            return self.open(wanted, wanted_key, key.as_deref(), now_ms);
        }
        let Some(opened) = &mut self.opened else { return (Step::Nothing, Course::Coming) };
        if key.as_deref() != Some(&*opened.key) {
            return self.elsewhere(wanted, now_ms);
        }
        opened.came = true;
        if wanted.position_ms < 0.0 {
            return (if observed.plays { Step::Pause } else { Step::Nothing }, Course::Coming);
        }
        if !observed.plays {
            if opened.sounded && wanted.position_ms < wanted.duration_ms - END_MS {
                let back = self.back.insert(Back::Paused { key: opened.key.clone() });
                return (Step::Nothing, Course::Back(said(back)));
            }
            return (Step::Play, Course::Coming);
        }
        opened.sounded = true;
        self.place(wanted, observed, now_ms)
    }

    /// Nothing should sound: what we put on is paused, what others put on is left alone.
    fn quiet(&mut self, key: Option<&str>, observed: &Observed) -> (Step, Course) {
        let Some(opened) = &mut self.opened else { return (Step::Nothing, Course::Quiet) };
        let is_ours = key == Some(&*opened.key);
        opened.sounded = false;
        opened.in_step = None;
        if is_ours && observed.plays { (Step::Pause, Course::Quiet) } else { (Step::Nothing, Course::Quiet) }
    }

    fn open(&mut self, wanted: &Wanted, key: String, playing: Option<&str>, now_ms: f64) -> (Step, Course) {
        let is_on = playing == Some(&*key);
        let opened = Opened {
            entry: wanted.entry,
            key,
            at_ms: now_ms,
            times: 1,
            came: is_on,
            sounded: false,
            in_step: None,
        };
        self.opened = Some(opened);
        (self.corrected_at_ms, self.corrections) = (None, 0);
        // The very song is on already: it only has to be moved.
        if is_on { (Step::Nothing, Course::Coming) } else { (Step::Open(wanted.uri.clone()), Course::Coming) }
    }

    /// The player has another song than the one we put on, or none.
    fn elsewhere(&mut self, wanted: &Wanted, now_ms: f64) -> (Step, Course) {
        let Some(opened) = &mut self.opened else { return (Step::Nothing, Course::Coming) };
        if opened.came {
            if wanted.position_ms > wanted.duration_ms - END_MS {
                return (Step::Nothing, Course::Coming);
            }
            let back = self.back.insert(Back::Left);
            return (Step::Nothing, Course::Back(said(back)));
        }
        if now_ms - opened.at_ms < OPEN_AGAIN_MS {
            return (Step::Nothing, Course::Coming);
        }
        if opened.times >= OPENS_MAX {
            return (Step::Nothing, Course::Unable);
        }
        opened.times += 1;
        opened.at_ms = now_ms;
        (Step::Open(wanted.uri.clone()), Course::Coming)
    }

    /// It plays our song: is it at the right place?
    fn place(&mut self, wanted: &Wanted, observed: &Observed, now_ms: f64) -> (Step, Course) {
        let Some(opened) = &mut self.opened else { return (Step::Nothing, Course::Coming) };
        let Some(position_ms) = observed.position_ms else {
            // It does not say where it is; once, at the beginning, it is put in its place.
            let is_first = opened.in_step.is_none();
            opened.in_step = Some(wanted.begins_ms);
            let step = if is_first { Step::Move(wanted.position_ms) } else { Step::Nothing };
            return (step, Course::Plays(None));
        };
        let off_ms = position_ms - wanted.position_ms;
        if off_ms.abs() < IN_STEP_MS {
            opened.in_step = Some(wanted.begins_ms);
            self.corrections = 0;
            return (Step::Nothing, Course::Plays(Some(off_ms)));
        }
        let nest_stayed =
            opened.in_step.is_some_and(|begins_ms| (begins_ms - wanted.begins_ms).abs() < IN_STEP_MS);
        let is_at_end = wanted.position_ms > wanted.duration_ms - END_MS;
        if off_ms.abs() > BY_HAND_MS && nest_stayed && !is_at_end {
            let back = self.back.insert(Back::Moved { entry: wanted.entry });
            return (Step::Nothing, Course::Back(said(back)));
        }
        let pause_ms = (CORRECT_EVERY_MS * 2f64.powi(self.corrections - 1)).min(CORRECT_EVERY_MS_MAX);
        let is_due = self.corrected_at_ms.is_none_or(|at| now_ms - at >= pause_ms)
            || !nest_stayed && off_ms.abs() > BY_HAND_MS;
        if !is_due || is_at_end {
            return (Step::Nothing, Course::Plays(Some(off_ms)));
        }
        self.corrected_at_ms = Some(now_ms);
        self.corrections = (self.corrections + 1).min(16);
        opened.in_step = None;
        (Step::Move(wanted.position_ms), Course::Plays(Some(off_ms)))
    }
}

fn comes_on(back: &Back, wanted: Option<&Wanted>, key: Option<&str>, observed: &Observed) -> bool {
    let Some(wanted) = wanted else { return false };
    let is_ours = key.is_some_and(|key| key == song_key(&wanted.uri));
    match back {
        Back::Paused { key: paused } => observed.plays && (is_ours || key == Some(paused)),
        Back::Left => observed.plays && is_ours,
        Back::Moved { entry } => *entry != wanted.entry,
    }
}

fn said(back: &Back) -> &'static str {
    match back {
        Back::Paused { .. } => "paused by hand; goes on when it plays again",
        Back::Moved { .. } => "moved by hand; goes on with the next song",
        Back::Left => "another song was put on by hand; goes on when the nest's song is put on again",
    }
}

/// What is the same in all the names players have for a song: the id at its end. `spotify:track:ID`,
/// `https://open.spotify.com/track/ID?si=…`, `/com/spotify/track/ID`, `https://www.youtube.com/watch?v=ID`.
pub(super) fn song_key(uri: &str) -> String {
    let of_query =
        uri.split_once('?').and_then(|(_, query)| query.split('&').find_map(|part| part.strip_prefix("v=")));
    let path = uri.split(['?', '#']).next().unwrap_or(uri).trim_end_matches('/');
    of_query.unwrap_or_else(|| path.rsplit(['/', ':']).next().unwrap_or(path)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A player that does what it is asked after a while, lands seeks a little off, and has a person in front of it.
    struct Player {
        now_ms: f64,
        song: Option<String>,
        plays: bool,
        /// Position at local time zero, while it plays; else the position.
        at_ms: f64,
        lands_off_ms: f64,
        asked: Vec<Step>,
    }

    impl Player {
        fn new(lands_off_ms: f64) -> Self {
            Self { now_ms: 0.0, song: None, plays: false, at_ms: 0.0, lands_off_ms, asked: Vec::new() }
        }

        fn position_ms(&self) -> f64 {
            if self.plays { self.at_ms + self.now_ms } else { self.at_ms }
        }

        fn put(&mut self, position_ms: f64, plays: bool) {
            self.plays = plays;
            self.at_ms = if plays { position_ms - self.now_ms } else { position_ms };
        }

        fn observed(&self) -> Observed {
            Observed {
                uri: self.song.as_ref().map(|song| format!("https://open.spotify.com/track/{song}")),
                plays: self.plays,
                position_ms: Some(self.position_ms()),
            }
        }

        fn take(&mut self, step: Step) {
            match &step {
                Step::Nothing => return,
                Step::Open(uri) => {
                    self.song = Some(song_key(uri));
                    self.put(0.0, true);
                }
                Step::Play => self.put(self.position_ms(), true),
                Step::Pause => self.put(self.position_ms(), false),
                Step::Move(to) => self.put(to + self.lands_off_ms, self.plays),
            }
            self.asked.push(step);
        }
    }

    fn wanted(entry: u64, begins_ms: f64, now_ms: f64) -> Wanted {
        let uri = format!("spotify:track:song{entry}");
        Wanted { uri, entry, position_ms: now_ms - begins_ms, begins_ms, duration_ms: 200_000.0 }
    }

    /// Half a second at a time.
    fn run(steps: &mut Steps, player: &mut Player, entry: Option<(u64, f64)>, for_ms: f64) -> Course {
        let until = player.now_ms + for_ms;
        let mut course = Course::Quiet;
        while player.now_ms < until {
            let wanted = entry.map(|(entry, begins_ms)| wanted(entry, begins_ms, player.now_ms));
            let (step, how) = steps.next(wanted.as_ref(), &player.observed(), player.now_ms);
            player.take(step);
            course = how;
            player.now_ms += 500.0;
        }
        course
    }

    fn off_ms(player: &Player, begins_ms: f64) -> f64 {
        player.position_ms() - (player.now_ms - begins_ms)
    }

    proptest! {
        #[test]
        fn a_song_is_put_on_and_in_step_with_few_requests(joined_ms in 0.0..150_000.0f64, lands in -350.0..350.0f64) {
            let (mut steps, mut player) = (Steps::default(), Player::new(lands));
            let course = run(&mut steps, &mut player, Some((1, -joined_ms)), 20_000.0);
            prop_assert!(matches!(course, Course::Plays(Some(_))));
            prop_assert!(off_ms(&player, -joined_ms).abs() < 400.0);
            prop_assert!(player.asked.len() <= 3, "{:?}", player.asked);
        }

        #[test]
        fn a_player_whose_seeks_do_not_help_is_asked_ever_less_often(lands in 500.0..2_900.0f64) {
            let (mut steps, mut player) = (Steps::default(), Player::new(lands));
            run(&mut steps, &mut player, Some((1, -10_000.0)), 150_000.0);
            prop_assert!(player.asked.len() <= 9, "{:?}", player.asked);
        }
    }

    #[test]
    fn the_nest_s_pause_seek_and_skip_are_followed() {
        let (mut steps, mut player) = (Steps::default(), Player::new(0.0));
        run(&mut steps, &mut player, Some((1, -10_000.0)), 10_000.0);
        assert_eq!(run(&mut steps, &mut player, None, 5_000.0), Course::Quiet);
        assert!(!player.plays);
        let begins = player.now_ms - 20_000.0;
        run(&mut steps, &mut player, Some((1, begins)), 10_000.0);
        assert!(player.plays && off_ms(&player, begins).abs() < 400.0);
        let moved = begins - 60_000.0;
        run(&mut steps, &mut player, Some((1, moved)), 8_000.0);
        assert!(off_ms(&player, moved).abs() < 400.0);
        let next = player.now_ms + 600.0;
        run(&mut steps, &mut player, Some((2, next)), 10_000.0);
        assert_eq!(player.song.as_deref(), Some("song2"));
        assert!(player.plays && off_ms(&player, next).abs() < 400.0);
    }

    #[test]
    fn who_pauses_has_the_player_until_it_plays_again() {
        let (mut steps, mut player) = (Steps::default(), Player::new(0.0));
        run(&mut steps, &mut player, Some((1, 0.0)), 10_000.0);
        player.put(player.position_ms(), false);
        player.asked.clear();
        let course = run(&mut steps, &mut player, Some((1, 0.0)), 30_000.0);
        assert!(matches!(course, Course::Back(_)) && player.asked.is_empty());
        player.put(player.position_ms(), true);
        run(&mut steps, &mut player, Some((1, 0.0)), 10_000.0);
        assert!(off_ms(&player, 0.0).abs() < 400.0);

        // The nest may be at another song by then.
        player.put(player.position_ms(), false);
        run(&mut steps, &mut player, Some((1, 0.0)), 2_000.0);
        let next = player.now_ms;
        run(&mut steps, &mut player, Some((2, next)), 5_000.0);
        assert_eq!(player.song.as_deref(), Some("song1"));
        player.put(player.position_ms(), true);
        run(&mut steps, &mut player, Some((2, next)), 10_000.0);
        assert_eq!(player.song.as_deref(), Some("song2"));
        assert!(off_ms(&player, next).abs() < 400.0);
    }

    #[test]
    fn who_puts_another_song_on_has_the_player_until_they_come_back_or_are_asked() {
        let (mut steps, mut player) = (Steps::default(), Player::new(0.0));
        run(&mut steps, &mut player, Some((1, 0.0)), 10_000.0);
        player.song = Some("mine".to_owned());
        player.asked.clear();
        run(&mut steps, &mut player, Some((1, 0.0)), 10_000.0);
        let next = player.now_ms;
        let course = run(&mut steps, &mut player, Some((2, next)), 30_000.0);
        assert!(matches!(course, Course::Back(_)) && player.asked.is_empty());
        steps.recall();
        run(&mut steps, &mut player, Some((2, next)), 15_000.0);
        assert_eq!(player.song.as_deref(), Some("song2"));
        assert!(off_ms(&player, next).abs() < 400.0);
    }

    #[test]
    fn who_seeks_has_the_player_until_the_next_song() {
        let (mut steps, mut player) = (Steps::default(), Player::new(0.0));
        run(&mut steps, &mut player, Some((1, 0.0)), 20_000.0);
        player.put(100_000.0, true);
        player.asked.clear();
        run(&mut steps, &mut player, Some((1, 0.0)), 20_000.0);
        assert!(player.asked.is_empty());
        let begins = player.now_ms;
        run(&mut steps, &mut player, Some((2, begins)), 10_000.0);
        assert!(off_ms(&player, begins).abs() < 400.0);
    }

    #[test]
    fn a_song_that_never_comes_is_given_up() {
        let mut steps = Steps::default();
        let nothing = Observed { uri: None, plays: false, position_ms: None };
        let mut opens = 0;
        let mut course = Course::Quiet;
        for at in 0..120 {
            let now_ms = f64::from(at) * 500.0;
            let (step, how) = steps.next(Some(&wanted(1, 0.0, now_ms)), &nothing, now_ms);
            opens += u32::from(matches!(step, Step::Open(_)));
            course = how;
        }
        assert_eq!((opens, course), (OPENS_MAX, Course::Unable));
    }

    #[test]
    fn what_somebody_else_plays_while_the_nest_is_quiet_is_left_alone() {
        let (mut steps, mut player) = (Steps::default(), Player::new(0.0));
        player.song = Some("mine".to_owned());
        player.put(0.0, true);
        run(&mut steps, &mut player, None, 10_000.0);
        assert!(player.plays && player.asked.is_empty());
    }

    #[test]
    fn all_names_of_a_song_are_one_key() {
        let names =
            ["spotify:track:4uLU6", "https://open.spotify.com/track/4uLU6?si=x", "/com/spotify/track/4uLU6"];
        assert!(names.iter().all(|name| song_key(name) == "4uLU6"));
        assert_eq!(song_key("https://www.youtube.com/watch?list=a&v=dQw4"), song_key("youtube:dQw4"));
    }
}
