//! Commands of a nest as they come from the network: one verb, one body, whatever way they came.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::from_slice;
use crate::idempotency::Key;
use crate::nests::{self, Done, Room, wire};
use crate::sources;
use database::external_tracks::{self, Song};
use identity::{Caller, Member, Scope};
use library::Playable;
use model::{CommentId, EntryId, MemberId, NestCode, TrackId, TrackPosition, TrackSource, TrackSummary};
use nest::{Command, CommentText, Person, SettingsChange, VoteDirection};
use protocol::http::{
    self as body, Accepted, AddBody, AutofillTrackBody, CommentBody, ConfigureBody, EntriesBody,
    HandOverBody, HornBody, JamBody, PersonBody, RemoveCommentBody, RestoreBody, SeekBody, SkipBody,
    VolumeBody, VoteBody,
};

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Remove,
    Restore,
    Clear,
    Vote,
    Jam,
    Comment,
    RemoveComment,
    Horn,
    Volume,
    QueuePreview,
    FilterPreview,
    Unfilter,
    Pause,
    Resume,
    Skip,
    Seek,
    Configure,
    HandOver,
    Lock,
    Unlock,
    Kick,
    LetIn,
}

impl Verb {
    pub(crate) const ALL: [Self; 23] = [
        Self::Add,
        Self::Remove,
        Self::Restore,
        Self::Clear,
        Self::Vote,
        Self::Jam,
        Self::Comment,
        Self::RemoveComment,
        Self::Horn,
        Self::Volume,
        Self::QueuePreview,
        Self::FilterPreview,
        Self::Unfilter,
        Self::Pause,
        Self::Resume,
        Self::Skip,
        Self::Seek,
        Self::Configure,
        Self::HandOver,
        Self::Lock,
        Self::Unlock,
        Self::Kick,
        Self::LetIn,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Restore => "restore",
            Self::Clear => "clear",
            Self::Vote => "vote",
            Self::Jam => "jam",
            Self::Comment => "comment",
            Self::RemoveComment => "remove-comment",
            Self::Horn => "horn",
            Self::Volume => "volume",
            Self::QueuePreview => "queue-preview",
            Self::FilterPreview => "filter-preview",
            Self::Unfilter => "unfilter",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Skip => "skip",
            Self::Seek => "seek",
            Self::Configure => "configure",
            Self::HandOver => "hand-over",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Kick => "kick",
            Self::LetIn => "let-in",
        }
    }

    /// The verb of a socket method `nest.NAME`.
    pub(crate) fn of_method(method: &str) -> Option<Self> {
        let name = method.strip_prefix("nest.")?;
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }

    /// How far a token must reach.
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::Add
            | Self::Vote
            | Self::Restore
            | Self::Jam
            | Self::Comment
            | Self::RemoveComment
            | Self::QueuePreview
            | Self::Horn => Scope::Add,
            Self::Remove
            | Self::Clear
            | Self::Volume
            | Self::FilterPreview
            | Self::Unfilter
            | Self::Pause
            | Self::Resume
            | Self::Skip
            | Self::Seek
            | Self::Configure
            | Self::HandOver
            | Self::Lock
            | Self::Unlock
            | Self::Kick
            | Self::LetIn => Scope::Control,
        }
    }
}

/// Carries a command out; with a key, unless that was done before.
pub(crate) async fn run(
    app: &App,
    caller: &Caller,
    code: NestCode,
    verb: Verb,
    json: &[u8],
    key: Option<Key>,
) -> Result<Accepted> {
    if let Some(key) = &key
        && let Some(kept) = key.kept(app).await?
    {
        return Result::<Done>::from(kept).map(Done::accepted);
    }
    app.rates().command(caller.member.id)?;
    let room = nests::admitted(app, code, caller)?;
    let command = read(app, &room, verb, json, caller.member.id).await?;
    room.command(room.actor(caller), command, key).await.map(Done::accepted)
}

