//! One account that writes: signed in with an app password, which opens only what its owner made it for and can be taken
//! away by itself. <https://atproto.com/specs/xrpc#app-passwords>
//!
//! A session is begun when the first record is written, and used again: servers count how often somebody signs in.

use crate::identity::below;
use crate::network::read;
use crate::{Error, Named, Network, Result};
use providers::{Answer, Secret};
use reqwest::{Url, header};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

const WHOSE: &str = "the server of the account";

/// An account.
#[derive(Clone, Debug)]
pub struct AccountOptions {
    /// Its server, or one that passes things on to it: [`crate::BLUESKY`].
    pub service: String,
    /// Its handle, or its DID.
    pub name: String,
    /// An app password.
    pub password: Secret,
}

/// An account that writes.
#[derive(Debug)]
pub struct Account {
    network: Network,
    service: Url,
    name: Named,
    password: Secret,
    session: Mutex<Option<Session>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    did: String,
    access_jwt: Secret,
    refresh_jwt: Secret,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error: String,
    #[serde(default)]
    message: String,
}

impl Account {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::NoName`], and [`Error::Setting`] for a server that may not be asked.
    pub fn new(network: Network, options: &AccountOptions) -> Result<Self> {
        let wrong =
            |error: Error| Error::Setting { what: "the server of the account", detail: error.to_string() };
        let service = format!("{}/", options.service.trim_end_matches('/'));
        let service = network.address(&service).map_err(wrong)?;
        let name = Named::parse(&options.name)?;
        Ok(Self { network, service, name, password: options.password.clone(), session: Mutex::new(None) })
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &Named {
        &self.name
    }

    /// Writes a record under its key; one that is there already is replaced, so that there is never a second one.
    ///
    /// # Errors
    /// [`Error::Password`], [`Error::Refused`], and those of any request.
    pub async fn put(&self, collection: &str, key: &str, record: &Value) -> Result<()> {
        // One at a time: two that begin a session would be two sessions.
        let mut session = self.session.lock().await;
        if let Some(known) = session.clone() {
            match self.put_as(&known, collection, key, record).await {
                Err(Refused::Session) => *session = None,
                ended => return ended.map_err(Refused::told),
            }
            if let Ok(renewed) = self.renew(&known).await {
                let ended = self.put_as(&renewed, collection, key, record).await;
                *session = Some(renewed);
                return ended.map_err(Refused::told);
            }
        }
        let begun = self.begin().await?;
        let ended = self.put_as(&begun, collection, key, record).await;
        *session = Some(begun);
        ended.map_err(Refused::told)
    }

    async fn begin(&self) -> Result<Session> {
        let body = json!({"identifier": self.name.to_string(), "password": self.password.reveal()});
        let answer = self.post("com.atproto.server.createSession", None, Some(&body)).await?;
        if answer.status.is_success() {
            return read(WHOSE, &answer);
        }
        let refusal: Refusal = read(WHOSE, &answer).unwrap_or_default();
        Err(match refusal.error.as_str() {
            "AuthFactorTokenRequired" => {
                Error::Refused("this is the account's own password: make an app password".to_owned())
            }
            _ if answer.status.as_u16() == 401 => Error::Password(self.name.to_string()),
            _ => refused(&answer, &refusal),
        })
    }

    async fn renew(&self, known: &Session) -> Result<Session> {
        let answer = self.post("com.atproto.server.refreshSession", Some(&known.refresh_jwt), None).await?;
        if answer.status.is_success() { read(WHOSE, &answer) } else { Err(answer.failure().into()) }
    }

    async fn put_as(
        &self,
        session: &Session,
        collection: &str,
        key: &str,
        record: &Value,
    ) -> Result<(), Refused> {
        let body = json!({"repo": session.did, "collection": collection, "rkey": key, "record": record});
        let answer = self.post("com.atproto.repo.putRecord", Some(&session.access_jwt), Some(&body)).await;
        let answer = answer.map_err(Refused::Other)?;
        if answer.status.is_success() {
            return Ok(());
        }
        let refusal: Refusal = read(WHOSE, &answer).unwrap_or_default();
        let is_over = answer.status.as_u16() == 401
            || matches!(refusal.error.as_str(), "ExpiredToken" | "InvalidToken" | "AuthMissing");
        Err(if is_over { Refused::Session } else { Refused::Other(refused(&answer, &refusal)) })
    }

    async fn post(&self, method: &str, token: Option<&Secret>, body: Option<&Value>) -> Result<Answer> {
        let mut request = self.network.post(below(&self.service, &format!("xrpc/{method}")));
        if let Some(token) = token {
            request = request.bearer_auth(token.reveal());
        }
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        self.network.send(request).await
    }
}

/// Why a record was not written.
enum Refused {
    /// The session is over.
    Session,
    Other(Error),
}

impl Refused {
    fn told(self) -> Error {
        match self {
            Self::Session => Error::Refused("it takes no session, a new one neither".to_owned()),
            Self::Other(error) => error,
        }
    }
}

fn refused(answer: &Answer, refusal: &Refusal) -> Error {
    if answer.status.is_server_error() || answer.status.as_u16() == 429 || refusal.error.is_empty() {
        return answer.failure().into();
    }
    let said = format!("{} {}", refusal.error, refusal.message);
    Error::Refused(said.chars().filter(|c| !c.is_control()).take(200).collect())
}
