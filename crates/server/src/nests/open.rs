//! Opening and closing nests: the main one at the first start, all open ones at every start, temporary ones on request.

use super::idle::Idle;
use super::room::Task;
use super::{Room, limits};
use crate::app::App;
use crate::error::{Error, Result};
use crate::server_channel;
use database::{Database, autofill, nests as registry};
use identity::Caller;
use model::{Channel, Contributor, NestCode, NestId, Slug, TrackSummary, WallTime};
use nest::idea;
use nest::{Command, Event, Genre, Nest, NestName, Seed, Settings};
use realtime::Position;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, watch};

/// Opens every nest the database knows, and the main nest if it is not there yet.
pub(crate) async fn open_all(app: &App) -> Result<()> {
    let id = app.generate(NestId::generate);
    ensure_main(app.database(), &app.config().name, id, app.now()).await?;
    for record in registry::list_open(app.database(), limits::NESTS_MAX as u32 + 1).await? {
        let nest =
            registry::load(app.database(), record.id).await?.ok_or(Error::Fault("a nest has no log"))?;
        start(app, &record, nest);
    }
    Ok(())
}

/// The main nest, which is opened as `id` if it is not there yet.
pub(crate) async fn ensure_main(
    database: &Database,
    name: &str,
    id: NestId,
    now: WallTime,
) -> Result<registry::NestRecord> {
    if let Some(record) = registry::find_by_code(database, NestCode::MAIN).await? {
        return Ok(record);
    }
    let name = NestName::parse(name).or_else(|_| NestName::parse("Main"));
    let mut settings = Settings::new(name.map_err(|error| Error::invalid("name", error))?);
    settings.autofill_rules.depth = nest::limits::AUTOFILL_DEPTH_MAIN;
    let (nest, opened) = Nest::open(settings, None, now);
    match write_down(database, id, NestCode::MAIN, &nest, &opened).await {
        Ok(record) => Ok(record),
        // Another process opened it at the same moment.
        Err(Error::Database(error)) if error.is_unique() => {
            registry::find_by_code(database, NestCode::MAIN).await?.ok_or(Error::Busy)
        }
        Err(error) => Err(error),
    }
}

/// What is known of a nest that is to be opened.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    /// Its name; `None`: one is thought of, with a genre and a song that go with it.
    pub(crate) name: Option<NestName>,
    /// The word that leads to it.
    pub(crate) slug: Option<Slug>,
    /// What it plays on from before anybody asks for something.
    pub(crate) seed: Option<TrackSummary>,
}

/// Opens a temporary nest.
pub(crate) async fn open(app: &App, caller: &Caller, opening: Opening) -> Result<Room> {
    const ATTEMPTS_MAX: u32 = 20;
    if app.nests().all().len() >= app.config().nests_max.min(limits::NESTS_MAX) {
        return Err(Error::TooManyNests);
    }
    if opening.slug.as_ref().is_some_and(|slug| app.nests().called(slug).is_some()) {
        return Err(Error::SlugTaken);
    }
    let (settings, seed) = thought_of(app, opening).await?;
    let by = Contributor::Person { id: caller.member.id, name: caller.member.name.to_string() };
    let seed = seed.map(|track| Seed { track: track.id, title: track.title, artist: track.artist, by });
    for _ in 0..ATTEMPTS_MAX {
        let code = app.draw(|entropy| NestCode::generate(entropy));
        let id = app.generate(NestId::generate);
        let (nest, opened) =
            Nest::open_from(settings.clone(), Some(caller.member.id), seed.clone(), app.now());
        match write_down(app.database(), id, code, &nest, &opened).await {
            Ok(record) => {
                let room = start(app, &record, nest);
                app.wrote();
                server_channel::nest_changed(app, code);
                return Ok(room);
            }
            Err(Error::Database(error)) if error.is_unique() => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::TooManyNests)
}

/// The settings a nest begins with, and the song it begins from.
async fn thought_of(app: &App, opening: Opening) -> Result<(Settings, Option<TrackSummary>)> {
    let Opening { name, slug, mut seed } = opening;
    if let Some(name) = name {
        return Ok((Settings { slug, ..Settings::new(name) }, seed));
    }
    let open: Vec<_> = app.nests().all().iter().map(|room| room.state()).collect();
    let is_taken = |name: &str| open.iter().any(|nest| nest.settings().name.as_str() == name);
    let (name, idea) = app.draw(|entropy| idea::draw(is_taken, entropy));
    let name = NestName::parse(&name).map_err(|_| Error::Fault("an idea is no name"))?;
    let mut settings = Settings { slug, ..Settings::new(name) };
    settings.autofill_rules.genre =
        Genre::parse(idea.genre).map_err(|_| Error::Fault("an idea has no genre"))?;
    if seed.is_none() {
        let found = autofill::song(app.database(), idea.artist, idea.title).await?;
        seed = found.map(|track| track.summary());
    }
    Ok((settings, seed))
}

/// Closes a nest for good.
pub(crate) async fn close(room: &Room, caller: &Caller) -> Result<()> {
    room.command(room.actor(caller), Command::Close, None).await.map(drop)
}

async fn write_down(
    database: &Database,
    id: NestId,
    code: NestCode,
    nest: &Nest,
    opened: &Event,
) -> Result<registry::NestRecord> {
    let record = registry::NestRecord {
        id,
        code,
        name: nest.settings().name.to_string(),
        created_by: nest.host(),
        created_at: opened.at,
        closed_at: None,
        listened_at: None,
    };
    registry::open(database, &record, opened).await?;
    Ok(record)
}

/// Begins a nest's room here, unless it has begun.
pub(super) fn start(app: &App, record: &registry::NestRecord, nest: Nest) -> Room {
    let position = Position { epoch: record.id.to_string(), offset: nest.sequence() };
    app.hub().open(Channel::Nest(record.code), position);
    let (mailbox, requests) = mpsc::channel(limits::NEST_MAILBOX_MAX);
    let (shown, state) = watch::channel(Arc::new(nest.clone()));
    let (attendance, behind) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let room = Room {
        id: record.id,
        code: record.code,
        created_at: record.created_at,
        mailbox,
        state,
        attendance: Arc::clone(&attendance),
        behind: Arc::clone(&behind),
    };
    // The one who opens it and the one who sees it in the database may both be here.
    if let Some(there) = app.nests().insert(room.clone()) {
        return there;
    }
    let idle_time_max =
        (!record.code.is_main() && nest.host().is_some()).then_some(app.config().nest_idle_max);
    let task = Task {
        app: app.clone(),
        id: record.id,
        code: record.code,
        nest,
        mailbox: requests,
        state: shown,
        library: app.nests().library(),
        suspect: false,
        autofill_after: app.now(),
        preview_after: app.now(),
        choosing: None,
        attendance,
        behind,
        stance: app.lifecycle().watch(),
        idle: Idle::new(idle_time_max, record.listened_at.unwrap_or(record.created_at), app.now()),
    };
    app.lifecycle().spawn(task.run());
    room
}
