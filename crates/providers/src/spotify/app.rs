//! One client id: its own token, its pace, its health. Everything asked of Spotify goes through here.

use super::map;
use crate::http::Answer;
use crate::limits::{REFUSED_WAIT, UNREACHABLE_WAIT_MAX};
use crate::oauth::token_answer;
use crate::{BaseUrl, Budget, Error, Http, Provider, Result, Secret, Tokens, Urgency};
use http::Method;
use model::{Clock, ServerInstant};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Requests of one client id at once, and in each second after. Spotify counts in windows of 30 s and does not say
/// how many it allows; this is well below what development mode has been seen to allow.
const BURST: u32 = 30;
const PER_SECOND: u32 = 2;

/// Where Spotify is.
#[derive(Clone, Debug)]
pub struct SpotifyEndpoints {
    /// The Web API, with its version.
    pub api: BaseUrl,
    /// Where people sign in and tokens are given.
    pub accounts: BaseUrl,
}

impl SpotifyEndpoints {
    /// The addresses of Spotify, or of what stands in for it.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn new(api: &str, accounts: &str) -> Result<Self> {
        let read = |text| BaseUrl::parse(Provider::Spotify, text);
        Ok(Self { api: read(api)?, accounts: read(accounts)? })
    }

    /// Spotify itself.
    ///
    /// # Errors
    /// None in practice.
    pub fn production() -> Result<Self> {
        Self::new("https://api.spotify.com/v1", "https://accounts.spotify.com")
    }
}

/// A client id.
#[derive(Clone, Debug)]
pub struct SpotifyAppOptions {
    /// From Spotify's dashboard.
    pub client_id: String,
    /// Its secret. Without one, people can sign in (PKCE), but the server itself cannot search.
    pub client_secret: Option<Secret>,
}

/// How a client id is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppHealth {
    /// It may be used.
    Ready {
        /// How many requests could be made at once.
        budget_left: u64,
    },
    /// Spotify, or our own budget, asks to wait.
    Waiting {
        /// How long.
        retry_after: Duration,
    },
    /// Spotify could not be reached.
    Unreachable {
        /// Until it is tried again.
        retry_after: Duration,
    },
    /// Spotify refuses the id or its secret.
    Refused {
        /// What it said.
        detail: String,
    },
}

/// A client id in use.
pub struct SpotifyApp {
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    pub(super) http: Http,
    pub(super) endpoints: SpotifyEndpoints,
    pub(super) clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Held while a token is fetched, so that many requests fetch one.
    renewing: tokio::sync::Mutex<()>,
}

struct State {
    token: Option<Tokens>,
    budget: Budget,
    blocked: Option<Blocked>,
    /// Requests in a row that reached nobody.
    failures: u32,
    requests_total: u64,
}

struct Blocked {
    until: ServerInstant,
    why: Error,
}

/// One request.
pub(super) struct Call<'a> {
    pub method: Method,
    pub path: &'a [&'a str],
    pub query: &'a [(&'a str, String)],
    pub body: Option<&'a Value>,
    pub urgency: Urgency,
    /// What to say if it is not there.
    pub what: &'a str,
}

impl<'a> Call<'a> {
    pub const fn get(
        path: &'a [&'a str],
        query: &'a [(&'a str, String)],
        urgency: Urgency,
        what: &'a str,
    ) -> Self {
        Self { method: Method::GET, path, query, body: None, urgency, what }
    }
}

impl SpotifyApp {
    pub(super) fn new(
        options: SpotifyAppOptions,
        http: Http,
        endpoints: SpotifyEndpoints,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let budget = Budget::new(BURST, PER_SECOND, clock.instant());
        let state = State { token: None, budget, blocked: None, failures: 0, requests_total: 0 };
        Self {
            client_id: options.client_id,
            client_secret: options.client_secret,
            http,
            endpoints,
            clock,
            state: Mutex::new(state),
            renewing: tokio::sync::Mutex::new(()),
        }
    }

    /// The client id; it is no secret.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether the server itself can search with it.
    pub const fn can_search(&self) -> bool {
        self.client_secret.is_some()
    }

    /// Requests made since the start.
    pub fn requests_total(&self) -> u64 {
        self.state().requests_total
    }

    /// How it is doing now.
    pub fn health(&self) -> AppHealth {
        let now = self.clock.instant();
        let mut state = self.state();
        match state.blocked_for(now) {
            Some((retry_after, Error::Unreachable { .. })) => AppHealth::Unreachable { retry_after },
            Some((_, Error::CredentialsRefused { detail, .. })) => AppHealth::Refused { detail },
            Some((retry_after, _)) => AppHealth::Waiting { retry_after },
            None => match state.budget.left(now) {
                0 => AppHealth::Waiting { retry_after: Duration::from_secs(1) },
                budget_left => AppHealth::Ready { budget_left },
            },
        }
    }

