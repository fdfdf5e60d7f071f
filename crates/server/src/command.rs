//! Commands of a nest as they come from the network: one verb, one body, whatever way they came.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::from_slice;
use crate::idempotency::Key;
use crate::nests::{self, Done, wire};
use identity::{Caller, Scope};
use library::Playable;
use model::{EntryId, NestCode, TrackId, TrackPosition, TrackSummary};
use nest::{Command, VoteDirection};
use protocol::http::{
    self as body, Accepted, AddBody, ConfigureBody, EntriesBody, HandOverBody, RestoreBody, SeekBody,
    SkipBody, VoteBody,
};

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Remove,
    Restore,
    Clear,
    Vote,
    Pause,
    Resume,
    Skip,
    Seek,
    Configure,
    HandOver,
}

impl Verb {
    pub(crate) const ALL: [Self; 11] = [
        Self::Add,
        Self::Remove,
        Self::Restore,
        Self::Clear,
        Self::Vote,
        Self::Pause,
        Self::Resume,
        Self::Skip,
        Self::Seek,
        Self::Configure,
        Self::HandOver,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Restore => "restore",
            Self::Clear => "clear",
            Self::Vote => "vote",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Skip => "skip",
            Self::Seek => "seek",
            Self::Configure => "configure",
            Self::HandOver => "hand-over",
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
            Self::Add | Self::Vote | Self::Restore => Scope::Add,
            _ => Scope::Control,
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
    let command = read(app, verb, json).await?;
    room.command(room.actor(caller), command, key).await.map(Done::accepted)
}

async fn read(app: &App, verb: Verb, json: &[u8]) -> Result<Command> {
    let entry = EntryId::from_sequence;
    Ok(match verb {
        Verb::Add => Command::Add(playable(app, &from_slice::<AddBody>(json)?.track_id).await?),
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
        Verb::Skip => Command::Skip(from_slice::<SkipBody>(json)?.entry.map(entry)),
        Verb::Seek => Command::Seek(TrackPosition::from_millis(from_slice::<SeekBody>(json)?.position_ms)),
        Verb::Configure => Command::Configure(wire::settings_change(&from_slice::<ConfigureBody>(json)?)?),
        Verb::HandOver => {
            let body: HandOverBody = from_slice(json)?;
            let member = body.member.parse().map_err(|_| Error::NotFound("member"))?;
            let member =
                database::members::get(app.database(), member).await?.ok_or(Error::NotFound("member"))?;
            Command::HandOver(member.id)
        }
    })
}

/// The command, if its body is an object without content.
fn nothing(json: &[u8], command: Command) -> Result<Command> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    from_slice::<Nothing>(json).map(|Nothing {}| command)
}

async fn playable(app: &App, id: &str) -> Result<TrackSummary> {
    let id: TrackId = id.parse().map_err(|_| Error::NotFound("track"))?;
    let track = database::tracks::get(app.database(), id).await?.ok_or(Error::NotFound("track"))?;
    match track.playable {
        Playable::Original | Playable::Transcoded { .. } => Ok(track.summary()),
        Playable::Pending => Err(Error::TrackNotPlayable),
        Playable::Failed { .. } => {
            Err(Error::DamagedFile("this track's file could not be made playable".to_owned()))
        }
    }
}
