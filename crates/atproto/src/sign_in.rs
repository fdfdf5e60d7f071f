//! Signing in, to know who somebody is and for nothing else. <https://atproto.com/specs/oauth>: from the name to the identity,
//! from its server to whoever signs people in for it, a request that is pushed there beforehand (PAR, RFC 9126) with
//! PKCE and DPoP, and back with a code, for which there is a token that names the identity. The token is given back at
//! once.

use crate::identity::{Identities, Identity, below};
use crate::metadata::SCOPE;
use crate::network::{in_time, read};
use crate::{Client, Did, Error, Handle, Key, NameServer, Named, Network, Result};
use model::WallTime;
use providers::{Answer, Callback, Provider, Secret, SignInAttempt};
use reqwest::{Url, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const PROVIDER: Provider = Provider::Atproto;
/// Characters kept of what a server says.
const SAID_CHARS_MAX: usize = 200;

/// Where identities are looked up.
#[derive(Clone, Debug)]
pub struct SignInOptions {
    /// The directory of `did:plc`: [`crate::PLC_DIRECTORY`].
    pub directory: String,
    /// A service that looks handles up of which neither DNS nor their own host says anything: [`crate::HANDLE_RESOLVER`];
    /// `None`: those are unknown.
    pub resolver: Option<String>,
    /// Who is asked for the records of handles.
    pub dns: NameServer,
}

/// Signs people in.
#[derive(Clone, Debug)]
pub struct SignIn {
    identities: Identities,
}

/// A sign-in that has begun. Its owner keeps it, sealed and bound to the browser, until the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// State and verifier.
    pub oauth: SignInAttempt,
    /// The key of its proofs, as [`Key::kept`] wrote it.
    pub key: Secret,
    /// Who is expected back.
    pub did: Did,
    /// Who is to send them.
    pub issuer: String,
}

/// What a beginning gives.
#[derive(Clone, Debug)]
pub struct Begun {
    /// To be kept.
    pub attempt: Attempt,
    /// Where to send the browser.
    pub page: String,
}

/// RFC 9728.
#[derive(Deserialize)]
struct Resource {
    resource: String,
    #[serde(default)]
    authorization_servers: Vec<String>,
}

/// RFC 8414.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    client_id_metadata_document_supported: bool,
    #[serde(default)]
    dpop_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

/// Whoever signs people in for a server, its addresses read.
struct Issuer {
    name: String,
    authorization: Url,
    token: Url,
    pushed: Url,
    revocation: Option<Url>,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: Secret,
    token_type: String,
    sub: String,
    #[serde(default)]
    scope: String,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

impl SignIn {
    /// Nothing is asked of anybody yet.
    ///
    /// # Errors
    /// [`Error::Setting`] for an address that may not be asked.
    pub fn new(network: Network, options: &SignInOptions) -> Result<Self> {
        let identities = Identities::new(network, options)?;
        Ok(Self { identities })
    }

    /// Where somebody goes to sign in.
    ///
    /// # Errors
    /// [`Error::UnknownHandle`], [`Error::NotMutual`], [`Error::Identity`]; [`Error::NotAsked`], [`Error::Answer`],
    /// [`Error::NotTheOne`], [`Error::Refused`] for a server that does not do as it should, and those of any request.
    pub async fn begin(
        &self,
        client: &Client,
        who: &Named,
        oauth: SignInAttempt,
        now: WallTime,
    ) -> Result<Begun> {
        in_time(async {
            let identity = self.identity(who).await?;
            let issuer = self.issuer_of(&identity.server).await?;
            let key = Key::generate()?;
            let hint = who.to_string();
            let form = [
                ("client_id", client.id.as_str()),
                ("response_type", "code"),
                ("redirect_uri", client.redirect_uri.as_str()),
                ("scope", SCOPE),
                ("state", oauth.state.reveal()),
                ("code_challenge", &oauth.challenge()),
                ("code_challenge_method", "S256"),
                ("login_hint", &hint),
            ];
            let answer = self.post(&issuer.pushed, &form, &key, now).await?;
            let pushed: Pushed = taken(&answer)?;
            let mut page = issuer.authorization;
            page.query_pairs_mut()
                .append_pair("client_id", &client.id)
                .append_pair("request_uri", &pushed.request_uri);
            let attempt = Attempt { oauth, key: key.kept()?, did: identity.did, issuer: issuer.name };
            Ok(Begun { attempt, page: page.into() })
        })
        .await
    }

