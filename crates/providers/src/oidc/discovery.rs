//! What an issuer says of itself (OpenID Connect Discovery 1.0).

use super::client::GOOGLE_ISSUER;
use crate::{BaseUrl, Error, Http, Provider, Result};
use reqwest::Url;
use serde::Deserialize;

const PROVIDER: Provider = Provider::SignIn;

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// An issuer's addresses.
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub jwks_uri: Url,
    pub userinfo_endpoint: Option<Url>,
    /// Whether it names itself on the way back (RFC 9207).
    pub names_itself: bool,
    pub takes_basic: bool,
    pub takes_post: bool,
}

impl Metadata {
    /// Fetches and checks the document: it must be of this issuer, letter for letter, and lead only to secure places.
    pub async fn fetch(http: &Http, issuer: &BaseUrl) -> Result<Self> {
        let url = issuer.at(&[".well-known", "openid-configuration"]);
        let answer = http.send(PROVIDER, http.get(url)).await?;
        if !answer.status.is_success() {
            return Err(match answer.failure() {
                Error::NotFound { .. } => Error::Configuration {
                    provider: PROVIDER,
                    detail: "the issuer has no /.well-known/openid-configuration".to_owned(),
                },
                error => error,
            });
        }
        let found: Document = answer.json()?;
        let same = |a: &str, b: &str| a.trim_end_matches('/') == b.trim_end_matches('/');
        if !same(&found.issuer, issuer.as_str()) {
            return Err(answer.unexpected("it describes another issuer"));
        }
        let is_https = issuer.as_str().starts_with("https:");
        let place = |text: &str| {
            let url = Url::parse(text).ok()?;
            // An issuer on this machine is for tests and may lead to this machine; any other leads to https alone.
            (url.scheme() == "https" || (!is_https && BaseUrl::parse(PROVIDER, &without_query(&url)).is_ok()))
                .then_some(url)
        };
        let needed =
            |text: &str| place(text).ok_or_else(|| answer.unexpected("an address in it is not https"));
        let methods = found.token_endpoint_auth_methods_supported;
        // Without a list the standard says client_secret_basic.
        let takes = |name: &str, default| {
            methods.as_ref().map_or(default, |methods| methods.iter().any(|method| method == name))
        };
        Ok(Self {
            authorization_endpoint: needed(&found.authorization_endpoint)?,
            token_endpoint: needed(&found.token_endpoint)?,
            jwks_uri: needed(&found.jwks_uri)?,
            userinfo_endpoint: found.userinfo_endpoint.as_deref().map(needed).transpose()?,
            names_itself: found.authorization_response_iss_parameter_supported,
            takes_basic: takes("client_secret_basic", true),
            takes_post: takes("client_secret_post", false),
            issuer: found.issuer,
        })
    }

    /// Whether a token or a way back names this issuer. Google's tokens may leave the scheme out.
    pub fn is_named(&self, name: &str) -> bool {
        name == self.issuer || (self.issuer == GOOGLE_ISSUER && name == "accounts.google.com")
    }
}

fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}
