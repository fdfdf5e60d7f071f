//! The parts of OAuth that every service shares: an attempt with state and PKCE, the way back, and tokens.
//! RFC 6749, RFC 7636 (S256 alone), RFC 9207 (`iss` on the way back).

use crate::error::detail;
use crate::http::Answer;
use crate::limits::TOKEN_MARGIN;
use crate::{Error, Provider, Result, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Entropy, WallTime};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::time::Duration;

/// A sign-in that has begun. Its owner keeps it (encrypted, bound to the browser, for minutes) until the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInAttempt {
    /// Goes out and must come back.
    pub state: Secret,
    /// Proves at the exchange that we began it (PKCE).
    pub verifier: Secret,
    /// Must stand in the id_token; used by OpenID Connect alone.
    pub nonce: Secret,
}

impl SignInAttempt {
    /// A new attempt. `entropy` must be the operating system's.
    pub fn begin(entropy: &mut dyn Entropy) -> Self {
        Self { state: random(entropy), verifier: random(entropy), nonce: random(entropy) }
    }

    /// What goes out in place of the verifier: BASE64URL(SHA256(verifier)).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.reveal().as_bytes()))
    }

    /// The code on the way back, if the way back belongs to this attempt.
    ///
    /// # Errors
    /// [`Error::StateMismatch`], [`Error::SignInRefused`], and [`Error::UnexpectedAnswer`] without a code.
    pub fn accept<'a>(&self, provider: Provider, callback: &'a Callback) -> Result<&'a Secret> {
        if callback.state.as_ref() != Some(&self.state) {
            return Err(Error::StateMismatch { provider });
        }
        if let Some(code) = &callback.error {
            return Err(Error::SignInRefused { provider, detail: detail(code) });
        }
        let missing = || Error::UnexpectedAnswer { provider, detail: "no code on the way back".to_owned() };
        callback.code.as_ref().ok_or_else(missing)
    }
}

/// 256 random bits in 43 characters.
fn random(entropy: &mut dyn Entropy) -> Secret {
    let bytes: Vec<u8> = (0..4).flat_map(|_| entropy.next_u64().to_le_bytes()).collect();
    Secret::new(URL_SAFE_NO_PAD.encode(bytes))
}

/// What a service sends the browser back with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// To be exchanged for tokens.
    pub code: Option<Secret>,
    /// What we sent out.
    pub state: Option<Secret>,
    /// Why nobody was signed in.
    pub error: Option<String>,
    /// Who sends the browser back (RFC 9207).
    pub issuer: Option<String>,
}

impl Callback {
    /// Reads the query of the redirect, without its `?`.
    pub fn from_query(query: &str) -> Self {
        let mut callback = Self::default();
        let Ok(mut url) = reqwest::Url::parse("http://localhost/") else { return callback };
        url.set_query(Some(query));
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "code" => callback.code = Some(Secret::new(value)),
                "state" => callback.state = Some(Secret::new(value)),
                "error" => callback.error = Some(value.into_owned()),
                "iss" => callback.issuer = Some(value.into_owned()),
                _ => {}
            }
        }
        callback
    }
}

/// What an exchange gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Opens the service.
    pub access: Secret,
    /// Gives new tokens; a new one replaces the old one at every refresh that brings one.
    pub refresh: Option<Secret>,
    /// When `access` ends.
    pub expires_at: WallTime,
    /// What the person granted; empty if the service does not say.
    pub scopes: BTreeSet<String>,
}

impl Tokens {
    /// Whether to refresh before the next request.
    pub fn is_stale(&self, now: WallTime) -> bool {
        now.plus(TOKEN_MARGIN) >= self.expires_at
    }

    /// Whether the person granted all of these.
    pub fn grants(&self, scopes: &[&str]) -> bool {
        scopes.iter().all(|scope| self.scopes.contains(*scope))
    }
}

/// RFC 6749 section 5.1.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    scope: Option<String>,
    pub id_token: Option<String>,
}

