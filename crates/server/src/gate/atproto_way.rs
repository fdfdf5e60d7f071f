//! The way through the gate by AT Protocol: somebody types their handle, signs in at their own server, and comes back as the
//! identity that the list names. Nothing of theirs is kept but that name.

use super::Gate;
use super::page::{self, Problem};
use super::ways::{ended, gate, own_form, sent_on};
use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Site};
use crate::limits;
use access::Way;
use atproto::{Attempt, Client, Did, Error as Refusal, Handle, Named, SignIn};
use axum::extract::{DefaultBodyLimit, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use identity::{SIGN_IN_ATTEMPT_LIFETIME, SealFor, Sealed, page_to_return_to};
use model::WallTime;
use providers::{Callback, Secret, SignInAttempt};

const BEGIN: &str = "/_access/atproto";
const CALLBACK: &str = "/_access/atproto/callback";
const ATTEMPT: SealFor<'static> = SealFor { purpose: "attempt at the gate by AT Protocol", owner: "" };

/// Its addresses.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(BEGIN, post(begin).layer(DefaultBodyLimit::max(limits::GATE_FORM_BYTES_MAX)))
        .route(CALLBACK, get(come_back))
        .route("/oauth-client-metadata.json", get(metadata))
}

/// Whether people can come in this way at an address: servers send them back to https alone, or to this very machine.
pub(super) const fn is_possible(site: &Site) -> bool {
    site.is_https || site.is_loopback
}

fn sign_in(gate: &Gate) -> Result<&SignIn> {
    gate.atproto.as_ref().ok_or(Error::NotFound("sign-in service"))
}

/// What this server says of itself to servers that people sign in at.
async fn metadata(State(app): State<App>, site: Site) -> Result<Response> {
    let known = gate(&app).and_then(sign_in).map_err(|_| Error::NotFound("address"));
    known.map(|_| Json(Client::at(&site.base, CALLBACK).metadata(&app.config().name)).into_response())
}

/// Sends somebody to their own server.
async fn begin(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    headers: HeaderMap,
    request: Request,
) -> Result<Response> {
    let gate = gate(&app)?;
    let sign_in = sign_in(gate)?;
    let mut form = own_form(&app, &headers, request).await?;
    app.rates().arrival(from)?;
    let to = page_to_return_to(&form.remove("to").unwrap_or_default()).to_owned();
    let page = gate.page(&app, &headers, &to);
    let client = Client::at(&site.base, CALLBACK);
    let handle = form.remove("handle").unwrap_or_default();
    let begun = match Named::parse(&handle) {
        Ok(who) => sign_in.begin(&client, &who, app.draw(SignInAttempt::begin), app.now()).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(begun) => {
            let sealed =
                Kept { attempt: begun.attempt, to: to.clone(), expires_at: expiry(&app) }.seal(&app)?;
            let mut response = page.onward(&begun.page);
            for cookie in cookie::keep_gate_attempt(&site, &sealed) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(error) => Ok(page::Page { problem: Some(told(&error)), handle: &handle, ..page }.shown()),
    }
}

fn expiry(app: &App) -> WallTime {
    app.now().plus(SIGN_IN_ATTEMPT_LIFETIME)
}

/// Lets whoever is on the list in.
async fn come_back(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let gate = gate(&app)?;
    let sign_in = sign_in(gate)?;
    app.rates().arrival(from)?;
    let query = query.unwrap_or_default();
    let kept = Kept::of(&app, &headers);
    if let Some(other) = kept.is_none().then(|| as_it_was_called(&site, &headers, &query)).flatten() {
        return Ok(sent_on(&other, Vec::new()));
    }
    let to = kept.as_ref().map(|kept| kept.to.clone()).unwrap_or_default();
    let came = match &kept {
        None => Err(Problem::Expired),
        Some(kept) => {
            let client = Client::at(&site.base, CALLBACK);
            let callback = Callback::from_query(&query);
            match sign_in.finish(&client, &kept.attempt, &callback, app.now()).await {
                Ok(did) => way_of(gate, sign_in, did).await,
                Err(error) => Err(told(&error)),
            }
        }
    };
    Ok(ended(&app, gate, &site, &headers, &to, came))
}

/// On this machine people are sent back to `127.0.0.1`, because servers want it so; whoever began at `localhost` has the
/// attempt there.
fn as_it_was_called(site: &Site, headers: &HeaderMap, query: &str) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let rest = host.strip_prefix("127.0.0.1").filter(|_| !site.is_https && site.is_loopback)?;
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    let is_whole = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
    is_whole.then(|| format!("http://localhost{rest}{CALLBACK}?{query}"))
}

