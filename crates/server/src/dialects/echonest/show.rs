//! A nest's state in EchoNest's words.

use super::NOBODY;
use crate::local_time::Zone;
use database::nests::Play;
use model::{Contributor, MusicService, TrackSource, TrackSummary, WallTime};
use nest::{Comment, Entry, Horn, Jam, Nest, Playback};
use protocol::echonest as wire;
use std::time::Duration;

/// The colour of the text on every row.
const FOREGROUND: &str = "F0F0FF";

/// From where somebody looks: the address they know the server by, and the clock on their wall.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) base: &'a str,
    pub(super) zone: &'a Zone,
}

/// What EchoNest calls where a song comes from.
pub(super) fn src(source: TrackSource) -> &'static str {
    source.service().map_or("library", MusicService::name)
}

pub(super) fn track_id(track: &TrackSummary) -> String {
    track.source.id_there().unwrap_or_else(|| track.id.to_string())
}

const fn kind(source: TrackSource) -> &'static str {
    match source {
        TrackSource::SpotifyEpisode(_) => "episode",
        _ => "",
    }
}

pub(super) fn user(by: &Contributor) -> String {
    match by {
        Contributor::Person { name, .. } => name.clone(),
        Contributor::Autofill => NOBODY.to_owned(),
    }
}

const fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1_000)
}

impl View<'_> {
    fn image(self, track: &TrackSummary) -> String {
        track.artwork.map_or_else(String::new, |hash| format!("{}/api/v1/artwork/{hash}", self.base))
    }

    fn jams(self, jams: &[Jam]) -> Vec<wire::Jam> {
        jams.iter().map(|jam| wire::Jam { user: jam.name.clone(), time: self.zone.text(jam.at) }).collect()
    }

    /// An entry that waits.
    pub(super) fn row(self, entry: &Entry) -> wire::Row {
        let track = &entry.track;
        let tally = entry.tally();
        wire::Row {
            id: entry.id.to_string(),
            title: track.title.clone(),
            artist: track.artist.clone(),
            trackid: track_id(track),
            src: src(track.source),
            kind: kind(track.source),
            user: user(&entry.added_by),
            img: self.image(track),
            big_img: self.image(track),
            duration: seconds(track.duration.millis()),
            vote: tally.to_string(),
            score: entry.score,
            auto: entry.added_by.member().is_none(),
            background_color: background(tally),
            foreground_color: FOREGROUND,
            jam: self.jams(&entry.jams),
            comments: comments(&entry.comments),
        }
    }

    /// As much of an entry as anybody may see.
    pub(super) fn public_row(self, entry: &Entry) -> wire::PublicRow {
        let track = &entry.track;
        wire::PublicRow {
            artist: track.artist.clone(),
            big_img: self.image(track),
            id: entry.id.to_string(),
            img: self.image(track),
            src: src(track.source),
            title: track.title.clone(),
            trackid: track_id(track),
            user: user(&entry.added_by),
        }
    }

    /// What plays, with `now` less `starttime` being where it is.
    pub(super) fn now_playing(self, nest: &Nest, now: WallTime) -> wire::NowPlaying {
        let Some(playing) = nest.playing() else { return self.silence(now) };
        let Entry { id, track, added_by, jams, .. } = &*playing.entry;
        // Before its first sample it is at its beginning.
        let position = playing.position(now).as_duration();
        wire::NowPlaying {
            artist: track.artist.clone(),
            big_img: self.image(track),
            comments: comments(&playing.entry.comments),
            duration: Some(seconds(track.duration.millis())).into(),
            endtime: self.zone.text_later(now, track.duration.as_duration().saturating_sub(position)),
            id: id.to_string(),
            img: self.image(track),
            jam: self.jams(jams),
            now: self.zone.text(now),
            paused: matches!(playing.playback, Playback::Paused { .. }),
            pos: i64::try_from(position.as_secs()).ok().into(),
            src: src(track.source),
            starttime: self.zone.text_earlier(now, position),
            title: track.title.clone(),
            trackid: track_id(track),
            kind: kind(track.source),
            user: user(added_by),
            vote: playing.entry.tally().to_string(),
        }
    }

    fn silence(self, now: WallTime) -> wire::NowPlaying {
        wire::NowPlaying {
            artist: String::new(),
            big_img: String::new(),
            comments: Vec::new(),
            duration: None.into(),
            endtime: String::new(),
            id: String::new(),
            img: String::new(),
            jam: Vec::new(),
            now: self.zone.text(now),
            paused: false,
            pos: None.into(),
            src: "",
            starttime: String::new(),
            title: String::new(),
            trackid: String::new(),
            kind: "",
            user: String::new(),
            vote: String::new(),
        }
    }

    /// A song that was played.
    pub(super) fn past(self, play: &Play, now: WallTime) -> wire::PastPlay {
        let track = &play.track;
        wire::PastPlay {
            artist: track.artist.clone(),
            auto: play.added_by.member().is_none(),
            big_img: self.image(track),
            comments: comments(&play.comments),
            duration: seconds(track.duration.millis()),
            endtime: play.ended.map_or_else(String::new, |(at, _)| self.zone.text(at)),
            id: play.entry.to_string(),
            img: self.image(track),
            jam: self.jams(&play.jams),
            src: src(track.source),
            starttime: self.zone.text(play.started_at),
            title: track.title.clone(),
            trackid: track_id(track),
            user: user(&play.added_by),
            vote: play.tally.to_string(),
            now: self.zone.text(now),
        }
    }

    /// A horn that was blown.
    pub(super) fn horn(self, horn: &Horn, now: WallTime) -> wire::BlownHorn {
        wire::BlownHorn {
            img: String::new(),
            songid: horn.entry.to_string(),
            name: horn.sound.echonest_name(),
            when: self.zone.text(horn.at),
            free: horn.free,
            user: horn.name.clone(),
            artist: String::new(),
            title: horn.title.clone(),
            now: self.zone.text(now),
        }
    }
}