impl TokenAnswer {
    pub fn tokens(self, provider: Provider, now: WallTime) -> Result<Tokens> {
        // SoundCloud says nothing or "OAuth"; everybody else says Bearer.
        let known = ["", "bearer", "oauth"].iter().any(|kind| self.token_type.eq_ignore_ascii_case(kind));
        if !known || self.access_token.is_empty() {
            let detail = "not a bearer token".to_owned();
            return Err(Error::UnexpectedAnswer { provider, detail });
        }
        let lifetime = Duration::from_secs(self.expires_in.unwrap_or(3600).min(366 * 24 * 3600));
        Ok(Tokens {
            access: Secret::new(self.access_token),
            refresh: self.refresh_token.filter(|token| !token.is_empty()).map(Secret::new),
            expires_at: now.plus(lifetime),
            scopes: self.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        })
    }
}

/// RFC 6749 section 5.2.
#[derive(Deserialize)]
struct TokenFailure {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// Reads the answer of a token endpoint.
pub(crate) fn token_answer(provider: Provider, answer: &Answer) -> Result<TokenAnswer> {
    if answer.status.is_success() {
        return answer.json();
    }
    let Ok(failure) = answer.json::<TokenFailure>() else { return Err(answer.failure()) };
    let said = detail(&format!("{} {}", failure.error, failure.error_description));
    Err(match failure.error.as_str() {
        "invalid_grant" => Error::SignInAgain { provider },
        "invalid_client" | "unauthorized_client" => {
            Error::CredentialsRefused { provider, detail: said.trim().to_owned() }
        }
        "invalid_scope" => Error::ScopeMissing { provider, detail: said.trim().to_owned() },
        _ if answer.status.as_u16() == 429 || answer.status.is_server_error() => answer.failure(),
        _ => answer.unexpected(said.trim()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    fn attempt() -> SignInAttempt {
        SignInAttempt::begin(&mut SeededEntropy::from_seed(7))
    }

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let attempt = SignInAttempt { verifier, ..attempt() };
        assert_eq!(attempt.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn two_attempts_share_nothing() {
        let mut entropy = SeededEntropy::from_seed(1);
        let (a, b) = (SignInAttempt::begin(&mut entropy), SignInAttempt::begin(&mut entropy));
        assert_ne!(a.state, b.state);
        assert_ne!(a.verifier, b.verifier);
        assert_ne!(a.state, a.nonce);
        assert_eq!(a.verifier.reveal().len(), 43);
    }

    #[test]
    fn only_the_way_back_of_this_attempt_is_accepted() {
        let attempt = attempt();
        let own = format!("code=a%2Bb&state={}", attempt.state.reveal());
        let callback = Callback::from_query(&own);
        assert_eq!(attempt.accept(Provider::Spotify, &callback).unwrap().reveal(), "a+b");
        for query in ["code=a", "code=a&state=", "code=a&state=other", "error=access_denied"] {
            let refused = attempt.accept(Provider::Spotify, &Callback::from_query(query)).unwrap_err();
            assert_eq!(refused, Error::StateMismatch { provider: Provider::Spotify }, "{query}");
        }
        let denied = format!("error=access_denied&state={}", attempt.state.reveal());
        assert!(matches!(
            attempt.accept(Provider::Spotify, &Callback::from_query(&denied)),
            Err(Error::SignInRefused { .. })
        ));
    }

    #[test]
    fn nothing_of_a_sign_in_shows_its_secrets() {
        let attempt = attempt();
        let callback = Callback::from_query("code=hunter2&state=swordfish");
        let answer = TokenAnswer {
            access_token: "opensesame".into(),
            token_type: "Bearer".into(),
            expires_in: Some(60),
            refresh_token: Some("abracadabra".into()),
            scope: None,
            id_token: None,
        };
        let tokens = answer.tokens(Provider::Spotify, WallTime::from_micros(0)).unwrap();
        let shown = format!("{attempt:?} {callback:?} {tokens:?}");
        for secret in ["hunter2", "swordfish", "opensesame", "abracadabra", attempt.verifier.reveal()] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