    /// Who came back.
    ///
    /// # Errors
    /// [`Error::Other`] with `StateMismatch` for a way back of another attempt or from another issuer, and with `SignInRefused`
    /// or `SignInAgain` for somebody who did not agree or a code that is used up; [`Error::NotTheOne`] if the token is
    /// somebody else's; and those of [`SignIn::begin`].
    pub async fn finish(
        &self,
        client: &Client,
        attempt: &Attempt,
        callback: &Callback,
        now: WallTime,
    ) -> Result<Did> {
        let code = attempt.oauth.accept(PROVIDER, callback)?;
        // RFC 9207: the answer of another issuer must not be taken for this one's.
        if callback.issuer.as_deref() != Some(&attempt.issuer) {
            return Err(providers::Error::StateMismatch { provider: PROVIDER }.into());
        }
        in_time(async {
            let issuer = self.issuer(&attempt.issuer).await?;
            let key = Key::read(&attempt.key)?;
            let form = [
                ("grant_type", "authorization_code"),
                ("client_id", client.id.as_str()),
                ("code", code.reveal()),
                ("redirect_uri", client.redirect_uri.as_str()),
                ("code_verifier", attempt.oauth.verifier.reveal()),
            ];
            let answer = self.post(&issuer.token, &form, &key, now).await?;
            let token: Token = taken(&answer)?;
            self.give_back(&issuer, client, &token, &key, now).await;
            let is_whole = token.token_type.eq_ignore_ascii_case("dpop")
                && token.scope.split(' ').any(|scope| scope == SCOPE);
            if !is_whole {
                let detail = "the token is not one of this protocol".to_owned();
                return Err(Error::Answer { whose: "the server that signs people in", detail });
            }
            if token.sub != attempt.did.as_str() {
                return Err(Error::NotTheOne("somebody else signed in than was named before"));
            }
            Ok(attempt.did.clone())
        })
        .await
    }