/// Where what plays is, in whole seconds; `None`: nothing plays, or it is paused.
pub(super) fn position(nest: &Nest, now: WallTime) -> Option<wire::PlayerPosition> {
    let playing = nest.playing().filter(|playing| matches!(playing.playback, Playback::Running { .. }))?;
    let track = &playing.entry.track;
    let pos = i64::try_from(playing.position(now).as_duration().as_secs()).unwrap_or(i64::MAX);
    Some(wire::PlayerPosition { src: src(track.source), trackid: track_id(track), pos })
}

fn comments(comments: &[Comment]) -> Vec<wire::Comment> {
    let show = |comment: &Comment| wire::Comment {
        time: comment.at.micros() as f64 / 1e6,
        user: comment.name.clone(),
        body: comment.text.to_string(),
    };
    comments.iter().map(show).collect()
}

/// The colour of a row: lighter with votes for it, darker with votes against it, up to five.
fn background(tally: i32) -> String {
    let votes = tally.unsigned_abs().min(5);
    let towards = if tally > 0 { 0x44 } else { 0 };
    let channel = (votes * towards + (5 - votes) * 0x22) / 5;
    format!("{channel:02x}").repeat(3)
}

/// Until when something is kept by whoever asked.
pub(super) const fn minutes(time: Duration) -> u64 {
    time.as_secs() / 60
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{EntryId, MemberId, Role, TrackId, TrackPosition};
    use nest::{Actor, Command, NestName, Settings};

    fn track(source: &str) -> TrackSummary {
        TrackSummary {
            id: TrackId::from_u128(5),
            title: "<b>Song</b>".into(),
            artist: "Artist".into(),
            album: String::new(),
            duration: TrackPosition::from_millis(180_900),
            artwork: None,
            source: source.parse().unwrap(),
            library_match: None,
        }
    }

    const PIANO: &str = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";
    const BEGAN: i64 = 1_795_229_062_732_347;

    fn at(seconds: f64) -> WallTime {
        WallTime::from_micros(BEGAN + (seconds * 1e6) as i64)
    }

    struct Scene(Nest);

    impl Scene {
        fn begin() -> Self {
            Self::begin_at(at(0.0))
        }

        fn begin_at(now: WallTime) -> Self {
            let settings = Settings::new(NestName::parse("Attic").unwrap());
            Self(Nest::open(settings, None, now).0)
        }

        fn act(&mut self, command: Command, seconds: f64) {
            let actor = Actor::Person { id: MemberId::from_u128(1), name: "Ana".into(), role: Role::Host };
            for event in self.0.decide(&command, &actor, at(seconds)).unwrap() {
                self.0.apply(&event);
            }
        }
    }

    /// What a client computes: `now` less `starttime`, in seconds.
    fn elapsed(shown: &wire::NowPlaying) -> f64 {
        let micros = |text: &str| {
            assert_eq!(text.len(), "2026-11-20T21:44:22.732347".len(), "six digits and no zone: {text}");
            Zone::default().read(text).unwrap().at.micros()
        };
        (micros(&shown.now) - micros(&shown.starttime)) as f64 / 1e6
    }

    #[test]
    fn elapsed_time_is_the_position_through_pauses_seeks_and_skips() {
        let zone = Zone::named("America/New_York").unwrap();
        let view = View { base: "http://x", zone: &zone };
        let mut scene = Scene::begin();
        scene.act(Command::Add(track(PIANO)), 0.0);
        scene.act(Command::Add(track("youtube:dQw4w9WgXcQ")), 1.0);
        let lead = match scene.0.playing().unwrap().playback {
            Playback::Running { started_at } => started_at.since(at(0.0)).as_secs_f64(),
            Playback::Paused { .. } => 0.0,
        };
        let check = |scene: &Scene, seconds: f64, wanted: f64, paused| {
            let shown = view.now_playing(&scene.0, at(seconds));
            assert!((elapsed(&shown) - wanted).abs() < 0.002, "{} at {seconds}", elapsed(&shown));
            assert_eq!(shown.pos, Some(elapsed(&shown) as i64).into());
            assert_eq!(shown.paused, paused);
        };
        check(&scene, lead + 10.0, 10.0, false);
        scene.act(Command::Pause, lead + 20.0);
        check(&scene, lead + 20.0, 20.0, true);
        check(&scene, lead + 400.0, 20.0, true);
        scene.act(Command::Resume, lead + 500.0);
        let resumed = view.now_playing(&scene.0, at(lead + 560.0));
        assert!((elapsed(&resumed) - 80.0).abs() < 2.0, "after a pause longer than the song: {resumed:?}");
        scene.act(Command::Seek(TrackPosition::from_millis(5_000)), lead + 570.0);
        let moved = elapsed(&view.now_playing(&scene.0, at(lead + 575.0)));
        assert!((8.0..11.0).contains(&moved), "{moved}");
        scene.act(Command::Skip(None), lead + 580.0);
        let next = view.now_playing(&scene.0, at(lead + 580.0));
        assert_eq!((elapsed(&next), next.src, next.pos.clone()), (0.0, "youtube", Some(0).into()));
    }

    #[test]
    fn the_clock_that_is_put_back_moves_no_song() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        // 2026-10-25 00:59:00 UTC: a minute before the hour comes a second time.
        let eve = Zone::default().read("2026-10-25T00:59:00").unwrap().at;
        let mut scene = Scene::begin_at(eve);
        let actor = Actor::Nest;
        for event in scene.0.decide(&Command::Add(track(PIANO)), &actor, eve).unwrap() {
            scene.0.apply(&event);
        }
        let shown = View { base: "", zone: &zone }.now_playing(&scene.0, eve.plus(Duration::from_secs(100)));
        assert!((97.0..=100.0).contains(&elapsed(&shown)), "{shown:?}");
    }

    #[test]
    fn a_row_has_the_types_clients_know() {
        let zone = Zone::default();
        let mut scene = Scene::begin();
        scene.act(Command::Add(track(PIANO)), 0.0);
        scene.act(Command::Add(track("library")), 1.0);
        let row = View { base: "http://x", zone: &zone }.row(&scene.0.queue()[0]);
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!((&json["vote"], &json["duration"]), (&"0".into(), &180.into()));
        assert_eq!(json["id"], EntryId::from_sequence(4).to_string());
        assert_eq!((&json["src"], &json["user"]), (&"library".into(), &"Ana".into()));
        assert_eq!(json["background_color"], "222222");
        let nothing = View { base: "", zone: &zone }.now_playing(&Scene::begin().0, at(0.0));
        let nothing = serde_json::to_value(&nothing).unwrap();
        for key in ["title", "trackid", "starttime", "pos", "duration", "src"] {
            assert_eq!(nothing[key], "", "{key}");
        }
    }

    #[test]
    fn votes_colour_a_row() {
        for (tally, colour) in [(0, "222222"), (1, "282828"), (-1, "1b1b1b"), (5, "444444"), (-9, "000000")] {
            assert_eq!(background(tally), colour);
        }
    }
}
