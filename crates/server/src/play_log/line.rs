//! One line of a play log: how the many shapes of it are read, and how one is written.

use super::NOBODY;
use crate::local_time::{Moment, Zone};
use database::nests::Play;
use library::clean_line;
use model::{Contributor, MemberId, MusicService, PlayId, TrackId, TrackSource, WallTime, spoken_line};
use nest::{Horn, Outcome, limits};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// The longest line that is read, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 256 * 1024;
/// The longest name of somebody, in characters.
const USER_CHARS_MAX: usize = 254;
/// How much sooner than its length a song may have ended and still have been played to its end.
const END_TOLERANCE: Duration = Duration::from_secs(3);

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) song: LineSong,
    pub(super) title: String,
    pub(super) artist: String,
    pub(super) duration: Duration,
    /// An address, or a name; nobody: autofill.
    pub(super) user: Option<String>,
    pub(super) started: Moment,
    pub(super) ended_at: WallTime,
    pub(super) outcome: Outcome,
    pub(super) tally: i32,
    /// In order of time.
    pub(super) jams: Vec<Said>,
    /// In order of time.
    pub(super) comments: Vec<Said>,
    pub(super) airhorns: usize,
    /// Which play it is, in a line that a server like this one wrote.
    pub(super) own: Option<PlayId>,
    /// The same for the same line, whatever the zone it is read in.
    pub(super) digest: [u8; 32],
}

/// What somebody thought of a song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// An address, or a name.
    pub(super) user: String,
    pub(super) at: WallTime,
    /// Empty for a jam.
    pub(super) text: String,
}

/// Which song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineSong {
    External(TrackSource),
    Library(TrackId),
}

/// The fields that matter. Older logs have fewer, and numbers where newer ones have texts.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    src: Value,
    #[serde(default)]
    trackid: Value,
    #[serde(default)]
    title: Value,
    #[serde(default)]
    artist: Value,
    #[serde(default)]
    secondary_text: Value,
    #[serde(default)]
    show_name: Value,
    #[serde(default)]
    duration: Value,
    #[serde(default)]
    user: Value,
    #[serde(default)]
    starttime: Value,
    #[serde(default)]
    endtime: Value,
    #[serde(default)]
    vote: Value,
    #[serde(default)]
    jam: Value,
    #[serde(default)]
    comments: Value,
    #[serde(default)]
    airhorn: Value,
    #[serde(default)]
    play: Value,
}

/// What people are called in the logs, where that is not their name.
#[derive(Default)]
pub(super) struct Names(pub(super) BTreeMap<MemberId, String>);

impl Names {
    fn of<'a>(&'a self, member: MemberId, name: &'a str) -> &'a str {
        self.0.get(&member).map_or(name, String::as_str)
    }
}

/// Reads a line, or says in words why it cannot be.
pub(super) fn read(text: &[u8], zone: &Zone) -> Result<Line, String> {
    // A list of values would do for the fields as well.
    if !matches!(text.trim_ascii().first(), None | Some(b'{'))
        && serde_json::from_slice::<Value>(text).is_ok()
    {
        return Err("not an object of a play".to_owned());
    }
    let fields: Fields = serde_json::from_slice(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "not an object of a play".to_owned(),
        _ => "not JSON".to_owned(),
    })?;
    let song = song(&fields)?;
    let user = text_of(&fields.user).ok_or("nobody is named as `user`")?;
    let user = clean_line(&user, USER_CHARS_MAX);
    let started = moment(&fields.starttime, zone).ok_or("`starttime` is no time")?;
    let seconds = number_of(&fields.duration).unwrap_or(0.0).clamp(0.0, 7.0 * 24.0 * 3600.0);
    let said = Duration::from_secs_f64(seconds);
    let ended = moment(&fields.endtime, zone).map(|moment| moment.at).filter(|&at| at >= started.at);
    let ended_at = ended.unwrap_or_else(|| started.at.plus(said));
    let elapsed = ended_at.since(started.at);
    // A song of no length was a fault of the log's writer: then it is as long as it played.
    let duration = if said.is_zero() { elapsed } else { said };
    let is_whole = elapsed + END_TOLERANCE >= duration;
    let artist = [&fields.artist, &fields.show_name, &fields.secondary_text].into_iter().find_map(text_of);
    let digest = Sha256::new()
        .chain_update(started.shown.micros().to_be_bytes())
        .chain_update(match song {
            LineSong::External(source) => source.to_string(),
            LineSong::Library(id) => id.to_string(),
        })
        .finalize();
    Ok(Line {
        song,
        title: text_of(&fields.title).unwrap_or_default(),
        artist: artist.map(|artist| artist.trim_end_matches("@youtube").to_owned()).unwrap_or_default(),
        duration,
        user: Some(user).filter(|user| !user.eq_ignore_ascii_case(NOBODY)),
        started,
        ended_at,
        outcome: if is_whole { Outcome::Finished } else { Outcome::Skipped },
        tally: number_of(&fields.vote).map_or(0, |number| number as i32),
        jams: jams(&fields.jam, zone, started.at),
        comments: comments(&fields.comments, started.at),
        airhorns: count(&fields.airhorn),
        own: text_of(&fields.play).and_then(|id| id.parse().ok()),
        digest: digest.into(),
    })
}

