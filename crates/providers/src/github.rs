//! GitHub, to know who somebody is: its web flow for OAuth apps with state and PKCE, the person, and whether they are in a
//! team. Nothing is done in their name, and their token is forgotten once they are known.
//!
//! GitHub is no OpenID Connect issuer: there is no id_token, and a refused code is answered with status 200.

use crate::error::detail;
use crate::{BaseUrl, Callback, Error, Http, Provider, Result, Secret, SignInAttempt};
use reqwest::header;
use serde::Deserialize;

/// Where people sign in.
pub const GITHUB_SIGN_IN: &str = "https://github.com";
/// Where the API is.
pub const GITHUB_API: &str = "https://api.github.com";

/// The version of the API that this was written for.
const API_VERSION: &str = "2022-11-28";
const PROVIDER: Provider = Provider::SignIn;

/// How GitHub is used.
#[derive(Clone, Debug)]
pub struct GithubOptions {
    /// Of the OAuth app.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// [`GITHUB_SIGN_IN`].
    pub sign_in: BaseUrl,
    /// [`GITHUB_API`].
    pub api: BaseUrl,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubPerson {
    /// Its number, which never changes.
    pub id: u64,
    /// Its name, which may.
    pub login: String,
}

/// Somebody who has just signed in; good for asking about them at once.
pub struct GithubVisit {
    /// Who it is.
    pub person: GithubPerson,
    token: Secret,
}

/// A client of GitHub.
#[derive(Debug)]
pub struct Github {
    http: Http,
    options: GithubOptions,
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct UserAnswer {
    id: u64,
    login: String,
}

#[derive(Deserialize)]
struct MembershipAnswer {
    state: String,
}

impl Github {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(http: Http, options: GithubOptions) -> Self {
        Self { http, options }
    }

    /// Where to send the browser. Only who asks about teams needs to be allowed to read them.
    #[must_use]
    pub fn sign_in_page(&self, attempt: &SignInAttempt, redirect_uri: &str, asks_teams: bool) -> String {
        let mut url = self.options.sign_in.at(&["login", "oauth", "authorize"]);
        url.query_pairs_mut()
            .append_pair("client_id", &self.options.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", if asks_teams { "read:org" } else { "" })
            .append_pair("state", attempt.state.reveal())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("allow_signup", "false");
        url.into()
    }

    /// Who came back.
    ///
    /// # Errors
    /// [`Error::StateMismatch`], [`Error::SignInRefused`], [`Error::SignInAgain`] for a code that is used up,
    /// [`Error::CredentialsRefused`], and those of any request.
    pub async fn finish(
        &self,
        attempt: &SignInAttempt,
        callback: &Callback,
        redirect_uri: &str,
    ) -> Result<GithubVisit> {
        let code = attempt.accept(PROVIDER, callback)?;
        let form = [
            ("client_id", self.options.client_id.as_str()),
            ("client_secret", self.options.client_secret.reveal()),
            ("code", code.reveal()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", attempt.verifier.reveal()),
        ];
        let request = self.http.post(self.options.sign_in.at(&["login", "oauth", "access_token"]));
        let request = request.header(header::ACCEPT, "application/json").form(&form);
        let answer = self.http.send(PROVIDER, request).await?;
        if !answer.status.is_success() {
            return Err(answer.failure());
        }
        let given: TokenAnswer = answer.json()?;
        let token = match (given.error.as_str(), given.access_token) {
            ("", token) if !token.is_empty() => Secret::new(token),
            ("bad_verification_code", _) => return Err(Error::SignInAgain { provider: PROVIDER }),
            ("incorrect_client_credentials" | "redirect_uri_mismatch", _) => {
                return Err(Error::CredentialsRefused { provider: PROVIDER, detail: detail(&given.error) });
            }
            (said, _) => return Err(answer.unexpected(if said.is_empty() { "no token" } else { said })),
        };
        let answer = self.ask(&token, &["user"]).await?;
        if !answer.status.is_success() {
            return Err(answer.failure());
        }
        let UserAnswer { id, login } = answer.json()?;
        Ok(GithubVisit { person: GithubPerson { id, login }, token })
    }

    /// Whether somebody is in a team, and has agreed to be.
    ///
    /// # Errors
    /// Those of any request; that the team is not theirs to see is no error.
    pub async fn is_in_team(&self, visit: &GithubVisit, organisation: &str, team: &str) -> Result<bool> {
        let path = ["orgs", organisation, "teams", team, "memberships", &visit.person.login];
        let answer = self.ask(&visit.token, &path).await?;
        match answer.status.as_u16() {
            403 | 404 => Ok(false),
            200 => Ok(answer.json::<MembershipAnswer>()?.state == "active"),
            _ => Err(answer.failure()),
        }
    }

    async fn ask(&self, token: &Secret, path: &[&str]) -> Result<crate::http::Answer> {
        let request = self
            .http
            .get(self.options.api.at(path))
            .bearer_auth(token.reveal())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("X-GitHub-Api-Version", API_VERSION);
        self.http.send(PROVIDER, request).await
    }
}
