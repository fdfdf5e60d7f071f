//! What can be done in a nest, over HTTP. The socket's `nest.*` methods run the same [`crate::command::run`].

use crate::app::App;
use crate::command::{self, Verb};
use crate::error::Result;
use crate::extract::{Path, Signed};
use crate::idempotency::{self, Key};
use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use http::HeaderMap;
use model::NestCode;
use protocol::http::{
    Accepted, AddBody, AutofillTrackBody, CommentBody, ConfigureBody, EntriesBody, HandOverBody, HornBody,
    JamBody, PersonBody, RemoveCommentBody, RestoreBody, SeekBody, SkipBody, VolumeBody, VoteBody,
};
use protocol::problem::Problem;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $path:literal, $verb:ident $(, $body:ty)?;)+) => { $(
        $(#[$doc])*
        #[utoipa::path(post, operation_id = $id, path = $path, tag = "nests", $(request_body = $body,)?
            params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
            (status = 200, body = Accepted), (status = 403, body = Problem), (status = 404, body = Problem),
            (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
        ))]
        pub(crate) async fn $name(
            State(app): State<App>,
            signed: Signed,
            Path(code): Path<NestCode>,
            headers: HeaderMap,
            body: JsonBytes,
        ) -> Result<Json<Accepted>> {
            over_http(&app, signed, code, Verb::$verb, &headers, body.0).await
        }
    )+ };
}

commands! {
    /// Adds a track to the queue in its fair place; if nothing plays, it starts.
    add = "nest_add", "/api/v1/nests/{code}/add", Add, AddBody;
    /// Removes an entry from the queue.
    remove = "nest_remove", "/api/v1/nests/{code}/remove", Remove, EntriesBody;
    /// Takes a removal back.
    restore = "nest_restore", "/api/v1/nests/{code}/restore", Restore, RestoreBody;
    /// Empties the queue.
    clear = "nest_clear", "/api/v1/nests/{code}/clear", Clear;
    /// Votes on an entry, or takes the vote back.
    vote = "nest_vote", "/api/v1/nests/{code}/vote", Vote, VoteBody;
    /// Jams along to an entry, queued or playing, or stops.
    jam = "nest_jam", "/api/v1/nests/{code}/jam", Jam, JamBody;
    /// Says something about an entry, queued or playing. The comment's id is the offset that is answered.
    comment = "nest_comment", "/api/v1/nests/{code}/comment", Comment, CommentBody;
    /// Removes a comment: one's own, or any by the host.
    remove_comment = "nest_remove_comment", "/api/v1/nests/{code}/remove-comment", RemoveComment, RemoveCommentBody;
    /// Blows a horn for everybody. Beyond twenty an hour it takes a free one, if the person has one.
    horn = "nest_horn", "/api/v1/nests/{code}/horn", Horn, HornBody;
    /// Says how loud the room is: a hint that players may follow.
    volume = "nest_volume", "/api/v1/nests/{code}/volume", Volume, VolumeBody;
    /// Adds what the nest would choose next as one's own, and jams along; a throwback is jammed by whoever queued it then.
    queue_preview = "nest_queue_preview", "/api/v1/nests/{code}/queue-preview", QueuePreview, AutofillTrackBody;
    /// Keeps what the nest would choose next from being chosen for some days. Who may skip may do it.
    filter_preview = "nest_filter_preview", "/api/v1/nests/{code}/filter-preview", FilterPreview, AutofillTrackBody;
    /// Lets a track be chosen again that somebody filtered. Who may skip may do it.
    unfilter = "nest_unfilter", "/api/v1/nests/{code}/unfilter", Unfilter, AutofillTrackBody;
    /// Pauses for everybody.
    pause = "nest_pause", "/api/v1/nests/{code}/pause", Pause;
    /// Resumes for everybody.
    resume = "nest_resume", "/api/v1/nests/{code}/resume", Resume;
    /// Skips what plays.
    skip = "nest_skip", "/api/v1/nests/{code}/skip", Skip, SkipBody;
    /// Moves to a position in what plays.
    seek = "nest_seek", "/api/v1/nests/{code}/seek", Seek, SeekBody;
    /// Changes settings; what is absent stays.
    configure = "nest_configure", "/api/v1/nests/{code}/configure", Configure, ConfigureBody;
    /// Makes another person the host.
    hand_over = "nest_hand_over", "/api/v1/nests/{code}/hand-over", HandOver, HandOverBody;
    /// Lets nobody in any more but who is there now, and administrators. Not the main nest.
    lock = "nest_lock", "/api/v1/nests/{code}/lock", Lock;
    /// Lets people in again.
    unlock = "nest_unlock", "/api/v1/nests/{code}/unlock", Unlock;
    /// Puts somebody out, with what they queued, until they are let in again. A guest may come back under another name:
    /// lock the nest, or let it take no guests.
    kick = "nest_kick", "/api/v1/nests/{code}/kick", Kick, PersonBody;
    /// Lets somebody in who was put out, or whom the locked door keeps out.
    let_in = "nest_let_in", "/api/v1/nests/{code}/let-in", LetIn, PersonBody;
}

/// A JSON body as it came, for its digest.
pub(crate) struct JsonBytes(Bytes);

impl<S: Send + Sync> axum::extract::FromRequest<S> for JsonBytes {
    type Rejection = crate::error::Error;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self> {
        let crate::extract::Body(body) =
            crate::extract::Body::<Box<serde_json::value::RawValue>>::from_request(request, state).await?;
        Ok(Self(body.get().to_owned().into()))
    }
}

async fn over_http(
    app: &App,
    signed: Signed,
    code: NestCode,
    verb: Verb,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Json<Accepted>> {
    let caller = signed.with(verb.scope())?;
    let digest = idempotency::digest(&[code.to_string().as_bytes(), verb.name().as_bytes(), &body]);
    let key = Key::of(headers, caller.member.id, digest)?;
    command::run(app, &caller, code, verb, &body, key).await.map(Json)
}
