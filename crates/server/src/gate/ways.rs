//! The ways through the gate: a number that somebody was given, or an account of GitHub; that by AT Protocol is in
//! `atproto_way`. Each ends with a pass in the browser and sends it on to where it wanted to go. And the way out.

use super::page::Problem;
use super::{Gate, atproto_way, page};
use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Site, same_site};
use crate::limits;
use access::{HashOf, PASS_LIFETIME, Pass, Pin, Way};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest as _, RawForm, RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use identity::{SIGN_IN_ATTEMPT_LIFETIME, SealFor, Sealed, Sealer, page_to_return_to};
use model::{Entropy, WallTime};
use providers::github::Github;
use providers::{Callback, Secret, SignInAttempt};
use std::collections::BTreeMap;

const CALLBACK: &str = "/_access/github/callback";
const ATTEMPT: SealFor<'static> = SealFor { purpose: "attempt at the gate", owner: "" };

/// The gate's own addresses.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(access::PAGE, get(show))
        .route("/_access/pin", post(by_pin).layer(DefaultBodyLimit::max(limits::GATE_FORM_BYTES_MAX)))
        .route("/_access/github", get(to_github))
        .route(CALLBACK, get(from_github))
        .merge(atproto_way::router())
        .route("/_access/leave", post(leave))
        .route("/robots.txt", get(async || "User-agent: *\nDisallow: /\n"))
}

/// The gate, which is there wherever these routes are.
pub(super) fn gate(app: &App) -> Result<&Gate> {
    app.gate().ok_or(Error::NotFound("address"))
}

async fn show(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response> {
    let to = pairs(query.as_deref().unwrap_or("")).remove("to").unwrap_or_default();
    Ok(gate(&app)?.page(&app, &headers, &to).shown())
}

/// What a form of the gate's own page says.
pub(super) async fn own_form(
    app: &App,
    headers: &HeaderMap,
    request: Request,
) -> Result<BTreeMap<String, String>> {
    if !same_site(headers, app) {
        return Err(Error::CrossSite);
    }
    let form = tokio::time::timeout(limits::JSON_TIME_MAX, RawForm::from_request(request, app)).await;
    let RawForm(form) =
        form.map_err(|_| Error::TooSlow)?.map_err(|error| Error::invalid("body", error.body_text()))?;
    Ok(pairs(&String::from_utf8_lossy(&form)))
}

/// Lets whoever has a number in, once.
async fn by_pin(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    headers: HeaderMap,
    request: Request,
) -> Result<Response> {
    let gate = gate(&app)?;
    let mut form = own_form(&app, &headers, request).await?;
    let to = form.remove("to").unwrap_or_default();
    let refused = |problem| {
        let page = gate.page(&app, &headers, &to);
        Ok(page::Page { problem: Some(problem), ..page }.shown())
    };
    if !gate.config.pin {
        return refused(Problem::Pin);
    }
    if app.rates().pin(from).is_err() {
        tracing::warn!(%from, "too many numbers were tried at the gate");
        return refused(Problem::TooMany);
    }
    let Some(pin) = form.get("pin").and_then(|typed| Pin::parse(typed)) else { return refused(Problem::Pin) };
    let mut is_taken = false;
    for hash in gate.key.hashes(HashOf::Pin, pin.digits()) {
        is_taken = is_taken || database::access::take_pin(app.database(), &hash, app.now()).await?;
    }
    if !is_taken {
        tracing::info!(%from, "a number at the gate opened nothing");
        return refused(Problem::Pin);
    }
    tracing::info!(%from, "somebody came through the gate with a number");
    Ok(let_in(&app, gate, &site, Way::Pin, &to))
}

/// Keeps a pass in the browser and sends it on.
fn let_in(app: &App, gate: &Gate, site: &Site, way: Way, to: &str) -> Response {
    let pass = gate.key.sign(&Pass { way, expires_at: app.now().plus(PASS_LIFETIME) });
    sent_on(page_to_return_to(to), cookie::keep_pass(site, gate.key.environment(), &pass, PASS_LIFETIME))
}

/// Whoever comes back from elsewhere is let in, or reads why not. That attempt is over.
pub(super) fn ended(
    app: &App,
    gate: &Gate,
    site: &Site,
    headers: &HeaderMap,
    to: &str,
    came: std::result::Result<Way, Problem>,
) -> Response {
    let mut response = match came {
        Ok(way) => {
            tracing::info!(?way, "somebody came through the gate");
            let_in(app, gate, site, way, to)
        }
        Err(problem) => page::Page { problem: Some(problem), ..gate.page(app, headers, to) }.shown(),
    };
    for cookie in cookie::forget_gate_attempt(site) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn leave(State(app): State<App>, site: Site, headers: HeaderMap) -> Result<Response> {
    let gate = gate(&app)?;
    if !same_site(&headers, &app) {
        return Err(Error::CrossSite);
    }
    let gone = cookie::keep_pass(&site, gate.key.environment(), "", std::time::Duration::ZERO);
    Ok(sent_on(access::PAGE, gone))
}

/// An attempt to come in by GitHub, kept by the browser that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attempt {
    oauth: SignInAttempt,
    to: String,
    expires_at: WallTime,
}

impl Attempt {
    fn seal(&self, sealer: &Sealer, entropy: &mut dyn Entropy) -> Result<String> {
        let SignInAttempt { state, verifier, nonce } = &self.oauth;
        let expires_at = self.expires_at.micros().to_string();
        let lines = [state.reveal(), verifier.reveal(), nonce.reveal(), &expires_at, &self.to];
        let sealed = sealer.seal(ATTEMPT, &lines.join("\n"), entropy);
        Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(|_| Error::invalid("to", "too long"))?.as_bytes()))
    }

    fn of(app: &App, headers: &HeaderMap) -> Option<Self> {
        let open = |text: &&str| {
            let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
            Self::read(&app.sign_in().sealer().open(ATTEMPT, &sealed).ok()?)
        };
        let attempts = cookie::gate_attempts(headers);
        attempts.iter().find_map(open).filter(|attempt| app.now() < attempt.expires_at)
    }

    fn read(text: &str) -> Option<Self> {
        let lines: Vec<_> = text.split('\n').collect();
        let [state, verifier, nonce, expires_at, to] = lines[..] else { return None };
        let oauth = SignInAttempt {
            state: Secret::new(state),
            verifier: Secret::new(verifier),
            nonce: Secret::new(nonce),
        };
        let expires_at = WallTime::from_micros(expires_at.parse().ok()?);
        Some(Self { oauth, to: to.to_owned(), expires_at })
    }
}

