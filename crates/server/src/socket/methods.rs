//! What can be called on the socket: the clock, and the commands of a nest (the same that HTTP carries out).

use super::session::refused;
use crate::app::App;
use crate::channels;
use crate::command::{self, Verb};
use crate::error::{Error, Result};
use crate::nests::{Room, wire};
use identity::{Caller, Proof, Scope, SocketTokenClaims};
use model::{ChannelName, NestCode, WallTime};
use protocol::publication::ClockSample;
use protocol::socket::{ErrorBody, ErrorCode, HistoryRequest, Publication, RpcRequest};
use realtime::Position;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

pub(super) async fn call(
    app: &App,
    caller: &Caller,
    request: &RpcRequest,
    received_at: WallTime,
) -> Result<Box<RawValue>, ErrorBody> {
    if request.method == "clock" {
        let sample = ClockSample { received_us: received_at.micros(), sent_us: app.now().micros() };
        return encode(&sample);
    }
    let verb = Verb::of_method(&request.method).ok_or_else(|| ErrorCode::MethodNotFound.body())?;
    if !caller.reaches(verb.scope()) {
        return Err(ErrorCode::PermissionDenied.body());
    }
    let text = request.data.as_ref().map_or("{}", |data| data.get());
    let (code, body) = nest_and_body(text).ok_or_else(|| ErrorCode::BadRequest.body())?;
    let accepted = command::run(app, caller, code, verb, body.as_bytes(), None).await.map_err(refused)?;
    encode(&accepted)
}

/// Takes the field `nest` out of a method's argument; the rest is the body that HTTP would carry.
fn nest_and_body(text: &str) -> Option<(NestCode, String)> {
    let mut body: Map<String, Value> = serde_json::from_str(text).ok()?;
    let code = body.remove("nest")?.as_str()?.parse().ok()?;
    serde_json::to_string(&body).ok().map(|body| (code, body))
}

fn encode(data: &impl serde::Serialize) -> Result<Box<RawValue>, ErrorBody> {
    to_raw_value(data).map_err(|_| ErrorCode::Internal.body())
}

/// Publications of a nest from its log, in the order and number asked for.
pub(super) async fn history(
    app: &App,
    room: &Room,
    request: &HistoryRequest,
    limit: u64,
) -> Result<Vec<Publication>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let (from, count) = range(request, room.position().offset, limit);
    let mut events =
        database::nests::read(app.database(), room.id, from, u32::try_from(count).unwrap_or(u32::MAX))
            .await?;
    if request.reverse {
        events.reverse();
    }
    events
        .iter()
        .map(|event| {
            let data = to_raw_value(&wire::publication(event))
                .map_err(|_| Error::Fault("an event could not be encoded"))?;
            Ok(Publication { data, offset: Some(event.sequence) })
        })
        .collect()
}

/// Publications of an application's channel that are kept, likewise: as many as fit into an answer.
pub(super) async fn of_channel(
    app: &App,
    name: ChannelName,
    position: &Position,
    request: &HistoryRequest,
    limit: u64,
) -> Result<Vec<Publication>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let (from, count) = range(request, position.offset, limit);
    channels::history(app, name, from, count, request.reverse).await
}

/// From which offset on how many publications are asked for, of a stream that ends at `top`.
fn range(request: &HistoryRequest, top: u64, limit: u64) -> (u64, u64) {
    match (&request.since, request.reverse) {
        (Some(since), false) => (since.offset.saturating_add(1), limit),
        (None, false) => (1, limit),
        (since, true) => {
            let before = since.as_ref().map_or(top + 1, |since| since.offset.min(top + 1));
            let from = before.saturating_sub(limit).max(1);
            (from, before.saturating_sub(from))
        }
    }
}

/// The caller that a socket token speaks for, if the device or API token behind it still stands.
pub(super) async fn caller_of(app: &App, claims: &SocketTokenClaims) -> Result<Option<Caller>> {
    let Some(member) = database::members::get(app.database(), claims.member).await? else { return Ok(None) };
    let stands = match claims.proof {
        Proof::Device(device) => {
            let devices = database::devices::list(app.database(), member.id).await?;
            devices.iter().any(|known| known.id == device)
        }
        Proof::Token(token, _) => {
            let tokens = database::tokens::list(app.database(), member.id).await?;
            tokens.iter().any(|known| known.id == token && !known.has_expired(app.now()))
        }
    };
    let caller = Caller { member, proof: claims.proof };
    Ok(Some(caller).filter(|caller| stands && caller.reaches(Scope::Listen)))
}