async fn read(app: &App, room: &Room, verb: Verb, json: &[u8], by: MemberId) -> Result<Command> {
    let entry = EntryId::from_sequence;
    Ok(match verb {
        Verb::Add => Command::Add(to_add(app, from_slice(json)?, by).await?),
        Verb::Remove => Command::Remove(entry(from_slice::<EntriesBody>(json)?.entry)),
        Verb::Restore => Command::Restore(from_slice::<RestoreBody>(json)?.entry.map(entry)),
        Verb::Clear => nothing(json, Command::Clear)?,
        Verb::Pause => nothing(json, Command::Pause)?,
        Verb::Resume => nothing(json, Command::Resume)?,
        Verb::Vote => {
            let VoteBody { entry: id, direction } = from_slice(json)?;
            Command::Vote(
                entry(id),
                match direction {
                    body::VoteDirection::Up => Some(VoteDirection::Up),
                    body::VoteDirection::Down => Some(VoteDirection::Down),
                    body::VoteDirection::None => None,
                },
            )
        }
        Verb::Jam => {
            let JamBody { entry: id, on } = from_slice(json)?;
            Command::Jam(entry(id), on)
        }
        Verb::Comment => {
            let CommentBody { entry: id, text } = from_slice(json)?;
            let text = CommentText::parse(&text).map_err(|error| Error::invalid("text", error))?;
            Command::Comment(entry(id), text)
        }
        Verb::RemoveComment => {
            let RemoveCommentBody { entry: id, comment } = from_slice(json)?;
            Command::RemoveComment(entry(id), CommentId::from_sequence(comment))
        }
        Verb::Horn => {
            Command::Horn(from_slice::<HornBody>(json)?.sound.parse().map_err(|_| Error::UnknownSound)?)
        }
        Verb::Volume => Command::Volume(from_slice::<VolumeBody>(json)?.percent),
        Verb::QueuePreview => {
            Command::QueuePreview(track_id(&from_slice::<AutofillTrackBody>(json)?.track_id)?)
        }
        Verb::FilterPreview => {
            Command::FilterPreview(track_id(&from_slice::<AutofillTrackBody>(json)?.track_id)?)
        }
        Verb::Unfilter => Command::Unfilter(track_id(&from_slice::<AutofillTrackBody>(json)?.track_id)?),
        Verb::Skip => Command::Skip(from_slice::<SkipBody>(json)?.entry.map(entry)),
        Verb::Seek => Command::Seek(TrackPosition::from_millis(from_slice::<SeekBody>(json)?.position_ms)),
        Verb::Configure => Command::Configure(change(app, room, &from_slice(json)?)?),
        Verb::HandOver => Command::HandOver(member(app, &from_slice::<HandOverBody>(json)?.member).await?.id),
        Verb::Lock => {
            let there = app.hub().people(room.channel());
            nothing(json, Command::Lock(there.iter().filter_map(|id| id.parse().ok()).collect()))?
        }
        Verb::Unlock => nothing(json, Command::Unlock)?,
        Verb::Kick => {
            let member = member(app, &from_slice::<PersonBody>(json)?.member).await?;
            let role = room.role(member.id, member.role);
            Command::Kick(Person { id: member.id, name: member.name.to_string() }, role)
        }
        Verb::LetIn => Command::LetIn(member(app, &from_slice::<PersonBody>(json)?.member).await?.id),
    })
}

async fn to_add(app: &App, AddBody { track_id, source }: AddBody, by: MemberId) -> Result<TrackSummary> {
    match (track_id, source) {
        (Some(id), None) => playable(app, &id).await,
        (None, Some(source)) => from_elsewhere(app, &source, by).await,
        _ => Err(Error::invalid("body", "give either `track_id` or `source`")),
    }
}

/// What is to change; no address that another nest has.
fn change(app: &App, room: &Room, body: &ConfigureBody) -> Result<SettingsChange> {
    let change = wire::settings_change(body)?;
    match &change.slug {
        Some(Some(slug)) if app.nests().called(slug).is_some_and(|other| other.code != room.code) => {
            Err(Error::SlugTaken)
        }
        _ => Ok(change),
    }
}

async fn member(app: &App, id: &str) -> Result<Member> {
    let id = id.parse().map_err(|_| Error::NotFound("member"))?;
    database::members::get(app.database(), id).await?.ok_or(Error::NotFound("member"))
}

/// The command, if its body is an object without content.
fn nothing(json: &[u8], command: Command) -> Result<Command> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    from_slice::<Nothing>(json).map(|Nothing {}| command)
}

fn track_id(id: &str) -> Result<TrackId> {
    id.parse().map_err(|_| Error::NotFound("track"))
}

async fn from_elsewhere(app: &App, source: &str, by: MemberId) -> Result<TrackSummary> {
    let source: TrackSource = source.parse().map_err(|error| Error::invalid("source", error))?;
    let song = sources::song(app, source, by).await?;
    Ok(external_tracks::summary(app.database(), &song).await?)
}

/// The track with this id, as it is queued.
pub(crate) async fn playable(app: &App, id: &str) -> Result<TrackSummary> {
    let id = track_id(id)?;
    let track = match external_tracks::song(app.database(), id).await? {
        Some(Song::Library(track)) => track,
        Some(Song::External(song)) => return Ok(external_tracks::summary(app.database(), &song).await?),
        None => return Err(Error::NotFound("track")),
    };
    match track.playable {
        Playable::Original | Playable::Transcoded { .. } => Ok(track.summary()),
        Playable::Pending => Err(Error::TrackNotPlayable),
        Playable::Failed { .. } => {
            Err(Error::DamagedFile("this track's file could not be made playable".to_owned()))
        }
    }
}