async fn to_github(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let gate = gate(&app)?;
    let github = gate.github.as_ref().ok_or(Error::NotFound("sign-in service"))?;
    app.rates().arrival(from)?;
    let to = pairs(query.as_deref().unwrap_or("")).remove("to").unwrap_or_default();
    let attempt = Attempt {
        oauth: app.draw(SignInAttempt::begin),
        to: page_to_return_to(&to).to_owned(),
        expires_at: app.now().plus(SIGN_IN_ATTEMPT_LIFETIME),
    };
    let asks_teams = gate.config.allow.teams().next().is_some();
    let page = github.sign_in_page(&attempt.oauth, &format!("{}{CALLBACK}", site.base), asks_teams);
    let sealed = app.draw(|entropy| attempt.seal(app.sign_in().sealer(), entropy))?;
    Ok(sent_on(&page, cookie::keep_gate_attempt(&site, &sealed)))
}

async fn from_github(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let gate = gate(&app)?;
    let github = gate.github.as_ref().ok_or(Error::NotFound("sign-in service"))?;
    app.rates().arrival(from)?;
    let attempt = Attempt::of(&app, &headers);
    let to = attempt.as_ref().map(|attempt| attempt.to.clone()).unwrap_or_default();
    let came = match &attempt {
        None => Err(Problem::Expired),
        Some(attempt) => {
            let callback = Callback::from_query(&query.unwrap_or_default());
            let back = format!("{}{CALLBACK}", site.base);
            who_came(gate, github, attempt, &callback, &back).await
        }
    };
    Ok(ended(&app, gate, &site, &headers, &to, came))
}

/// Who came back from GitHub, if they are on the list.
async fn who_came(
    gate: &Gate,
    github: &Github,
    attempt: &Attempt,
    callback: &Callback,
    back: &str,
) -> Result<Way, Problem> {
    let visit = github.finish(&attempt.oauth, callback, back).await.map_err(|error| told(&error))?;
    let (id, login) = (visit.person.id, visit.person.login.clone());
    if gate.config.allow.names(id, &login) {
        return Ok(Way::Github { id, login, team: None });
    }
    for (organisation, team) in gate.config.allow.teams() {
        if github.is_in_team(&visit, organisation, team).await.map_err(|error| told(&error))? {
            return Ok(Way::Github { id, login, team: Some(format!("{organisation}/{team}")) });
        }
    }
    tracing::info!(id, login, "somebody who is not on the list was at the gate");
    Err(Problem::NotOnTheList)
}

/// As people are told; the log has the rest.
fn told(error: &providers::Error) -> Problem {
    use providers::Error as E;
    match error {
        E::StateMismatch { .. } | E::SignInAgain { .. } | E::SignInRefused { .. } => {
            tracing::debug!(%error, "an attempt at the gate was not finished");
            Problem::Expired
        }
        _ => {
            tracing::warn!(%error, "GitHub does not answer as it should");
            Problem::Away
        }
    }
}

pub(super) fn sent_on(page: &str, cookies: Vec<HeaderValue>) -> Response {
    let location = HeaderValue::from_str(page).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Reads `a=1&b=2`; what cannot be read is nothing.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let uri = format!("/?{text}").parse();
    let read =
        uri.ok().and_then(|uri| axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    read.map(|axum::extract::Query(pairs)| pairs.into_iter().collect()).unwrap_or_default()
}
