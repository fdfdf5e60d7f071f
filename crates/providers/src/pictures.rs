//! Pictures from elsewhere: avatars and covers whose address a person or a service chose. Fetched for the listener,
//! so that nobody's address leaks, and never from inside our own network.
//!
//! Every hop is checked (see `guard`). Deliberately not here: decoding and scaling (see `audio`).

use crate::guard::{Guard, Outside};
use crate::http::{Http, HttpOptions};
use crate::{Error, Provider, Result};
use bytes::Bytes;
use reqwest::Url;
use std::sync::Arc;

/// Redirects that are followed.
const HOPS_MAX: usize = 3;

/// A picture as it came; its first bytes say that it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The file; at most [`crate::ANSWER_BYTES_MAX`].
    pub bytes: Bytes,
    /// As in `image/png`, by its first bytes: never SVG, which can hold programs.
    pub media_type: &'static str,
}

/// Fetches pictures.
#[derive(Clone, Debug)]
pub struct Pictures {
    http: Http,
    outside: Arc<Outside>,
}

impl Pictures {
    /// A pool of connections of its own, with the guard in it.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn new(options: &HttpOptions, outside: Outside) -> Result<Self> {
        let outside = Arc::new(outside);
        let http = Http::guarded(options, Guard(Arc::clone(&outside)))?;
        Ok(Self { http, outside })
    }

    /// Fetches a picture. `provider` is who named the address.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for an address that is not https or not public, [`Error::UnexpectedAnswer`] for what is no
    /// picture, and those of any request.
    pub async fn fetch(&self, provider: Provider, address: &str) -> Result<Picture> {
        let not_allowed = |detail: &str| Error::NotAllowed { provider, detail: detail.to_owned() };
        let mut url = Url::parse(address).map_err(|_| not_allowed("the picture has no address"))?;
        for _hop in 0..=HOPS_MAX {
            if !self.outside.may_ask(&url) {
                return Err(not_allowed("a picture must come from a public https address"));
            }
            let answer = self.http.send(provider, self.http.get(url.clone())).await?;
            if answer.status.is_redirection() {
                let next = answer.location.as_deref().and_then(|to| url.join(to).ok());
                url = next.ok_or_else(|| answer.unexpected("a redirect to nowhere"))?;
                continue;
            }
            if !answer.status.is_success() {
                return Err(answer.failure());
            }
            let media_type = media_type(&answer.body).ok_or_else(|| answer.unexpected("not a picture"))?;
            return Ok(Picture { bytes: answer.body, media_type });
        }
        Err(not_allowed("the picture's address leads round in circles"))
    }
}

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
