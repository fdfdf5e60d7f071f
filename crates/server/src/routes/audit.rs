//! The audit log, for administrators.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Query, Signed};
use crate::limits;
use axum::Json;
use axum::extract::State;
use database::audit::{AuditFilter, AuditLine};
use identity::AuditAction;
use model::{AuditId, MemberId};
use protocol::http::{AuditEntry, AuditPage};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only this action, as in `signed_in`.
    action: Option<String>,
    /// Only what this person did.
    member: Option<String>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// How many, 1 to 100; 50 unless said.
    limit: Option<u32>,
}

/// Who did what that has consequences, newest first. Kept for 400 days, at most 200,000 lines.
#[utoipa::path(get, operation_id = "list_audit", path = "/api/v1/audit", tag = "server", params(AuditQuery), responses(
    (status = 200, body = AuditPage), (status = 403, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPage>> {
    signed.administrator()?;
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ITEMS_MAX);
    let action = |name: &str| {
        AuditAction::of_name(name).ok_or_else(|| Error::invalid("action", "there is no such action"))
    };
    let member = |id: &str| id.parse::<MemberId>().map_err(|error| Error::invalid("member", error));
    let cursor = |id: &str| id.parse::<AuditId>().map_err(|_| Error::invalid("cursor", "not a cursor"));
    let filter = AuditFilter {
        action: query.action.as_deref().map(action).transpose()?,
        by: query.member.as_deref().map(member).transpose()?,
        before: query.cursor.as_deref().map(cursor).transpose()?,
    };
    // One more than wanted says whether there is more.
    let mut lines = database::audit::list(app.database(), filter, limit + 1).await?;
    let has_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next_cursor = lines.last().filter(|_| has_more).map(|line| line.entry.id.to_string());
    let actions = AuditAction::ALL.iter().map(|action| action.name().to_owned()).collect();
    Ok(Json(AuditPage { entries: lines.into_iter().map(show).collect(), next_cursor, actions }))
}

fn show(line: AuditLine) -> AuditEntry {
    let AuditLine { entry, by_name } = line;
    AuditEntry {
        id: entry.id.to_string(),
        at_ms: entry.at.millis(),
        action: entry.action.name().to_owned(),
        by: entry.by.map(|id| id.to_string()),
        by_name,
        subject: entry.subject,
        detail: entry.detail,
        network: entry.network,
    }
}
