//! The client of one issuer: what it says of itself and its keys are kept for an hour, and fetched again when a token
//! names a key that is not known.

use super::discovery::Metadata;
use super::id_token::{Claims, Expected, check};
use super::keys::Keys;
use crate::limits::{DISCOVERY_AGE_MAX, KEYS_REFETCH_MIN};
use crate::oauth::{TokenAnswer, token_answer};
use crate::track::shown;
use crate::{BaseUrl, Callback, Error, Http, IdTokenFault, Provider, Result, Secret, SignInAttempt};
use model::{Clock, ServerInstant};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Google's issuer.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

const PROVIDER: Provider = Provider::SignIn;

/// How an issuer is used.
#[derive(Clone, Debug)]
pub struct OidcOptions {
    /// The issuer, letter for letter; [`GOOGLE_ISSUER`] for Google.
    pub issuer: BaseUrl,
    /// From the issuer's console.
    pub client_id: String,
    /// Its secret; none for a public client.
    pub client_secret: Option<Secret>,
}

/// Who signed in, as the issuer vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The issuer.
    pub issuer: String,
    /// The issuer's name of the account, which never changes: with `issuer` this is who somebody is.
    pub subject: String,
    /// A verified address, as the issuer writes it. It may change hands: never the key of an account.
    pub email: String,
    /// As the person is called; may be empty.
    pub name: String,
    /// A picture, if https.
    pub picture: Option<String>,
    /// The organisation, for accounts of Google Workspace.
    pub hosted_domain: Option<String>,
}

/// An issuer.
pub struct Oidc {
    http: Http,
    clock: Arc<dyn Clock>,
    options: OidcOptions,
    known: Mutex<Option<Known>>,
}

struct Known {
    metadata: Arc<Metadata>,
    keys: Arc<Keys>,
    metadata_at: ServerInstant,
    keys_at: ServerInstant,
}

impl Oidc {
    /// Nothing is asked of the issuer yet: starting needs no network.
    pub fn new(http: Http, clock: Arc<dyn Clock>, options: OidcOptions) -> Self {
        Self { http, clock, options, known: Mutex::new(None) }
    }

