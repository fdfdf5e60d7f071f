//! Asking others. Which address is asked was often said by a stranger, so each is looked at first: https and public, but
//! for addresses that the settings name.

use crate::{Error, Result};
use providers::{Answer, Http, HttpOptions, Outside, Provider};
use reqwest::{RequestBuilder, Url, header};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The longest address.
const ADDRESS_BYTES_MAX: usize = 2_048;
/// How long all of what one person waits for may take, in seconds.
const WAIT_S_MAX: u64 = 25;

/// The way to everybody else. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Network {
    http: Http,
    outside: Outside,
}

impl Network {
    /// `outside`: what beside the public network may be reached.
    ///
    /// # Errors
    /// [`Error::Other`] if TLS cannot be set up.
    pub fn new(options: &HttpOptions, outside: Outside) -> Result<Self> {
        let http = Http::outside(options, outside.clone())?;
        Ok(Self { http, outside })
    }

    /// An address that may be asked.
    ///
    /// # Errors
    /// [`Error::NotAsked`].
    pub(crate) fn address(&self, text: &str) -> Result<Url> {
        let refused = || Error::NotAsked(text.chars().filter(|c| !c.is_control()).take(100).collect());
        if text.len() > ADDRESS_BYTES_MAX {
            return Err(refused());
        }
        let url = Url::parse(text).map_err(|_| refused())?;
        if self.outside.may_ask(&url) { Ok(url) } else { Err(refused()) }
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.http.post(url)
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer> {
        Ok(self.http.send(Provider::Atproto, request).await?)
    }

    /// Asks for a document; `None`: there is none.
    pub(crate) async fn document<T: DeserializeOwned>(
        &self,
        whose: &'static str,
        url: Url,
    ) -> Result<Option<T>> {
        let answer = self.send(self.get(url).header(header::ACCEPT, "application/json")).await?;
        match answer.status.as_u16() {
            200 => read(whose, &answer).map(Some),
            400..=404 | 410 => Ok(None),
            _ => Err(answer.failure().into()),
        }
    }
}

/// Reads an answer as JSON.
pub(crate) fn read<T: DeserializeOwned>(whose: &'static str, answer: &Answer) -> Result<T> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        let detail: String = error.to_string().chars().take(200).collect();
        Error::Answer { whose, detail }
    })
}

/// Waits for all of it, and not for ever.
pub(crate) async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let ended = tokio::time::timeout(Duration::from_secs(WAIT_S_MAX), work).await;
    ended.unwrap_or(Err(Error::TooSlow(WAIT_S_MAX)))
}
