//! The HTTP API, as far as a listener needs it, and who the listener is to it.

use super::Ended;
use crate::ListenError;
use crate::address::Address;
use crate::limits::{ANSWER_MAX, BODY_BYTES_MAX};
use model::{NestCode, Slug};
use protocol::http::{GuestBody, NestSnapshot};
use protocol::problem::Problem;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

/// Who listens.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// Whoever an API token stands for.
    Token(String),
    /// A guest of this name.
    Guest(String),
}

/// A client of one server. Clones share connections and the guest's cookie.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    client: Client,
    pub(crate) address: Address,
    identity: Identity,
    cookie: Arc<Mutex<Option<String>>>,
}

impl Api {
    /// # Errors
    /// [`ListenError::Client`].
    pub(crate) fn new(address: Address, identity: Identity) -> Result<Self, ListenError> {
        let client = Client::builder()
            .user_agent(concat!("rookery-listen/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(ANSWER_MAX)
            .http1_only()
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(ListenError::Client)?;
        Ok(Self { client, address, identity, cookie: Arc::default() })
    }

    /// The API token, to say on the socket; empty for a guest, whose cookie the handshake has.
    pub(crate) fn token(&self) -> &str {
        match &self.identity {
            Identity::Token(token) => token,
            Identity::Guest(_) => "",
        }
    }

    /// Whether who we are is for ever: a token is, a guest can come anew.
    pub(crate) fn is_guest(&self) -> bool {
        matches!(self.identity, Identity::Guest(_))
    }

    /// Forgets the guest.
    pub(crate) fn forget(&self) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Becomes a guest of the nest, unless we are somebody.
    pub(crate) async fn arrive(&self) -> Result<(), Ended> {
        let Identity::Guest(name) = &self.identity else { return Ok(()) };
        if self.cookie().is_some() {
            return Ok(());
        }
        let body = GuestBody { name: name.clone(), nest: self.address.nest.to_string() };
        let body = serde_json::to_vec(&body).map_err(|error| Ended::Refused(error.to_string()))?;
        let request = self.request(Method::POST, "api/v1/guests")?;
        let request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        let response = checked(sent(request.timeout(ANSWER_MAX)).await?).await?;
        let cookies: Vec<&str> = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        if cookies.is_empty() {
            return Err(Ended::Refused(
                "the server took us in and gave no cookie: is it a rookery?".to_owned(),
            ));
        }
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookies.join("; "));
        Ok(())
    }

    /// The nest that a word leads to.
    pub(super) async fn nest_called(&self, word: &Slug) -> Result<NestCode, Ended> {
        let request = self.request(Method::GET, &word.to_string())?;
        let response = sent(request.timeout(ANSWER_MAX)).await?;
        if !response.status().is_redirection() {
            let response =
                if response.status().is_server_error() { checked(response).await? } else { response };
            let why = format!("no nest is called `{word}` there ({})", response.status());
            return Err(Ended::Refused(why));
        }
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        let path = to.split(['?', '#']).next().unwrap_or_default();
        let code = path.rsplit('/').next().and_then(|code| code.parse().ok());
        code.ok_or_else(|| Ended::Refused(format!("`{word}` leads to {to}, which is no nest")))
    }

    /// The nest and its position.
    pub(crate) async fn snapshot(&self) -> Result<NestSnapshot, Ended> {
        let request = self.request(Method::GET, &format!("api/v1/nests/{}", self.address.nest))?;
        let response = sent(request.timeout(ANSWER_MAX)).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.is_guest() {
            return Err(Ended::Forgotten);
        }
        read(checked(response).await?).await
    }

    /// A request to something the server named. Who we are is said to this server alone.
    pub(crate) fn get(&self, url: &Url) -> RequestBuilder {
        let request = self.client.get(url.clone());
        if self.address.owns(url) { self.signed(request) } else { request }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Ended> {
        let url = self.address.at(path).ok_or_else(|| Ended::Refused(format!("{path} is no path")))?;
        Ok(self.signed(self.client.request(method, url)))
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        let secret = |text: &str| {
            let mut value = HeaderValue::from_str(text).ok()?;
            value.set_sensitive(true);
            Some(value)
        };
        match &self.identity {
            Identity::Token(token) => match secret(&format!("Bearer {token}")) {
                Some(value) => request.header(AUTHORIZATION, value),
                None => request,
            },
            Identity::Guest(_) => match self.cookie().as_deref().and_then(secret) {
                Some(value) => request.header(COOKIE, value),
                None => request,
            },
        }
    }

    fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) async fn sent(request: RequestBuilder) -> Result<Response, Ended> {
    request.send().await.map_err(|error| lost(&error))
}

/// A failure of the network, in as few words as tell what is wrong.
pub(super) fn lost(error: &reqwest::Error) -> Ended {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let why = if error.is_timeout() { "no answer in time".to_owned() } else { innermost.to_string() };
    Ended::Lost { why, soon: false }
}

/// The answer, if it is one; else what the problem says, and whether to ask again.
pub(super) async fn checked(response: Response) -> Result<Response, Ended> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let comes_again = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    let is_redirect = status.is_redirection();
    let problem: Option<Problem> = read(response).await.ok();
    let why = match problem {
        Some(Problem { code, .. }) if code == "guests_not_allowed" => {
            "this nest takes no guests: give an API token with --token or ROOKERY_TOKEN".to_owned()
        }
        Some(Problem { detail, hint, .. }) => {
            hint.map_or_else(|| detail.clone(), |hint| format!("{detail} {hint}"))
        }
        None if is_redirect => {
            "the server sends elsewhere: give the address people see in their browsers".to_owned()
        }
        None => format!("the server answers {status}: is it a rookery?"),
    };
    Err(if comes_again { Ended::Lost { why, soon: false } } else { Ended::Refused(why) })
}

async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T, Ended> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(Ended::Refused(format!("the server answers with more than {BODY_BYTES_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body)
        .map_err(|error| Ended::Refused(format!("the server's answer makes no sense: {error}")))
}