fn song(fields: &Fields) -> Result<LineSong, String> {
    let id = text_of(&fields.trackid).ok_or("no `trackid`")?;
    let src = text_of(&fields.src);
    let src = src.as_deref().or_else(|| id.starts_with("spotify:").then_some("spotify"));
    if src == Some("library") {
        return id.parse().map(LineSong::Library).map_err(|_| "`trackid` is none of this library".to_owned());
    }
    let service = MusicService::ALL.into_iter().find(|service| Some(service.name()) == src);
    let service = service.ok_or_else(|| match src {
        Some(src) => format!("no service is called {:?}", clean_line(src, 40)),
        None => "no `src`".to_owned(),
    })?;
    // Some clients sent the bare id.
    let bare = || format!("spotify:track:{id}");
    let source = TrackSource::of(service, &id).or_else(|error| match service {
        MusicService::Spotify => TrackSource::of(service, &bare()),
        _ => Err(error),
    });
    source.map(LineSong::External).map_err(|error| error.to_string())
}

fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

fn moment(value: &Value, zone: &Zone) -> Option<Moment> {
    zone.read(value.as_str()?)
}

/// Who jammed along. Older logs have addresses alone: then it was when the song began.
fn jams(value: &Value, zone: &Zone, started_at: WallTime) -> Vec<Said> {
    let mut jams: Vec<Said> = Vec::new();
    for one in value.as_array().into_iter().flatten() {
        let Some(user) = user_of(one.get("user").unwrap_or(one)) else { continue };
        // Each person jams along once.
        if jams.len() < limits::JAMS_MAX && !jams.iter().any(|jam| jam.user.eq_ignore_ascii_case(&user)) {
            let at = one.get("time").and_then(|time| moment(time, zone)).map_or(started_at, |time| time.at);
            jams.push(Said { user, at, text: String::new() });
        }
    }
    jams.sort_by_key(|jam| jam.at);
    jams
}

/// What was said, as much of each as may be said today. Times are seconds since 1970.
fn comments(value: &Value, started_at: WallTime) -> Vec<Said> {
    let comment = |one: &Value| {
        let text: String = spoken_line(one.get("body")?.as_str()?);
        let text: String = text.chars().take(limits::COMMENT_CHARS_MAX).collect();
        let seconds = one.get("time").and_then(number_of).filter(|seconds| (0.0..1e11).contains(seconds));
        let at = seconds.map_or(started_at, |seconds| WallTime::from_micros((seconds * 1e6) as i64));
        (!text.is_empty()).then_some(Said { user: user_of(one.get("user")?)?, at, text })
    };
    let all = value.as_array().into_iter().flatten().filter_map(comment);
    let mut comments: Vec<Said> = all.take(limits::COMMENTS_MAX).collect();
    comments.sort_by_key(|comment| comment.at);
    comments
}

fn user_of(value: &Value) -> Option<String> {
    let user = clean_line(&text_of(value)?, USER_CHARS_MAX);
    (!user.is_empty() && !user.eq_ignore_ascii_case(NOBODY)).then_some(user)
}

