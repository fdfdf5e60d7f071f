//! Opening and closing nests: the main one at the first start, all open ones at every start, temporary ones on request.

use super::idle::Idle;
use super::room::Task;
use super::{Room, limits};
use crate::app::App;
use crate::error::{Error, Result};
use crate::server_channel;
use database::nests as registry;
use identity::Caller;
use model::{Channel, MemberId, NestCode, NestId};
use nest::{Command, Nest, NestName, Settings};
use realtime::Position;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, watch};

/// Opens every nest the database knows, and the main nest if it is not there yet.
pub(crate) async fn open_all(app: &App) -> Result<()> {
    if registry::find_by_code(app.database(), NestCode::MAIN).await?.is_none() {
        let name = NestName::parse(&app.config().name).or_else(|_| NestName::parse("Main"));
        let name = name.map_err(|error| Error::invalid("name", error))?;
        create(app, NestCode::MAIN, Settings::new(name), None).await?;
    }
    for record in registry::list_open(app.database(), limits::NESTS_MAX as u32 + 1).await? {
        let nest =
            registry::load(app.database(), record.id).await?.ok_or(Error::Fault("a nest has no log"))?;
        start(app, &record, nest);
    }
    Ok(())
}

/// Opens a temporary nest.
pub(crate) async fn open(app: &App, caller: &Caller, name: NestName) -> Result<Room> {
    const ATTEMPTS_MAX: u32 = 20;
    if app.nests().all().len() >= limits::NESTS_MAX {
        return Err(Error::TooManyNests);
    }
    for _ in 0..ATTEMPTS_MAX {
        let code = app.draw(|entropy| NestCode::generate(entropy));
        match create(app, code, Settings::new(name.clone()), Some(caller.member.id)).await {
            Ok((record, nest)) => {
                let room = start(app, &record, nest);
                server_channel::nest_changed(app, code);
                return Ok(room);
            }
            Err(Error::Database(error)) if error.is_unique() => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::TooManyNests)
}

/// Closes a nest for good.
pub(crate) async fn close(room: &Room, caller: &Caller) -> Result<()> {
    room.command(room.actor(caller), Command::Close, None).await.map(drop)
}

async fn create(
    app: &App,
    code: NestCode,
    settings: Settings,
    host: Option<MemberId>,
) -> Result<(registry::NestRecord, Nest)> {
    let now = app.now();
    let id = app.generate(NestId::generate);
    let name = settings.name.to_string();
    let record = registry::NestRecord {
        id,
        code,
        name,
        created_by: host,
        created_at: now,
        closed_at: None,
        listened_at: None,
    };
    let (nest, opened) = Nest::open(settings, host, now);
    registry::open(app.database(), &record, &opened).await?;
    Ok((record, nest))
}

fn start(app: &App, record: &registry::NestRecord, nest: Nest) -> Room {
    let position = Position { epoch: record.id.to_string(), offset: nest.sequence() };
    app.hub().open(Channel::Nest(record.code), position);
    let (mailbox, requests) = mpsc::channel(limits::NEST_MAILBOX_MAX);
    let (shown, state) = watch::channel(Arc::new(nest.clone()));
    let attendance = Arc::new(Notify::new());
    let room = Room {
        id: record.id,
        code: record.code,
        created_at: record.created_at,
        mailbox,
        state,
        attendance: Arc::clone(&attendance),
    };
    app.nests().insert(room.clone());
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
        attendance,
        idle: Idle::new(idle_time_max, record.listened_at.unwrap_or(record.created_at), app.now()),
    };
    app.lifecycle().spawn(task.run());
    room
}
