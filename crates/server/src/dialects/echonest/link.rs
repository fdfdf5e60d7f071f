//! How a desktop client gets its tokens: by an invite code that the community knows, and by a linking code that makes it
//! somebody's own. Neither buys more than listening and adding.

use super::ask::{Proven, Said, Which};
use super::refused::{Answer, Refused};
use crate::app::App;
use crate::error::Error;
use crate::extract::{ClientAddress, Signed, Site};
use crate::web::hash_source;
use axum::Json;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use identity::{
    ApiToken, AuditAction, BlindIndex, Member, MemberName, Proof, Scope, Secret, SecretKind,
    TOKEN_LIFETIME_MAX,
};
use model::{MemberId, NestCode, ServerRole, TokenId};
use protocol::echonest as wire;
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::time::Duration;

/// How long a linking code lasts.
const CODE_LIFETIME: Duration = Duration::from_secs(300);
const CODE_CHARS: usize = 6;
/// Letters and digits, as the client expects them, without those that are taken for one another.
const ALPHABET: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// How often a code is drawn anew when somebody has it.
const DRAWS_MAX: u32 = 8;
/// What a client is called whom nobody has linked yet.
const CLIENT: &str = "Desktop client";

/// `POST /api/sync-token`: an invite code buys a guest's token.
pub(super) async fn buy_token(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    Which(nest): Which,
    Said(body): Said<wire::InviteCode>,
) -> Answer<Json<wire::SyncToken>> {
    let codes = &app.config().echonest.invite_codes;
    if codes.is_empty() {
        let error = Error::NotFound("way in: no invite codes are set on this server");
        return Err(Refused::with(error, StatusCode::SERVICE_UNAVAILABLE, "server_not_configured"));
    }
    let code = body.invite_code.trim();
    if code.is_empty() {
        return Err(Refused::with(missing("invite_code"), StatusCode::BAD_REQUEST, "missing_code"));
    }
    app.rates().code(from)?;
    // Compared by their digests, so that how long it takes says nothing of how much was right.
    let said = Sha256::digest(code);
    if !codes.iter().any(|known| Sha256::digest(known) == said) {
        note_wrong(&app, "a wrong invite code", from).await?;
        let error = Error::NotAllowed("no such invite code");
        return Err(Refused::with(error, StatusCode::FORBIDDEN, "invalid_code"));
    }
    let name = MemberName::parse(CLIENT).map_err(|_| Error::Fault("a client has a name"))?;
    let now = app.now();
    let member =
        Member { id: app.generate(MemberId::generate), name, role: ServerRole::Guest, created_at: now };
    let (token, secret) = token(&app, member.id, "by an invite code");
    let lines = [
        app.line(AuditAction::MemberJoined).by(member.id).saying("by an invite code").from(from),
        app.line(AuditAction::TokenMade).by(member.id).about(token.id).saying(&token.label).from(from),
    ];
    database::tokens::insert_with_member(app.database(), &member, &token, secret.hash(), &lines).await?;
    // The client goes to this address from now on: one that came for a nest stays with it.
    let server = if nest == NestCode::MAIN { site.base } else { format!("{}/nest/{nest}", site.base) };
    Ok(Json(wire::SyncToken { token: secret.reveal().to_owned(), server }))
}

