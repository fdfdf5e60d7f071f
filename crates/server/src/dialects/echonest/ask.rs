//! What the dialect asks of a request: which nest, who, and what, refused in EchoNest's shape.

use super::refused::Refused;
use crate::app::App;
use crate::error::Error;
use crate::extract::{Body, Signed, Visitor};
use crate::nests::{Room, admitted};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;
use identity::{Caller, Scope};
use model::NestCode;
use serde::de::DeserializeOwned;

/// The nest a request is about, by its code or the word that leads to it.
pub(super) struct Which(pub(super) NestCode);

impl FromRequestParts<App> for Which {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        if let Ok(params) = RawPathParams::from_request_parts(parts, app).await
            && let Some((_, named)) = params.iter().find(|(name, _)| *name == "nest")
        {
            return Ok(Self(app.nests().named(named)?));
        }
        let query = parts.uri.query().unwrap_or("").split('&');
        match query.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == "nest") {
            Some((_, named)) => Ok(Self(app.nests().named(named)?)),
            None => Ok(Self(NestCode::MAIN)),
        }
    }
}

/// A program with a token, or a signed-in browser.
pub(super) struct Proven(Signed);

impl Proven {
    /// The caller and the nest, if their proof reaches as far as `scope` and the nest admits them.
    pub(super) fn into(self, app: &App, Which(code): Which, scope: Scope) -> Result<(Caller, Room), Refused> {
        let caller = self.with(scope)?;
        let room = admitted(app, code, &caller)?;
        Ok((caller, room))
    }

    /// The caller, if their proof reaches as far as `scope`.
    pub(super) fn with(self, scope: Scope) -> Result<Caller, Refused> {
        Ok(self.0.with(scope)?)
    }

    /// The caller, if they are at least a member.
    pub(super) fn member(self, scope: Scope) -> Result<Caller, Refused> {
        Ok(self.0.member(scope)?)
    }
}

impl FromRequestParts<App> for Proven {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        Ok(Self(<Signed as FromRequestParts<App>>::from_request_parts(parts, app).await?))
    }
}

/// Somebody who looks at a nest: whoever may enter it, and anybody where guests may come in, who need give no more than a
/// name.
pub(super) struct Onlooker(pub(super) Room);

impl FromRequestParts<App> for Onlooker {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let Which(code) = Which::from_request_parts(parts, app).await?;
        let Visitor(caller) = Visitor::from_request_parts(parts, app).await?;
        match caller {
            Some(caller) if caller.reaches(Scope::Listen) => Ok(Self(admitted(app, code, &caller)?)),
            Some(_) => Err(Error::NotAllowed("this token's scopes do not reach that far").into()),
            None => {
                let room = app.nests().get(code).map_err(|_| Error::NotSignedIn)?;
                if room.state().is_open_to_strangers() {
                    Ok(Self(room))
                } else {
                    Err(Error::NotSignedIn.into())
                }
            }
        }
    }
}

/// A JSON body.
pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Said<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let Body(body) = Body::from_request(request, app).await?;
        Ok(Self(body))
    }
}
