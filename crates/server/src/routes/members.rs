//! The people of this server, for administrators; and everybody's pictures.

use crate::app::App;
use crate::avatar;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Path, Query, Signed};
use crate::file::{self, FileRequest};
use crate::revocation::Revoked;
use crate::routes::sign_in_identities;
use crate::sources::{client_ids, following};
use crate::{arrival, limits};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use blobs::{ArtworkSize, BlobKey};
use http::{HeaderName, StatusCode, header};
use identity::{AuditAction, Scope};
use model::{MemberId, ServerRole};
use protocol::http as wire;
use protocol::http::{ChangeMemberBody, Member, MemberPage};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MembersQuery {
    /// Where the last page ended.
    cursor: Option<String>,
    /// How many, 1 to 100; 50 unless said.
    limit: Option<u32>,
}

/// Everybody who is known here, in order of arrival, with the accounts that sign them in.
#[utoipa::path(get, operation_id = "list_members", path = "/api/v1/members", tag = "people", params(MembersQuery), responses(
    (status = 200, body = MemberPage), (status = 403, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<MembersQuery>,
) -> Result<Json<MemberPage>> {
    signed.administrator()?;
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ITEMS_MAX);
    let after = query.cursor.as_deref().map(str::parse::<MemberId>).transpose();
    let after = after.map_err(|_| Error::invalid("cursor", "not a cursor"))?;
    let found = database::members::list(app.database(), after, limit).await?;
    let next_cursor = found.last().filter(|_| found.len() == limit as usize).map(|last| last.id.to_string());
    let ids: Vec<_> = found.iter().map(|member| member.id).collect();
    let seen = database::members::last_seen(app.database(), &ids).await?;
    let mut members = Vec::with_capacity(found.len());
    for member in found {
        let identities = database::identities::list(app.database(), member.id).await?;
        members.push(Member {
            id: member.id.to_string(),
            name: member.name.to_string(),
            role: arrival::role(member.role),
            created_at_ms: member.created_at.millis(),
            last_seen_at_ms: seen.get(&member.id).map(|at| at.millis()),
            identities: identities.iter().map(|identity| sign_in_identities::show(&app, identity)).collect(),
        });
    }
    Ok(Json(MemberPage { members, next_cursor }))
}

/// Changes what somebody is on this server. The last administrator stays one.
#[utoipa::path(patch, operation_id = "change_member", path = "/api/v1/members/{id}", tag = "people", params(("id" = String, Path)), request_body = ChangeMemberBody, responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(crate) async fn change(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<MemberId>,
    ClientAddress(from): ClientAddress,
    Body(body): Body<ChangeMemberBody>,
) -> Result<StatusCode> {
    let caller = signed.administrator()?;
    let (role, name) = match body.role {
        wire::ServerRole::Guest => return Err(Error::invalid("role", "`member` or `administrator`")),
        wire::ServerRole::Member => (ServerRole::Member, "member"),
        wire::ServerRole::Administrator => (ServerRole::Administrator, "administrator"),
    };
    let member = database::members::get(app.database(), id).await?.ok_or(Error::NotFound("member"))?;
    if member.role == role {
        return Ok(StatusCode::NO_CONTENT);
    }
    let line = app.line(AuditAction::RoleChanged).by(caller.member.id).about(id).from(from);
    let line = line.saying(format!("{}: {name}", member.name));
    if !database::members::set_role(app.database(), id, role, &line).await? {
        return Err(Error::NotAllowed("the last administrator stays one"));
    }
    tracing::info!(by = %caller.member.id, member = %id, ?role, "somebody has another role");
    Ok(StatusCode::NO_CONTENT)
}

/// Removes somebody from this server: their sessions, tokens, links and accounts end at once, and their sockets are
/// closed. What they played, said and did stays where it is written. Nobody removes themselves, and the last administrator
/// stays. Whoever is admitted by their address, or is invited again, comes back as somebody new.
#[utoipa::path(delete, operation_id = "remove_member", path = "/api/v1/members/{id}", tag = "people", params(("id" = String, Path)), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(crate) async fn remove(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<MemberId>,
    ClientAddress(from): ClientAddress,
) -> Result<StatusCode> {
    let caller = signed.administrator()?;
    if caller.member.id == id {
        return Err(Error::NotAllowed("nobody removes themselves: ask another administrator"));
    }
    let member = database::members::get(app.database(), id).await?.ok_or(Error::NotFound("member"))?;
    let client_id = client_ids::of_member(&app, id).await?;
    let line = app.line(AuditAction::MemberRemoved).by(caller.member.id).about(id).from(from);
    let line = line.saying(member.name);
    let Some(removed) = database::members::remove(app.database(), id, &line).await? else {
        return Err(Error::NotAllowed("the last administrator stays one"));
    };
    removed.devices.into_iter().for_each(|device| app.revoke(Revoked::Device(device)));
    removed.tokens.into_iter().for_each(|token| app.revoke(Revoked::Token(token)));
    // What they had brought went with them.
    if let Some(client_id) = client_id {
        client_ids::taken_away(&app, &client_id);
    }
    following::let_go(&app, id, None).await?;
    tracing::info!(by = %caller.member.id, member = %id, "somebody was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// A person's picture: what they brought from the service they signed in with, else one made of their name.
#[utoipa::path(get, operation_id = "get_avatar", path = "/api/v1/members/{id}/avatar", tag = "people", params(("id" = String, Path)), responses(
    (status = 200, description = "The picture", content_type = "image/*"), (status = 404, body = Problem)
))]
pub(crate) async fn avatar(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<MemberId>,
    request: FileRequest,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    if let Some(hash) = database::avatars::get(app.database(), id).await? {
        let key = BlobKey::Artwork { hash, size: ArtworkSize::Small };
        if app.blobs().contains(key) {
            let mut response = file::answer(&app, key, hash, "image/jpeg", &request)?;
            // The bytes of a hash stay the same, but who shows which does not.
            response.headers_mut().insert(header::CACHE_CONTROL, SHORTLY);
            return Ok(response);
        }
    }
    let member = database::members::get(app.database(), id).await?.ok_or(Error::NotFound("person"))?;
    let headers = [
        (header::CONTENT_TYPE, http::HeaderValue::from_static("image/svg+xml")),
        (header::CACHE_CONTROL, SHORTLY),
        (header::CONTENT_SECURITY_POLICY, http::HeaderValue::from_static("default-src 'none'")),
        (HeaderName::from_static("x-content-type-options"), http::HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, avatar::generated(id, member.name.as_str())).into_response())
}

const SHORTLY: http::HeaderValue = http::HeaderValue::from_static("private, max-age=300");