    /// Where to send the browser. `login_hint` is an address to suggest.
    ///
    /// # Errors
    /// [`Error::Configuration`] if there is no such issuer, and those of any request.
    pub async fn sign_in_page(
        &self,
        attempt: &SignInAttempt,
        redirect_uri: &str,
        login_hint: Option<&str>,
    ) -> Result<String> {
        let (metadata, _) = self.known().await?;
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.options.client_id)
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", "openid email profile")
            .append_pair("state", attempt.state.reveal())
            .append_pair("nonce", attempt.nonce.reveal())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(login_hint.map(|hint| ("login_hint", hint)));
        Ok(url.into())
    }

    /// Who came back.
    ///
    /// # Errors
    /// [`Error::StateMismatch`], [`Error::SignInRefused`], [`Error::IdToken`], [`Error::EmailUnverified`],
    /// [`Error::SignInAgain`] for a code that is used up, and those of any request.
    pub async fn finish(
        &self,
        attempt: &SignInAttempt,
        callback: &Callback,
        redirect_uri: &str,
    ) -> Result<Identity> {
        let (metadata, keys) = self.known().await?;
        let code = attempt.accept(PROVIDER, callback)?;
        // RFC 9207: whoever promises to name itself must, and nobody may name another.
        match &callback.issuer {
            Some(issuer) if !metadata.is_named(issuer) => {
                return Err(Error::StateMismatch { provider: PROVIDER });
            }
            None if metadata.names_itself => return Err(Error::StateMismatch { provider: PROVIDER }),
            _ => {}
        }
        let now = self.clock.wall();
        let mut answer = self.exchange(&metadata, code, attempt, redirect_uri).await?;
        let missing = Error::IdToken { fault: IdTokenFault::Malformed };
        let id_token = answer.id_token.take().ok_or(missing)?;
        let access = answer.tokens(PROVIDER, now)?.access;
        let nonce = &attempt.nonce;
        let expected = Expected { metadata: &metadata, client_id: &self.options.client_id, nonce, now };
        let claims = match check(&id_token, &keys, &expected) {
            Err(Error::IdToken { fault: IdTokenFault::UnknownKey | IdTokenFault::Signature }) => {
                let keys = self.newer_keys().await?;
                check(&id_token, &keys, &expected)?
            }
            checked => checked?,
        };
        self.identity(&metadata, claims, &access).await
    }

    async fn identity(&self, metadata: &Metadata, claims: Claims, access: &Secret) -> Result<Identity> {
        let subject = claims.sub.clone().unwrap_or_default();
        // Many issuers put the address into the userinfo alone.
        let claims = match &metadata.userinfo_endpoint {
            Some(url) if claims.email.is_none() || claims.email_verified.is_none() => {
                let answer =
                    self.http.send(PROVIDER, self.http.get(url.clone()).bearer_auth(access.reveal())).await?;
                if !answer.status.is_success() {
                    return Err(answer.failure());
                }
                let info: Claims = answer.json()?;
                // Section 5.3.2: an answer about somebody else must not be used.
                if info.sub.as_ref() != Some(&subject) {
                    return Err(Error::IdToken { fault: IdTokenFault::Subject });
                }
                info
            }
            _ => claims,
        };
        let email = claims.verified_email().ok_or(Error::EmailUnverified)?.to_owned();
        Ok(Identity {
            issuer: metadata.issuer.clone(),
            subject,
            email,
            name: shown(claims.name.as_deref().unwrap_or_default()),
            picture: claims.picture.filter(|url| url.starts_with("https://") && url.len() <= 2_000),
            hosted_domain: claims.hd,
        })
    }

    /// Issuers differ in how they want to be told the secret, and few say it of the client at hand: the way that the
    /// standard prefers first, the other if that is refused. A refused client does not use up the code.
    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &Secret,
        attempt: &SignInAttempt,
        redirect_uri: &str,
    ) -> Result<TokenAnswer> {
        let OidcOptions { client_id, client_secret, .. } = &self.options;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", attempt.verifier.reveal()),
        ];
        let post = || self.http.post(metadata.token_endpoint.clone());
        let public = [("client_id", client_id.as_str())];
        let Some(secret) = client_secret else {
            return self.tokens(post().form(&[&form[..], &public].concat())).await;
        };
        let private = [("client_id", client_id.as_str()), ("client_secret", secret.reveal())];
        let with_post = || post().form(&[&form[..], &private].concat());
        if !metadata.takes_basic {
            return self.tokens(with_post()).await;
        }
        // RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
        let basic = post().basic_auth(encoded(client_id), Some(encoded(secret.reveal()))).form(&form);
        match self.tokens(basic).await {
            Err(Error::CredentialsRefused { .. }) if metadata.takes_post => self.tokens(with_post()).await,
            answered => answered,
        }
    }

    async fn tokens(&self, request: reqwest::RequestBuilder) -> Result<TokenAnswer> {
        let answer = self.http.send(PROVIDER, request).await?;
        token_answer(PROVIDER, &answer)
    }

    /// What the issuer says of itself, and its keys; fetched at most once an hour, by one request at a time.
    async fn known(&self) -> Result<(Arc<Metadata>, Arc<Keys>)> {
        let now = self.clock.instant();
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| now.since(known.metadata_at) < DISCOVERY_AGE_MAX) {
            return Ok((Arc::clone(&known.metadata), Arc::clone(&known.keys)));
        }
        let metadata = Arc::new(Metadata::fetch(&self.http, &self.options.issuer).await?);
        let keys = Arc::new(Keys::fetch(&self.http, &metadata.jwks_uri).await?);
        let (kept_metadata, kept_keys) = (Arc::clone(&metadata), Arc::clone(&keys));
        *known = Some(Known { metadata: kept_metadata, keys: kept_keys, metadata_at: now, keys_at: now });
        Ok((metadata, keys))
    }

    /// The keys of now: an issuer changed them, or somebody tries tokens of another's making, so not too often.
    async fn newer_keys(&self) -> Result<Arc<Keys>> {
        let now = self.clock.instant();
        let mut known = self.known.lock().await;
        let unknown = Error::IdToken { fault: IdTokenFault::UnknownKey };
        let known = known.as_mut().ok_or(unknown.clone())?;
        if now.since(known.keys_at) < KEYS_REFETCH_MIN {
            return Err(unknown);
        }
        known.keys = Arc::new(Keys::fetch(&self.http, &known.metadata.jwks_uri).await?);
        known.keys_at = now;
        Ok(Arc::clone(&known.keys))
    }
}

fn encoded(text: &str) -> String {
    reqwest::Url::parse("http://localhost").map_or_else(
        |_| String::new(),
        |mut url| {
            url.query_pairs_mut().append_key_only(text);
            url.query().unwrap_or_default().to_owned()
        },
    )
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc").field("options", &self.options).finish_non_exhaustive()
    }
}
