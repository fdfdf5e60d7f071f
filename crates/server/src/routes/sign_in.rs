//! Signing in with another service: the way there, and the way back. What goes wrong on the way back is told on the
//! sign-in page, which the browser is sent to with the problem's code.

use crate::app::App;
use crate::arrival::Door;
use crate::cookie;
use crate::counts;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Nearby, Path, Signed, Site, Visitor, same_site};
use crate::sign_in::{self, DEVELOPMENT, Fault, Pending, Reason};
use crate::sources::connect;
use axum::Json;
use axum::extract::{FromRequestParts, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use identity::{AuditAction, Caller, Proof, Scope, page_to_return_to};
use protocol::http::{LinkIdentityBody, SignInStarted, StartSignInBody};
use protocol::problem::Problem;
use providers::{Callback, Secret};
use std::net::IpAddr;

/// Begins signing in with a service: send the browser to `url`. The browser keeps the attempt in a cookie for ten minutes.
#[utoipa::path(post, operation_id = "start_sign_in", path = "/api/v1/sign-in/{provider}", tag = "people", params(("provider" = String, Path)),
    request_body = StartSignInBody, responses(
    (status = 200, body = SignInStarted), (status = 404, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn start(
    State(app): State<App>,
    Path(provider): Path<String>,
    ClientAddress(from): ClientAddress,
    nearby: Nearby,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<StartSignInBody>,
) -> Result<Response> {
    if !same_site(&headers, &app) {
        return Err(Error::CrossSite);
    }
    app.rates().arrival(from)?;
    let return_to = body.return_to.unwrap_or_default();
    if provider == DEVELOPMENT {
        let door = Door { site: &site, headers: &headers, from };
        let cookies = sign_in::sign_in_developer(&app, &door, nearby).await?;
        return Ok(started(page_to_return_to(&return_to).to_owned(), cookies));
    }
    let reason = body.invitation.map_or(Reason::SignIn, |secret| Reason::Join(Secret::new(secret)));
    depart(&app, &site, &provider, reason, &return_to).await
}

/// Begins linking an account of a service, so that it signs one in from now on.
#[utoipa::path(post, operation_id = "link_identity", path = "/api/v1/session/identities", tag = "people", request_body = LinkIdentityBody, responses(
    (status = 200, body = SignInStarted), (status = 404, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn link(
    State(app): State<App>,
    site: Site,
    signed: Signed,
    Body(body): Body<LinkIdentityBody>,
) -> Result<Response> {
    let caller = signed.member(Scope::Administer)?;
    if !matches!(caller.proof, Proof::Device(_)) {
        return Err(Error::NotAllowed("an account is linked in a browser, not with a token"));
    }
    app.rates().opening(caller.member.id)?;
    let return_to = body.return_to.unwrap_or_else(|| "/settings".to_owned());
    depart(&app, &site, &body.provider, Reason::Link(caller.member.id), &return_to).await
}

async fn depart(app: &App, site: &Site, provider: &str, reason: Reason, return_to: &str) -> Result<Response> {
    let service = app.sign_in().service(provider)?;
    let pending = Pending::begin(app, provider, reason, return_to);
    let url = service.page(&pending, &site.base).await?;
    let sealed = app.draw(|entropy| pending.seal(app.sign_in().sealer(), entropy))?;
    Ok(started(url, cookie::keep_attempt(site, &sealed)))
}

fn started(url: String, cookies: Vec<HeaderValue>) -> Response {
    with_cookies(Json(SignInStarted { url }).into_response(), cookies)
}

/// The way back from a service. Sends the browser on: to where the person was, or to the sign-in page with a problem's code.
#[utoipa::path(get, operation_id = "finish_sign_in", path = "/api/v1/sign-in/{provider}/callback", tag = "people", params(("provider" = String, Path)), responses(
    (status = 303, description = "To a page of this server")
))]
pub(crate) async fn callback(
    State(app): State<App>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    back: Back,
) -> Response {
    back.go_on(&app, Some(&provider), &query.unwrap_or_default()).await
}

/// The same where other software has its callback, so that what is registered at a service may stay.
pub(crate) async fn known_callback(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    back: Back,
) -> Response {
    back.go_on(&app, None, &query.unwrap_or_default()).await
}

/// The way back from connecting an account of Spotify, where other software has it. Sends the browser on to the page it
/// came from, with a problem's code if there is one.
pub(crate) async fn spotify_callback(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    back: Back,
) -> Response {
    let Back { from, site, headers, signed } = back;
    let callback = Callback::from_query(&query.unwrap_or_default());
    let finished = match Pending::of(&app, &headers) {
        Err(fault) => Err((Error::SignIn(fault), "/settings".to_owned())),
        Ok(pending) => {
            let done = connect::finish(&app, &site.base, &pending, &callback, signed.as_ref(), from).await;
            done.map(|()| pending.return_to.clone()).map_err(|error| (error, pending.return_to))
        }
    };
    let page = finished.unwrap_or_else(|(error, page)| {
        tracing::info!(code = error.code(), %error, "an account at Spotify was not connected");
        let path = page.split(['?', '#', '&']).next().unwrap_or("/settings");
        format!("{path}?problem={}", error.code())
    });
    sent_on(&page, cookie::forget_attempt(&site))
}

/// Who comes back.
pub(crate) struct Back {
    from: IpAddr,
    site: Site,
    headers: HeaderMap,
    signed: Option<Caller>,
}

impl FromRequestParts<App> for Back {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Ok(ClientAddress(from)) = ClientAddress::from_request_parts(parts, app).await;
        let Visitor(signed) = Visitor::from_request_parts(parts, app).await?;
        let site = Site::of(&parts.headers, app);
        Ok(Self { from, site, headers: parts.headers.clone(), signed })
    }
}

