//! A member's own account: authorization code with PKCE and state, refresh, who they are.

use super::app::Call;
use super::{SpotifyApp, map, wire};
use crate::oauth::token_answer;
use crate::track::shown;
use crate::{Artwork, Callback, Error, Provider, Result, Secret, SignInAttempt, Tokens, Urgency};

/// What following a nest on a device needs.
pub const DEVICE_SCOPES: [&str; 2] = ["user-read-playback-state", "user-modify-playback-state"];

/// What is asked for when a member connects an account: devices, own playlists, own episodes, the name, and playing
/// in the browser.
pub const SPOTIFY_SCOPES: [&str; 6] = [
    "user-read-playback-state",
    "user-modify-playback-state",
    "playlist-read-private",
    "user-read-playback-position",
    "user-read-private",
    "streaming",
];

/// Where a person withdraws what was granted. Spotify offers no other way.
pub const REMOVE_ACCESS_PAGE: &str = "https://www.spotify.com/account/apps/";

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpotifyProfile {
    /// Spotify's id of the account.
    pub id: String,
    /// As the person likes to be called; may be empty.
    pub name: String,
    /// Pictures, largest first.
    pub pictures: Vec<Artwork>,
}

impl SpotifyApp {
    /// Where to send the browser. `redirect_uri` must stand in Spotify's dashboard, letter for letter.
    pub fn sign_in_page(&self, attempt: &SignInAttempt, redirect_uri: &str) -> String {
        let mut url = self.endpoints.accounts.at(&["authorize"]);
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", attempt.state.reveal())
            .append_pair("scope", &SPOTIFY_SCOPES.join(" "))
            .append_pair("code_challenge_method", "S256")
            .append_pair("code_challenge", &attempt.challenge());
        url.into()
    }

    /// Exchanges what the browser came back with.
    ///
    /// # Errors
    /// [`Error::StateMismatch`], [`Error::SignInRefused`], [`Error::SignInAgain`] for a code that is used up, and
    /// those of any request.
    pub async fn exchange(
        &self,
        attempt: &SignInAttempt,
        callback: &Callback,
        redirect_uri: &str,
    ) -> Result<Tokens> {
        let code = attempt.accept(Provider::Spotify, callback)?;
        self.tokens(&[
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", attempt.verifier.reveal()),
        ])
        .await
    }

    /// New tokens for old. Keep what comes back: if it brings no new refresh token, the old one stays good and is
    /// part of the answer.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] if the person withdrew the access, and those of any request.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Tokens> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.reveal())];
        let mut tokens = self.tokens(&form).await?;
        tokens.refresh.get_or_insert_with(|| refresh.clone());
        Ok(tokens)
    }

    /// Who the tokens belong to.
    ///
    /// # Errors
    /// Those of any request.
    pub async fn profile(&self, access: &Secret) -> Result<SpotifyProfile> {
        let call = Call::get(&["me"], &[], Urgency::Person, "such account");
        let found: wire::Profile = self.ask(access, &call).await?.json()?;
        let name = shown(found.display_name.as_deref().unwrap_or_default());
        Ok(SpotifyProfile { id: shown(&found.id), name, pictures: map::artwork(&found.images) })
    }

    async fn tokens(&self, form: &[(&str, &str)]) -> Result<Tokens> {
        let request = self.http.post(self.endpoints.accounts.at(&["api", "token"]));
        let request = match &self.client_secret {
            Some(secret) => request.basic_auth(&self.client_id, Some(secret.reveal())).form(form),
            // Without a secret the id stands in the form (RFC 6749 section 3.2.1).
            None => request.form(&[form, &[("client_id", self.client_id.as_str())]].concat()),
        };
        let answer = self.http.send(Provider::Spotify, request).await?;
        let answered = token_answer(Provider::Spotify, &answer);
        if let Err(error @ Error::CredentialsRefused { .. }) = &answered {
            self.note(Some(error));
        }
        answered?.tokens(Provider::Spotify, self.clock.wall())
    }
}