fn count(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

/// A play as a line without its end, in the shape of EchoNest's newest release: keys in order, times of the clock here; and
/// `play`, its id here, by which it is known again.
/// `names` says what people are called; nobody: autofill.
pub(super) fn write(play: &Play, horns: &[Horn], names: &Names, zone: &Zone) -> String {
    let track = &play.track;
    let user = match &play.added_by {
        Contributor::Person { id, name } => names.of(*id, name),
        Contributor::Autofill => NOBODY,
    };
    let ended_at = play.ended.map_or(play.started_at, |(at, _)| at);
    let number = |number: i64| number.to_string();
    let src = track.source.service().map_or("library", MusicService::name);
    let id = track.source.id_there().unwrap_or_else(|| track.id.to_string());
    let mut fields = vec![
        (
            "airhorn",
            list(horns.iter().map(|horn| {
                let (user, when) = (names.of(horn.by, &horn.name), quoted(&zone.text(horn.at)));
                format!("{{\"free\": {}, \"user\": {}, \"when\": {when}}}", horn.free, quoted(user))
            })),
        ),
        ("artist", quoted(&track.artist)),
        ("auto", play.added_by.member().is_none().to_string()),
        (
            "comments",
            list(play.comments.iter().map(|comment| {
                let (user, at) = (names.of(comment.by, &comment.name), comment.at.micros() as f64 / 1e6);
                let body = quoted(comment.text.as_str());
                format!("{{\"body\": {body}, \"time\": {at:?}, \"user\": {}}}", quoted(user))
            })),
        ),
        ("duration", number(track.duration.millis() / 1_000)),
        ("endtime", quoted(&zone.text(ended_at))),
        ("id", quoted(&play.entry.to_string())),
        (
            "jam",
            list(play.jams.iter().map(|jam| {
                let (user, at) = (names.of(jam.by, &jam.name), quoted(&zone.text(jam.at)));
                format!("{{\"time\": {at}, \"user\": {}}}", quoted(user))
            })),
        ),
        ("paused", "false".to_owned()),
        ("play", quoted(&play.id.to_string())),
        ("pos", "0".to_owned()),
        ("src", quoted(src)),
        ("starttime", quoted(&zone.text(play.started_at))),
        ("title", quoted(&track.title)),
        ("trackid", quoted(&id)),
        ("user", quoted(user)),
        ("vote", quoted(&play.tally.to_string())),
    ];
    if matches!(track.source, TrackSource::SpotifyEpisode(_)) {
        let show = quoted(&track.artist);
        fields.extend([("secondary_text", show.clone()), ("show_name", show), ("type", quoted("episode"))]);
        fields.sort_by_key(|(key, _)| *key);
    }
    let fields: Vec<_> = fields.into_iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A JSON text of ASCII alone, as the readers of these files have always got it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a text cannot fail.
                    let _ = write!(quoted, "\\u{unit:04x}");
                }
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CommentId, EntryId, HornId, HornSound, NestId, TrackPosition, TrackSummary};
    use nest::{Comment, CommentText, Jam};

    const NEW: &str = r#"{"airhorn": [{"user": "x", "when": "y", "free": false}], "artist": "Billy Joel", "auto": false,
        "comments": [{"time": 1795211242.0, "user": "ben@example.org", "body": "!"}], "duration": 337,
        "endtime": "2026-11-20T21:50:00.5", "id": "2", "jam": [{"user": "ben@example.org", "time": "2026-11-20T21:45:00"}],
        "paused": false, "pos": 0, "src": "spotify", "starttime": "2026-11-20T21:44:22.732347", "title": "Piano Man",
        "trackid": "spotify:track:3utq2FgD1pkmIoaWfjXWAU", "user": "Ana@example.org", "vote": "-2"}"#;

    fn line(text: &str) -> Result<Line, String> {
        read(text.as_bytes(), &Zone::named("America/New_York").unwrap())
    }

    #[test]
    fn the_newest_shape_is_read() {
        let line = line(NEW).unwrap();
        assert_eq!((line.title.as_str(), line.artist.as_str()), ("Piano Man", "Billy Joel"));
        assert_eq!(line.user.as_deref(), Some("Ana@example.org"));
        let said = |at, text: &str| Said { user: "ben@example.org".into(), at, text: text.into() };
        let jam = Zone::named("America/New_York").unwrap().read("2026-11-20T21:45:00").unwrap().at;
        assert_eq!(line.jams, [said(jam, "")]);
        assert_eq!(line.comments, [said(WallTime::from_micros(1_795_211_242_000_000), "!")]);
        assert_eq!((line.tally, line.airhorns), (-2, 1));
        assert_eq!(line.started.at.micros(), 1_795_229_062_732_347);
        assert_eq!((line.outcome, line.duration.as_secs()), (Outcome::Finished, 337));
        assert_eq!(line.ended_at.since(line.started.at).as_millis(), 337_767);
    }

    #[test]
    fn older_shapes_are_read() {
        let old = line(
            r#"{"src":"spotify","trackid":"3utq2FgD1pkmIoaWfjXWAU","title":"Piano Man","artist":"Billy Joel",
            "user":"THE@echonest.com","starttime":"2017-11-20 10:00:00","duration":"337","vote":3,"jam":["a@x","b@x","A@x",null,"the@echonest.com"]}"#,
        )
        .unwrap();
        let jams: Vec<_> = old.jams.iter().map(|jam| (jam.user.as_str(), jam.at)).collect();
        assert_eq!(
            jams,
            [("a@x", old.started.at), ("b@x", old.started.at)],
            "they have no time of their own"
        );
        assert_eq!((old.user, old.tally, old.outcome), (None, 3, Outcome::Finished));
        assert_eq!(old.ended_at.since(old.started.at).as_secs(), 337);
        let episode = line(
            r#"{"trackid":"spotify:episode:512ojhOuo1ktJprKbVcKyQ","title":"One","show_name":"Show","user":"a@x",
            "starttime":"2020-01-01T00:00:00","endtime":"2020-01-01T00:00:10","duration":600}"#,
        )
        .unwrap();
        assert_eq!((episode.artist.as_str(), episode.outcome), ("Show", Outcome::Skipped));
        let video = line(
            r#"{"src":"youtube","trackid":"dQw4w9WgXcQ","title":"V","artist":"Channel@youtube","user":"a@x",
            "starttime":"2020-01-01T00:00:00","endtime":"2020-01-01T00:03:20","duration":0}"#,
        )
        .unwrap();
        assert_eq!((video.artist.as_str(), video.duration.as_secs()), ("Channel", 200));
        let number =
            r#"{"src":"soundcloud","trackid":424374522,"user":"a@x","starttime":"2020-01-01T00:00:00"}"#;
        assert!(matches!(line(number).unwrap().song, LineSong::External(TrackSource::SoundCloud(_))));
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why() {
        for (text, why) in [
            ("", "not JSON"),
            ("{\"user\": \"a", "not JSON"),
            ("[]", "not an object of a play"),
            (r#"{"user":"a@x"}"#, "no `trackid`"),
            (r#"{"src":"tape","trackid":"1"}"#, "no service is called \"tape\""),
            (r#"{"trackid":"1"}"#, "no `src`"),
            (r#"{"src":"youtube","trackid":"short"}"#, "not a valid YouTube id"),
            (r#"{"src":"soundcloud","trackid":"7"}"#, "nobody is named"),
            (
                r#"{"src":"soundcloud","trackid":"7","user":"a@x","starttime":"noon"}"#,
                "`starttime` is no time",
            ),
        ] {
            let said = line(text).unwrap_err();
            assert!(said.starts_with(why), "{text}: {said}");
        }
    }

    #[test]
    fn the_same_play_is_known_in_every_zone() {
        let elsewhere = read(NEW.as_bytes(), &Zone::default()).unwrap();
        let here = line(NEW).unwrap();
        assert_eq!(elsewhere.digest, here.digest);
        assert_ne!(elsewhere.started.at, here.started.at);
        assert_ne!(line(&NEW.replace("22.732347", "22.732348")).unwrap().digest, here.digest);
        assert_ne!(line(&NEW.replace("IoaWf", "IoaWg")).unwrap().digest, here.digest);
    }

    fn play(source: TrackSource) -> Play {
        Play {
            id: PlayId::from_u128(1),
            nest: NestId::from_u128(1),
            entry: EntryId::from_sequence(12),
            track: TrackSummary {
                id: TrackId::from_u128(77),
                title: "\"Ágætis\" \\ 𝄞\n".into(),
                artist: "Sigur Rós".into(),
                album: String::new(),
                duration: TrackPosition::from_millis(180_900),
                artwork: None,
                source,
                library_match: None,
            },
            added_by: Contributor::Person { id: MemberId::from_u128(1), name: "Ana".into() },
            because: None,
            tally: -1,
            started_at: WallTime::from_micros(1_795_229_062_732_347),
            ended: Some((WallTime::from_micros(1_795_229_112_732_000), Outcome::Skipped)),
            jams: Vec::new(),
            comments: Vec::new(),
        }
    }

    fn named(name: &str) -> Names {
        Names(BTreeMap::from([(MemberId::from_u128(1), name.to_owned())]))
    }

    #[test]
    fn what_people_thought_of_a_song_is_in_its_line_and_read_as_it_was() {
        let zone = Zone::named("America/New_York").unwrap();
        let at = WallTime::from_micros(1_795_229_070_250_000);
        let by = MemberId::from_u128(1);
        let source = "spotify:track:3utq2FgD1pkmIoaWfjXWAU".parse().unwrap();
        let mut play = play(source);
        play.jams.push(Jam { by, name: "Ana".into(), at });
        let text = CommentText::parse("left || <b>right</b>").unwrap();
        play.comments.push(Comment { id: CommentId::from_sequence(9), by, name: "Ana".into(), at, text });
        let horn = Horn {
            id: HornId::from_sequence(10),
            by: MemberId::from_u128(2),
            name: "Ben".into(),
            at,
            sound: HornSound::AirHorn,
            entry: play.entry,
            title: "Song".into(),
            free: true,
        };
        let line = write(&play, &[horn], &named("ana@example.org"), &zone);
        let when = "2026-11-20T21:44:30.250000";
        let parts = [
            format!(r#""airhorn": [{{"free": true, "user": "Ben", "when": "{when}"}}]"#),
            r#""comments": [{"body": "left || <b>right</b>", "time": 1795229070.25, "user": "ana@example.org"}]"#.into(),
            format!(r#""jam": [{{"time": "{when}", "user": "ana@example.org"}}]"#),
        ];
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        let again = read(line.as_bytes(), &zone).unwrap();
        let said = |text: &str| Said { user: "ana@example.org".into(), at, text: text.into() };
        assert_eq!((again.jams, again.comments), (vec![said("")], vec![said("left || <b>right</b>")]));
        assert_eq!(again.airhorns, 1);
    }

    #[test]
    fn a_line_is_written_as_echonest_writes_it_and_read_as_it_was() {
        let zone = Zone::named("America/New_York").unwrap();
        let source = "spotify:track:3utq2FgD1pkmIoaWfjXWAU".parse().unwrap();
        let text = write(&play(source), &[], &named("ana@example.org"), &zone);
        assert_eq!(
            text,
            r#"{"airhorn": [], "artist": "Sigur R\u00f3s", "auto": false, "comments": [], "duration": 180, "endtime": "2026-11-20T21:45:12.732000", "id": "12", "jam": [], "paused": false, "play": "00000000000000000000000001", "pos": 0, "src": "spotify", "starttime": "2026-11-20T21:44:22.732347", "title": "\"\u00c1g\u00e6tis\" \\ \ud834\udd1e\u000a", "trackid": "spotify:track:3utq2FgD1pkmIoaWfjXWAU", "user": "ana@example.org", "vote": "-1"}"#
        );
        let again = read(text.as_bytes(), &zone).unwrap();
        assert_eq!(again.song, LineSong::External(source));
        assert_eq!((again.started.at, again.outcome), (play(source).started_at, Outcome::Skipped));
        let by_itself = Play { added_by: Contributor::Autofill, ..play(TrackSource::Library) };
        let own = read(write(&by_itself, &[], &Names::default(), &zone).as_bytes(), &zone).unwrap();
        assert_eq!((own.song, own.user), (LineSong::Library(TrackId::from_u128(77)), None));
        let episode = "spotify:episode:512ojhOuo1ktJprKbVcKyQ".parse().unwrap();
        let episode: Value = serde_json::from_str(&write(&play(episode), &[], &named("x"), &zone)).unwrap();
        assert_eq!((&episode["type"], &episode["show_name"]), (&"episode".into(), &"Sigur Rós".into()));
    }
}