/// `POST /api/sync-link`: a linking code buys a token of the person who was shown it.
pub(super) async fn link(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    proven: Proven,
    Said(body): Said<wire::LinkCode>,
) -> Answer<Json<wire::SyncLink>> {
    proven.with(Scope::Listen)?;
    let code = body.code.trim().to_ascii_uppercase();
    if code.is_empty() {
        return Err(Refused::with(missing("code"), StatusCode::BAD_REQUEST, "missing_code"));
    }
    app.rates().code(from)?;
    let hash = index(&app, &code).to_string();
    let invalid = || {
        Refused::with(
            Error::NotFound("code, or its time is over"),
            StatusCode::NOT_FOUND,
            "invalid_or_expired_code",
        )
    };
    let Some(id) = database::link_codes::take(app.database(), &hash, app.now()).await? else {
        note_wrong(&app, "a wrong linking code", from).await?;
        return Err(invalid());
    };
    let member = database::members::get(app.database(), id).await?.ok_or_else(invalid)?;
    let (token, secret) = token(&app, member.id, "by a linking code");
    let line = app.line(AuditAction::TokenMade).by(member.id).about(token.id).saying(&token.label).from(from);
    database::transaction!(app.database(), |tx| {
        database::tokens::insert(&mut tx, &token, secret.hash()).await?;
        database::audit::record(&mut tx, &line).await
    })?;
    Ok(Json(wire::SyncLink { email: member.name.to_string(), user_token: secret.reveal().to_owned() }))
}

/// `GET /sync/link`: shows a member the code to type into the client.
pub(super) async fn page(State(app): State<App>, signed: Option<Signed>) -> Answer<Response> {
    let Some(signed) = signed else {
        return Ok(Redirect::to("/sign-in?return_to=/sync/link").into_response());
    };
    let caller = signed.member(Scope::Administer)?;
    if !matches!(caller.proof, Proof::Device(_)) {
        return Err(Error::NotAllowed("a code is shown in a browser, not to a program").into());
    }
    app.rates().opening(caller.member.id)?;
    let code = draw(&app, caller.member.id).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = format!("default-src 'none'; style-src {}; frame-ancestors 'none'", hash_source(STYLE));
    let policy = HeaderValue::from_str(&policy).map_err(|_| Error::Fault("a policy is no header"))?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok((headers, Html(html(&code))).into_response())
}

async fn draw(app: &App, member: MemberId) -> Answer<String> {
    for _ in 0..DRAWS_MAX {
        let code: String = app.draw(|entropy| {
            let mut letter = || char::from(ALPHABET[entropy.below(ALPHABET.len() as u64) as usize]);
            (0..CODE_CHARS).map(|_| letter()).collect()
        });
        let now = app.now();
        let hash = index(app, &code).to_string();
        let kept = database::link_codes::put(app.database(), &hash, member, now, now.plus(CODE_LIFETIME));
        match kept.await {
            Ok(()) => return Ok(code),
            Err(error) if error.is_unique() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy.into())
}

/// A short code could be guessed from a plain hash; this one needs the server's secret.
fn index(app: &App, code: &str) -> BlindIndex {
    app.sign_in().sealer().index("linking code", code)
}

fn token(app: &App, member: MemberId, how: &str) -> (ApiToken, Secret) {
    let now = app.now();
    let token = ApiToken {
        id: app.generate(TokenId::generate),
        member,
        label: format!("{CLIENT}, {how}"),
        scopes: [Scope::Listen, Scope::Add].into_iter().collect(),
        created_at: now,
        last_used_at: None,
        expires_at: Some(now.plus(TOKEN_LIFETIME_MAX)),
    };
    (token, app.draw(|entropy| Secret::generate(SecretKind::ApiToken, entropy)))
}

fn missing(field: &'static str) -> Error {
    Error::invalid(field, "a code is expected")
}

async fn note_wrong(app: &App, what: &str, from: IpAddr) -> Answer<()> {
    let line = app.line(AuditAction::SignInFailed).saying(what).from(from);
    Ok(database::audit::record(app.database(), &line).await?)
}

/// The page, in the look of the web UI without any of its files.
const STYLE: &str = ":root{color-scheme:light dark}\
    body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem}\
    .code-display{font:600 2.5rem/1.6 ui-monospace,monospace;letter-spacing:.25em;user-select:all}";

fn html(code: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Link the desktop client</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
         <body><h1>Link the desktop client</h1><p>Type this code into the client. It works once, for five minutes.</p>\
         <div class=\"code-display\">{code}</div><p>The client then adds songs as you. It is listed with your tokens in \
         the <a href=\"/settings\">settings</a>, where you can end that.</p></body></html>"
    )
}
