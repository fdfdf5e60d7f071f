//! The gate before an environment that is not for everybody. It looks at every request before a route does: strangers reach
//! what the rules open (`access`) and nothing else; whoever carries a pass, or a service token, goes on.
//!
//! Every answer that goes through it is `no-store` and `noindex`, so that nothing of the environment is kept by a proxy, a
//! browser that was lent, or a search engine. A page is answered with the gate's own page (`page`), anything else with a
//! problem. How a pass is come by is in `ways`.
//!
//! Deliberately not here: signing in to rookery itself, which goes on behind the gate as ever.

mod atproto_way;
mod page;
mod ways;

pub(crate) use ways::router;

use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Site};
use crate::recent::Recent;
use access::{AllowList, Asked, HashOf, Key, Rules};
use atproto::{Network, SignIn, SignInOptions};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use identity::{Secret, SecretKind, ServerSecret};
use page::Page;
use providers::github::{Github, GithubOptions};
use providers::{BaseUrl, Http, HttpOptions, Outside, Provider};

/// The header in which a program sends its service token. `Authorization` is rookery's own.
pub const ACCESS_TOKEN_HEADER: &str = "rookery-access-token";

/// Which environment is not for everybody, and for whom it is.
#[derive(Clone, Debug)]
pub struct GateConfig {
    /// Its name.
    pub environment: String,
    /// What strangers reach.
    pub rules: Rules,
    /// Who is let in.
    pub allow: AllowList,
    /// Whether PINs let people in.
    pub pin: bool,
    /// The app at GitHub.
    pub github: Option<GithubConfig>,
    /// Sign-in by AT Protocol.
    pub atproto: Option<AtprotoConfig>,
}

/// Sign-in by AT Protocol. It needs no registration anywhere.
#[derive(Clone, Debug)]
pub struct AtprotoConfig {
    /// Where identities are looked up.
    pub options: SignInOptions,
    /// What beside the public network may be reached.
    pub outside: Outside,
}

/// An OAuth app at GitHub.
#[derive(Clone, Debug)]
pub struct GithubConfig {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: providers::Secret,
    /// Where people sign in.
    pub sign_in: String,
    /// Where the API is.
    pub api: String,
}

/// The gate as it runs.
pub struct Gate {
    config: GateConfig,
    key: Key,
    github: Option<Github>,
    atproto: Option<SignIn>,
    /// Service tokens that were looked up a moment ago, by their hash.
    tokens: Recent<String, bool>,
}

impl Gate {
    /// The key of an environment's gate.
    #[must_use]
    pub fn key(secret: &ServerSecret, environment: &str) -> Key {
        let derived = |secret: &ServerSecret| secret.derive(&format!("access gate of {environment}"));
        let key = Key::new(derived(secret), environment);
        match secret.before() {
            Some(before) => key.after(derived(&before)),
            None => key,
        }
    }

    /// Nothing is asked of anybody yet: starting needs no network.
    ///
    /// # Errors
    /// [`Error::SignInSettings`] for an address that is none.
    pub fn new(config: GateConfig, secret: &ServerSecret) -> Result<Self> {
        let wrong = |error: providers::Error| Error::SignInSettings(error.to_string());
        let client = |config: &GithubConfig| -> Result<Github> {
            let options = GithubOptions {
                client_id: config.client_id.clone(),
                client_secret: config.client_secret.clone(),
                sign_in: BaseUrl::parse(Provider::SignIn, &config.sign_in).map_err(wrong)?,
                api: BaseUrl::parse(Provider::SignIn, &config.api).map_err(wrong)?,
            };
            Ok(Github::new(Http::new(&HttpOptions::default()).map_err(wrong)?, options))
        };
        let github = config.github.as_ref().map(client).transpose()?;
        let unusable = |error: atproto::Error| Error::SignInSettings(error.to_string());
        let signing = |config: &AtprotoConfig| {
            let network = Network::new(&HttpOptions::default(), config.outside.clone())?;
            SignIn::new(network, &config.options)
        };
        let atproto = config.atproto.as_ref().map(signing).transpose().map_err(unusable)?;
        let key = Self::key(secret, &config.environment);
        Ok(Self { config, key, github, atproto, tokens: Recent::default() })
    }