impl Back {
    async fn go_on(self, app: &App, provider: Option<&str>, query: &str) -> Response {
        let Self { from, site, headers, signed } = self;
        let door = Door { site: &site, headers: &headers, from };
        let callback = Callback::from_query(query);
        let pending = Pending::of(app, &headers);
        let pending = pending.and_then(|pending| match provider {
            Some(provider) if provider != pending.service => Err(Fault::Expired),
            _ => Ok(pending),
        });
        let (page, mut cookies) = match pending {
            Err(fault) => (problem_page(&Error::SignIn(fault), "/"), Vec::new()),
            Ok(pending) => match come_back(app, &door, &pending, &callback, signed.as_ref()).await {
                Ok(cookies) => (pending.return_to, cookies),
                Err(error) => {
                    note_failure(app, &door, &pending.service, &error).await;
                    (problem_page(&error, &pending.return_to), Vec::new())
                }
            },
        };
        cookies.extend(cookie::forget_attempt(&site));
        sent_on(&page, cookies)
    }
}

/// Finishes an attempt, and counts how it went.
async fn come_back(
    app: &App,
    door: &Door<'_>,
    pending: &Pending,
    callback: &Callback,
    signed: Option<&Caller>,
) -> Result<Vec<HeaderValue>> {
    let done = sign_in::finish(app, door, pending, callback, signed).await;
    counts::came_back(app, &pending.service, &done);
    done
}

fn sent_on(page: &str, cookies: Vec<HeaderValue>) -> Response {
    let location = HeaderValue::from_str(page).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    // The address that was asked for holds a code: it must not be told to anybody.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    with_cookies(response, cookies)
}

/// A sign-in that failed is in the audit log. Only attempts that this server began count, so nobody can fill it from
/// outside.
async fn note_failure(app: &App, door: &Door<'_>, service: &str, error: &Error) {
    tracing::info!(service, code = error.code(), "a sign-in was not finished");
    let line = app.line(AuditAction::SignInFailed);
    let line = line.saying(format!("{service}: {}", error.code())).from(door.from);
    if let Err(error) = database::audit::record(app.database(), &line).await {
        tracing::error!(%error, "a failed sign-in could not be written down");
    }
}

/// The page that says what went wrong. Codes and pages are plain text by their making; a page's own query is dropped.
fn problem_page(error: &Error, return_to: &str) -> String {
    let path = return_to.split(['?', '#', '&']).next().unwrap_or("/");
    format!("/sign-in?problem={}&return_to={path}", error.code())
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