    /// Which of these handles is this identity's, both ways, at this moment.
    ///
    /// # Errors
    /// Those of any request; that all are others' is none.
    pub async fn which_of(&self, did: &Did, handles: &[Handle]) -> Result<Option<Handle>> {
        in_time(async {
            let identity = self.identities.of(did).await?;
            for handle in handles.iter().filter(|handle| identity.is_called(handle)) {
                match self.identities.resolve(handle).await {
                    Ok(found) if found == *did => return Ok(Some(handle.clone())),
                    Ok(_) | Err(Error::UnknownHandle(_) | Error::Ambiguous(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        })
        .await
    }

    /// Who is meant. A handle has to lead to an identity that calls itself so.
    async fn identity(&self, who: &Named) -> Result<Identity> {
        match who {
            Named::Did(did) => self.identities.of(did).await,
            Named::Handle(handle) => {
                let did = self.identities.resolve(handle).await?;
                let identity = self.identities.of(&did).await?;
                if identity.is_called(handle) {
                    Ok(identity)
                } else {
                    Err(Error::NotMutual { handle: handle.clone(), did })
                }
            }
        }
    }

    /// Who signs people in for a server.
    async fn issuer_of(&self, server: &str) -> Result<Issuer> {
        const WHOSE: &str = "the server of the account";
        let url =
            below(&self.network().address(&format!("{server}/"))?, ".well-known/oauth-protected-resource");
        let missing = |detail: &str| Error::Answer { whose: WHOSE, detail: detail.to_owned() };
        let found: Option<Resource> = self.network().document(WHOSE, url).await?;
        let found = found.ok_or_else(|| missing("it says not who signs people in"))?;
        if found.resource.trim_end_matches('/') != server {
            return Err(Error::NotTheOne("the server of the account describes another one"));
        }
        let [issuer] = &found.authorization_servers[..] else {
            return Err(missing("it names not one who signs people in"));
        };
        self.issuer(issuer).await
    }

    async fn issuer(&self, name: &str) -> Result<Issuer> {
        const WHOSE: &str = "the server that signs people in";
        let wrong = |detail: &str| Error::Answer { whose: WHOSE, detail: detail.to_owned() };
        let base = self.network().address(&format!("{}/", name.trim_end_matches('/')))?;
        if base.path() != "/" || base.query().is_some() {
            return Err(wrong("its name is no origin"));
        }
        let url = below(&base, ".well-known/oauth-authorization-server");
        let found: Option<Metadata> = self.network().document(WHOSE, url).await?;
        let found = found.ok_or_else(|| wrong("it describes itself not"))?;
        if found.issuer != name {
            return Err(Error::NotTheOne("the server that signs people in describes another one"));
        }
        let does = |list: &[String], word: &str| list.iter().any(|known| known == word);
        if !found.client_id_metadata_document_supported
            || !found.authorization_response_iss_parameter_supported
            || !does(&found.dpop_signing_alg_values_supported, "ES256")
            || !does(&found.scopes_supported, SCOPE)
        {
            return Err(wrong("it does not sign people in as the protocol wants it"));
        }
        let pushed = found.pushed_authorization_request_endpoint.as_deref();
        Ok(Issuer {
            authorization: self.network().address(&found.authorization_endpoint)?,
            token: self.network().address(&found.token_endpoint)?,
            pushed: self.network().address(pushed.ok_or_else(|| wrong("requests cannot be pushed"))?)?,
            revocation: found.revocation_endpoint.map(|url| self.network().address(&url)).transpose()?,
            name: found.issuer,
        })
    }

    /// Posts a form with a proof; once more if the server wants its own word in it.
    async fn post(&self, url: &Url, form: &[(&str, &str)], key: &Key, now: WallTime) -> Result<Answer> {
        let mut nonce: Option<String> = None;
        loop {
            let proof = key.proof("POST", url, nonce.as_deref(), now)?;
            let request = self.network().post(url.clone()).header("dpop", proof).form(form);
            let answer = self.network().send(request.header(header::ACCEPT, "application/json")).await?;
            let is_first = nonce.is_none();
            let wants_word = matches!(answer.status.as_u16(), 400 | 401)
                && read::<Refusal>("", &answer).is_ok_and(|refusal| refusal.error == "use_dpop_nonce");
            nonce = answer.dpop_nonce.clone();
            if !(is_first && wants_word && nonce.is_some()) {
                return Ok(answer);
            }
        }
    }

    /// Gives a token back: all that was wanted is known. If that fails, it ends by itself.
    async fn give_back(&self, issuer: &Issuer, client: &Client, token: &Token, key: &Key, now: WallTime) {
        let Some(url) = &issuer.revocation else { return };
        let form = [("client_id", client.id.as_str()), ("token", token.access_token.reveal())];
        match self.post(url, &form, key, now).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) => tracing::debug!(status = %answer.status, "a token was not taken back"),
            Err(error) => tracing::debug!(%error, "a token was not taken back"),
        }
    }

    const fn network(&self) -> &Network {
        &self.identities.network
    }
}

/// Reads what was given, or why nothing was.
fn taken<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    const WHOSE: &str = "the server that signs people in";
    if answer.status.is_success() {
        return read(WHOSE, answer);
    }
    let Ok(refusal) = read::<Refusal>(WHOSE, answer) else { return Err(answer.failure().into()) };
    Err(match refusal.error.as_str() {
        "invalid_grant" => providers::Error::SignInAgain { provider: PROVIDER }.into(),
        _ if answer.status.is_server_error() || answer.status.as_u16() == 429 => answer.failure().into(),
        code => {
            let said = format!("{code} {}", refusal.error_description);
            let said = said.trim().chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX);
            Error::Refused(said.collect())
        }
    })
}