    /// Whether a request goes on.
    async fn admits(&self, app: &App, request: &Parts) -> Result<bool> {
        let headers = &request.headers;
        let asked = Asked {
            method: request.method.as_str(),
            path: request.uri.path(),
            is_own_preflight: is_own_preflight(app, headers),
        };
        if self.config.rules.decide(&asked).is_open() || self.has_pass(app, headers) {
            return Ok(true);
        }
        self.has_token(app, request).await
    }

    /// Whether a browser carries a pass that still opens.
    fn has_pass(&self, app: &App, headers: &HeaderMap) -> bool {
        let passes = cookie::passes(headers, self.key.environment());
        passes.into_iter().any(|text| {
            let pass = self.key.open(text, app.now());
            pass.is_ok_and(|pass| self.config.allow.still_admits(&pass.way, self.config.pin))
        })
    }

    async fn has_token(&self, app: &App, request: &Parts) -> Result<bool> {
        let said = request.headers.get(ACCESS_TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let Some(secret) = said.and_then(|text| Secret::parse(SecretKind::Access, text)) else {
            return Ok(false);
        };
        let mut is_known = false;
        for hash in self.key.hashes(HashOf::Token, secret.reveal()) {
            is_known |= match self.tokens.get(&hash, app.clock().instant()) {
                Ok(is_known) => is_known,
                Err(asked) => {
                    let is_known = database::access::knows_token(app.database(), &hash).await?;
                    self.tokens.remember(asked, hash, is_known);
                    is_known
                }
            };
        }
        if !is_known {
            let mut parts = request.clone();
            let Ok(ClientAddress(from)) = ClientAddress::from_request_parts(&mut parts, app).await;
            app.rates().wrong_proof(from)?;
        }
        Ok(is_known)
    }

    /// The gate's page, as whoever asks would read it.
    fn page<'a>(&'a self, app: &'a App, headers: &'a HeaderMap, to: &'a str) -> Page<'a> {
        Page {
            environment: self.key.environment(),
            name: &app.config().name,
            is_german: page::is_german(headers),
            to: identity::page_to_return_to(to),
            has_pin: self.config.pin,
            has_github: self.github.is_some() && self.config.allow.has_github(),
            has_atproto: self.atproto.is_some() && atproto_way::is_possible(&Site::of(headers, app)),
            handle: "",
            is_inside: self.has_pass(app, headers),
            problem: None,
        }
    }
}

/// Lets a request through, or answers in its place.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(gate) = app.gate() else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let mut response = match gate.admits(&app, &parts).await {
        Ok(true) => next.run(Request::from_parts(parts, body)).await,
        Ok(false) if is_navigation(&parts) => {
            let to = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
            gate.page(&app, &parts.headers, to).refused()
        }
        Ok(false) => Error::AccessRequired.into_response(),
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Whether a browser asks beforehand for a page of this environment: of its address, or of the host that is asked.
fn is_own_preflight(app: &App, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return false };
    let is_host = origin.split_once("://").is_some_and(|(_, named)| text(header::HOST) == Some(named));
    headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && (is_host || origin == Site::of(headers, app).base)
}

/// Whether a browser goes to a page, and not one of its scripts to an address.
fn is_navigation(request: &Parts) -> bool {
    let said = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let is_reading = matches!(request.method, Method::GET | Method::HEAD);
    let wants_page = match said("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => said("accept").is_some_and(|accept| accept.contains("text/html")),
    };
    is_reading && wants_page && !request.headers.contains_key(header::UPGRADE)
}