    /// Asks with the server's own token.
    pub(super) async fn as_server(&self, call: &Call<'_>) -> Result<Answer> {
        let token = self.own_token().await?;
        match self.ask(&token, call).await {
            // It ended earlier than announced: once more with a fresh one.
            Err(Error::ExpiredToken { .. }) => {
                self.forget(&token);
                let token = self.own_token().await?;
                self.ask(&token, call).await
            }
            answered => answered,
        }
    }

    /// Asks with the token of a person.
    pub(super) async fn ask(&self, access: &Secret, call: &Call<'_>) -> Result<Answer> {
        self.admit(call.urgency)?;
        let url = self.endpoints.api.at(call.path);
        let request = match call.method {
            Method::PUT => self.http.put(url),
            _ => self.http.get(url),
        };
        let request = request.bearer_auth(access.reveal()).query(call.query);
        let request = match call.body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            // Spotify's front answers 411 to a PUT that does not say how long it is.
            None if call.method == Method::PUT => request.header("content-length", "0").body(""),
            None => request,
        };
        let answered = self.http.send(Provider::Spotify, request).await;
        let answered = answered.and_then(|answer| match answer.status.is_success() {
            true => Ok(answer),
            false => Err(map::failure(&answer, call.what)),
        });
        self.note(answered.as_ref().err());
        answered
    }

    /// A token of this server's own.
    async fn own_token(&self) -> Result<Secret> {
        if let Some(token) = self.kept_token() {
            return Ok(token);
        }
        let _one_at_a_time = self.renewing.lock().await;
        if let Some(token) = self.kept_token() {
            return Ok(token);
        }
        let provider = Provider::Spotify;
        let Some(secret) = &self.client_secret else {
            return Err(Error::Configuration { provider, detail: "this client id has no secret".to_owned() });
        };
        if let Some((retry_after, why)) = self.state().blocked_for(self.clock.instant()) {
            return Err(with_wait(why, retry_after));
        }
        let request = self.http.post(self.endpoints.accounts.at(&["api", "token"]));
        let request = request.basic_auth(&self.client_id, Some(secret.reveal()));
        let request = request.form(&[("grant_type", "client_credentials")]);
        let answered =
            self.http.send(provider, request).await.and_then(|answer| token_answer(provider, &answer));
        let answered = answered.and_then(|answer| answer.tokens(provider, self.clock.wall()));
        self.note(answered.as_ref().err());
        let tokens = answered?;
        let access = tokens.access.clone();
        self.state().token = Some(tokens);
        Ok(access)
    }

    fn kept_token(&self) -> Option<Secret> {
        let now = self.clock.wall();
        let state = self.state();
        state.token.as_ref().filter(|tokens| !tokens.is_stale(now)).map(|tokens| tokens.access.clone())
    }

    fn forget(&self, used: &Secret) {
        let mut state = self.state();
        if state.token.as_ref().is_some_and(|tokens| &tokens.access == used) {
            state.token = None;
        }
    }

    fn admit(&self, urgency: Urgency) -> Result<()> {
        let now = self.clock.instant();
        let mut state = self.state();
        if let Some((retry_after, why)) = state.blocked_for(now) {
            return Err(with_wait(why, retry_after));
        }
        state
            .budget
            .take(urgency, now)
            .map_err(|retry_after| Error::RateLimited { provider: Provider::Spotify, retry_after })?;
        state.requests_total += 1;
        Ok(())
    }

    /// Remembers what an answer says about the next ones.
    pub(super) fn note(&self, failure: Option<&Error>) {
        let now = self.clock.instant();
        let mut state = self.state();
        let wait = match failure {
            Some(Error::RateLimited { retry_after, .. }) => *retry_after,
            Some(Error::CredentialsRefused { .. }) => REFUSED_WAIT,
            Some(Error::Unreachable { .. }) => {
                state.failures = state.failures.saturating_add(1);
                Duration::from_secs(1 << state.failures.min(6)).min(UNREACHABLE_WAIT_MAX) / 2
            }
            Some(_) | None => {
                state.failures = 0;
                return;
            }
        };
        let until = ServerInstant::from_micros(now.micros().saturating_add(wait.as_micros() as u64));
        state.blocked = failure.map(|why| Blocked { until, why: why.clone() });
        tracing::debug!(
            client_id = self.client_id,
            wait_s = wait.as_secs(),
            "Spotify is left alone for a while"
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long and why nothing may be asked.
    fn blocked_for(&self, now: ServerInstant) -> Option<(Duration, Error)> {
        let blocked = self.blocked.as_ref().filter(|blocked| now < blocked.until)?;
        Some((blocked.until.since(now), blocked.why.clone()))
    }
}

fn with_wait(why: Error, wait: Duration) -> Error {
    match why {
        Error::RateLimited { provider, .. } => Error::RateLimited { provider, retry_after: wait },
        why => why,
    }
}

impl std::fmt::Debug for SpotifyApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpotifyApp").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
