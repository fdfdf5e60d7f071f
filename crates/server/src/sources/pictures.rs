//! Pictures of services, fetched for listeners so that nobody's browser asks the services for them. Only addresses that
//! this server named itself are fetched: their names carry a proof.
//!
//! Deliberately not here: decoding. What comes is passed on as it is, if its first bytes say that it is a picture.

use super::{SourceFault, Sources};
use crate::app::App;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use providers::{Picture, Provider};
use std::sync::Arc;

const PURPOSE: &str = "picture of a service";
/// Characters of a proof: 128 bits in hexadecimal digits.
const PROOF_CHARS: usize = 32;

/// Where this server serves a picture.
pub fn address(app: &App, url: &str) -> String {
    format!("/api/v1/pictures/{}.{}", URL_SAFE_NO_PAD.encode(url), proof(app, url))
}

/// The address behind a name, if this server gave it.
pub(crate) fn named(app: &App, name: &str) -> Result<String> {
    let none = || Error::NotFound("picture");
    let (encoded, proven) = name.split_once('.').ok_or_else(none)?;
    let url = URL_SAFE_NO_PAD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // A name is no secret: how long it takes to compare says nothing that is worth knowing.
    url.filter(|url| proof(app, url) == proven).ok_or_else(none)
}

fn proof(app: &App, url: &str) -> String {
    let index = app.sign_in().sealer().index(PURPOSE, url).to_string();
    index.chars().take(PROOF_CHARS).collect()
}

impl Sources {
    /// A picture of a service.
    pub(crate) async fn picture(&self, app: &App, url: &str) -> Result<Arc<Picture>> {
        let now = app.clock().instant();
        let key = url.to_owned();
        if let Ok(known) = self.shown.get(&key, now) {
            return Ok(known);
        }
        let _place = self.fetches.acquire().await.map_err(|_| Error::Busy)?;
        if let Ok(known) = self.shown.get(&key, now) {
            return Ok(known);
        }
        let fetched = self.pictures.fetch(provider_of(url), url).await;
        let picture = Arc::new(fetched.map_err(SourceFault::from)?);
        if picture.bytes.len() > crate::limits::PICTURE_KEPT_BYTES_MAX {
            return Ok(picture);
        }
        Ok(self.shown.keep(key, picture, now))
    }
}

/// Whose picture it seems to be, for words about it.
fn provider_of(url: &str) -> Provider {
    let host = url.split('/').nth(2).unwrap_or_default();
    match host {
        host if host.ends_with("ytimg.com") || host.ends_with("ggpht.com") => Provider::Youtube,
        host if host.ends_with("sndcdn.com") => Provider::Soundcloud,
        _ => Provider::Spotify,
    }
}
