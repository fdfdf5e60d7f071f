//! Who asks: a signed-in browser by its cookie, a program by its token, or nobody.

use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, same_site};
use crate::idempotency;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use identity::{ApiToken, Caller, Proof, Scope, Secret, SecretKind};
use model::WallTime;
use std::net::IpAddr;
use std::time::Duration;

/// Last-used times are stored no more often than this.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Somebody who proved who they are.
#[derive(Clone, Debug)]
pub(crate) struct Signed(pub(crate) Caller);

/// Somebody, or nobody.
#[derive(Clone, Debug)]
pub(crate) struct Visitor(pub(crate) Option<Caller>);

impl Signed {
    /// The caller, if their proof reaches as far as `scope`.
    pub(crate) fn with(self, scope: Scope) -> Result<Caller> {
        if self.0.reaches(scope) {
            Ok(self.0)
        } else {
            Err(Error::NotAllowed("this token's scopes do not reach that far"))
        }
    }

    /// The caller, if they administer the server.
    pub(crate) fn administrator(self) -> Result<Caller> {
        if self.0.administers() {
            Ok(self.0)
        } else {
            Err(Error::NotAllowed("only an administrator may do that"))
        }
    }

    /// The caller, if they are at least a member and their proof reaches as far as `scope`.
    pub(crate) fn member(self, scope: Scope) -> Result<Caller> {
        let caller = self.with(scope)?;
        if caller.member.role == model::ServerRole::Guest {
            return Err(Error::NotAllowed("guests may not do that; ask for an invitation"));
        }
        Ok(caller)
    }
}

impl FromRequestParts<App> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Ok(ClientAddress(from)) = ClientAddress::from_request_parts(parts, app).await;
        let is_safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if let Some(token) = bearer(&parts.headers) {
            return authenticate_bearer(app, token, from).await.map(Self);
        }
        let cookies = cookie::session_secrets(&parts.headers);
        if !cookies.is_empty() && !is_safe && !same_site(&parts.headers, app) {
            return Err(Error::CrossSite);
        }
        for text in cookies {
            if let Some(caller) = authenticate_device(app, text).await? {
                return Ok(Self(caller));
            }
        }
        Err(Error::NotSignedIn)
    }
}

impl OptionalFromRequestParts<App> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(signed) => Ok(Some(signed)),
            Err(Error::NotSignedIn) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let signed = <Signed as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        Ok(Self(signed.map(|Signed(caller)| caller)))
    }
}

/// Somebody who may listen, remembered for a moment: a song is fetched in many ranges.
pub(crate) struct Streamer;

impl FromRequestParts<App> for Streamer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let cookies = cookie::session_secrets(&parts.headers);
        let secret = bearer(&parts.headers).or(cookies.first().copied()).ok_or(Error::NotSignedIn)?;
        let key = idempotency::digest(&[secret.as_bytes()]);
        let Err(asked) = app.streamers().get(&key, app.clock().instant()) else { return Ok(Self) };
        let signed = <Signed as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        signed.with(Scope::Listen)?;
        app.streamers().remember(asked, key, ());
        Ok(Self)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn authenticate_device(app: &App, text: &str) -> Result<Option<Caller>> {
    let Some(secret) = Secret::parse(SecretKind::Device, text) else { return Ok(None) };
    let Some((device, member)) = database::devices::find_by_secret(app.database(), secret.hash()).await?
    else {
        return Ok(None);
    };
    let now = app.now();
    if device.has_expired(now) {
        return Ok(None);
    }
    if is_stale(Some(device.last_seen_at), now) {
        database::devices::seen(app.database(), device.id, member.id, now).await?;
    }
    Ok(Some(Caller { member, proof: Proof::Device(device.id) }))
}

/// The caller behind an API token. Wrong tokens are counted against the address they come from.
pub(crate) async fn authenticate_bearer(app: &App, text: &str, from: IpAddr) -> Result<Caller> {
    let found = match Secret::parse(SecretKind::ApiToken, text) {
        Some(secret) => database::tokens::find_by_secret(app.database(), secret.hash()).await?,
        None => None,
    };
    let now = app.now();
    let Some((token, member)) = found.filter(|(token, _): &(ApiToken, _)| !token.has_expired(now)) else {
        app.rates().wrong_proof(from)?;
        return Err(Error::NotSignedIn);
    };
    if is_stale(token.last_used_at, now) {
        database::tokens::used(app.database(), token.id, member.id, now).await?;
    }
    Ok(Caller { member, proof: Proof::Token(token.id, token.scopes) })
}

fn is_stale(seen: Option<WallTime>, now: WallTime) -> bool {
    seen.is_none_or(|seen| now.since(seen) >= SEEN_EVERY)
}