/// By which entry of the list somebody is let in.
async fn way_of(gate: &Gate, sign_in: &SignIn, did: Did) -> Result<Way, Problem> {
    let allow = &gate.config.allow;
    if allow.names_identity(did.as_str()) {
        return Ok(Way::Atproto { did: did.to_string(), handle: None });
    }
    let handles: Vec<Handle> = allow.handles().filter_map(|handle| Handle::parse(handle).ok()).collect();
    if !handles.is_empty() {
        let found = sign_in.which_of(&did, &handles).await.map_err(|error| told(&error))?;
        if let Some(handle) = found {
            return Ok(Way::Atproto { did: did.to_string(), handle: Some(handle.to_string()) });
        }
    }
    tracing::info!(%did, "somebody who is not on the list was at the gate");
    Err(Problem::NotOnTheList)
}

/// As people are told; the log has the rest.
fn told(error: &Refusal) -> Problem {
    use providers::Error as E;
    match error {
        Refusal::NoName
        | Refusal::UnknownHandle(_)
        | Refusal::Ambiguous(_)
        | Refusal::NotMutual { .. }
        | Refusal::Identity { .. } => {
            tracing::info!(%error, "a handle at the gate led to nobody");
            Problem::Handle
        }
        Refusal::Other(E::StateMismatch { .. } | E::SignInAgain { .. } | E::SignInRefused { .. }) => {
            tracing::debug!(%error, "an attempt at the gate was not finished");
            Problem::Expired
        }
        _ => {
            tracing::warn!(%error, "a server of AT Protocol does not answer as it should");
            Problem::ServerAway
        }
    }
}

/// An attempt, kept by the browser that made it.
struct Kept {
    attempt: Attempt,
    to: String,
    expires_at: WallTime,
}

impl Kept {
    fn seal(&self, app: &App) -> Result<String> {
        let Attempt { oauth: SignInAttempt { state, verifier, nonce }, key, did, issuer } = &self.attempt;
        let secrets = [state, verifier, nonce, key].map(Secret::reveal);
        let expires_at = self.expires_at.micros().to_string();
        let lines = [&secrets[..], &[did.as_str(), issuer, &expires_at, &self.to]].concat().join("\n");
        let sealed = app.draw(|entropy| app.sign_in().sealer().seal(ATTEMPT, &lines, entropy));
        Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(|_| Error::invalid("to", "too long"))?.as_bytes()))
    }

    fn of(app: &App, headers: &HeaderMap) -> Option<Self> {
        let open = |text: &&str| {
            let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
            Self::read(&app.sign_in().sealer().open(ATTEMPT, &sealed).ok()?)
        };
        cookie::gate_attempts(headers).iter().find_map(open).filter(|kept| app.now() < kept.expires_at)
    }

    fn read(text: &str) -> Option<Self> {
        let lines: Vec<_> = text.split('\n').collect();
        let [state, verifier, nonce, key, did, issuer, expires_at, to] = lines[..] else { return None };
        let secret = |text: &str| Secret::new(text);
        let oauth = SignInAttempt { state: secret(state), verifier: secret(verifier), nonce: secret(nonce) };
        let did = Did::parse(did).ok()?;
        let attempt = Attempt { oauth, key: secret(key), did, issuer: issuer.to_owned() };
        let expires_at = WallTime::from_micros(expires_at.parse().ok()?);
        Some(Self { attempt, to: to.to_owned(), expires_at })
    }
}
