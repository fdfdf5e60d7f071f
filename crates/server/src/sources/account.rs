//! A member's own account at Spotify: its tokens, sealed at rest, opened where they are used, and renewed in this one
//! place, so that two requests never renew twice.

use super::{SourceFault, Sources};
use crate::app::App;
use crate::error::{Error, Result};
use database::accounts::{self, LinkedAccount};
use identity::{SealFor, Sealed};
use model::{MemberId, MusicService, WallTime};
use providers::spotify::SpotifyApp;
use providers::{Secret, Tokens};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// The name of Spotify in storage.
pub(crate) const PROVIDER: &str = MusicService::Spotify.name();

/// Held while tokens of a member are renewed, by a part of the member's id.
pub(super) type Renewing = [Mutex<()>; 32];

/// An account, ready to be used.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) app: Arc<SpotifyApp>,
    pub(crate) token: Secret,
    pub(crate) expires_at: WallTime,
    pub(crate) scopes: String,
}

impl Access {
    /// Whether the person granted all of these.
    pub(crate) fn grants(&self, scopes: &[&str]) -> bool {
        scopes.iter().all(|scope| self.scopes.split(' ').any(|granted| granted == *scope))
    }
}

#[derive(Clone, Copy)]
enum Part {
    Access,
    Refresh,
}

impl Part {
    const fn of(self, owner: &str) -> SealFor<'_> {
        let purpose = match self {
            Self::Access => "spotify access token",
            Self::Refresh => "spotify refresh token",
        };
        SealFor { purpose, owner }
    }
}

/// What the token of a member's account is sealed for.
pub(crate) const fn sealed_access_token(member: &str) -> SealFor<'_> {
    Part::Access.of(member)
}

/// What the token is sealed for that renews it.
pub(crate) const fn sealed_refresh_token(member: &str) -> SealFor<'_> {
    Part::Refresh.of(member)
}

/// The account of a member, with a token that is good for a while.
///
/// # Errors
/// [`Error::Source`]: not connected, ended, or Spotify does not renew it now.
pub(crate) async fn access(app: &App, member: MemberId) -> Result<Access> {
    let account = linked(app, member).await?;
    let access = opened(app, &account).await?;
    if is_good(app, &access) { Ok(access) } else { renewed(app, member, None).await }
}

/// Asks with the account of a member; once more with a new token, if Spotify takes the old one no longer.
///
/// # Errors
/// The same, and whatever Spotify says.
pub(crate) async fn with<T, F>(
    app: &App,
    member: MemberId,
    ask: impl Fn(Arc<SpotifyApp>, Secret) -> F + Send,
) -> Result<T>
where
    F: Future<Output = providers::Result<T>> + Send,
{
    let access = access(app, member).await?;
    let mut answer = ask(access.app, access.token.clone()).await;
    if let Err(providers::Error::ExpiredToken { .. }) = answer {
        let access = renewed(app, member, Some(&access.token)).await?;
        answer = ask(access.app, access.token).await;
    }
    if let Err(providers::Error::PremiumRequired { .. }) = answer {
        accounts::set_premium(app.database(), member, PROVIDER, false).await?;
    }
    answer.map_err(|error| SourceFault::from(error).into())
}

/// Tokens as they are stored.
pub(super) fn seal(app: &App, member: MemberId, tokens: &Tokens) -> Result<(Sealed, Option<Sealed>)> {
    let owner = member.to_string();
    let seal = |part: Part, text: &Secret| {
        let sealed = app.draw(|entropy| app.sign_in().sealer().seal(part.of(&owner), text.reveal(), entropy));
        sealed.map_err(|_| Error::Fault("a token could not be sealed"))
    };
    let refresh = tokens.refresh.as_ref().map(|text| seal(Part::Refresh, text)).transpose()?;
    Ok((seal(Part::Access, &tokens.access)?, refresh))
}

async fn linked(app: &App, member: MemberId) -> Result<LinkedAccount> {
    let found = accounts::get(app.database(), member, PROVIDER).await?;
    let account = found.ok_or(SourceFault::NotConnected(MusicService::Spotify))?;
    if account.ended_at.is_some() { Err(ended()) } else { Ok(account) }
}

async fn opened(app: &App, account: &LinkedAccount) -> Result<Access> {
    // Without the client id it was connected with, or sealed with another key, it is of no use.
    let client = super::client_ids::known(app, &account.client_id).await?.ok_or_else(ended)?;
    let owner = account.member.to_string();
    let token = app.sign_in().sealer().open(Part::Access.of(&owner), &account.access_token);
    Ok(Access {
        app: client,
        token: Secret::new(token.map_err(|_| ended())?),
        expires_at: account.expires_at,
        scopes: account.scopes.clone(),
    })
}

fn is_good(app: &App, access: &Access) -> bool {
    app.now().plus(providers::TOKEN_MARGIN) < access.expires_at
}

/// A new token, unless somebody was faster. `used`: one that Spotify did not take, although its time is not over.
async fn renewed(app: &App, member: MemberId, used: Option<&Secret>) -> Result<Access> {
    let _one_at_a_time = app.sources().renewing(member).await;
    let account = linked(app, member).await?;
    let access = opened(app, &account).await?;
    if is_good(app, &access) && used != Some(&access.token) {
        return Ok(access);
    }
    let owner = member.to_string();
    let refresh = account.refresh_token.as_ref().ok_or_else(ended)?;
    let refresh = app.sign_in().sealer().open(Part::Refresh.of(&owner), refresh).map_err(|_| ended())?;
    let tokens = match access.app.refresh(&Secret::new(refresh)).await {
        Ok(tokens) => tokens,
        Err(error @ providers::Error::SignInAgain { .. }) => {
            // Another process may have used the refresh token up, and have a new one.
            let now = linked(app, member).await?;
            if now.access_token != account.access_token {
                return opened(app, &now).await;
            }
            accounts::end(app.database(), &account, app.now()).await?;
            tracing::info!(%member, "an account at Spotify has to be connected again");
            return Err(SourceFault::from(error).into());
        }
        Err(error) => return Err(SourceFault::from(error).into()),
    };
    let (sealed, refresh) = seal(app, member, &tokens)?;
    let new = LinkedAccount {
        access_token: sealed,
        refresh_token: refresh,
        expires_at: tokens.expires_at,
        ..account.clone()
    };
    // Whoever disconnected meanwhile stays disconnected.
    if !accounts::renew(app.database(), &account, &new).await? {
        let now = linked(app, member).await?;
        return opened(app, &now).await;
    }
    Ok(Access { token: tokens.access, expires_at: tokens.expires_at, ..access })
}

fn ended() -> Error {
    SourceFault::from(providers::Error::SignInAgain { provider: providers::Provider::Spotify }).into()
}

impl Sources {
    async fn renewing(&self, member: MemberId) -> MutexGuard<'_, ()> {
        let at = (member.as_u128() % self.renewing.len() as u128) as usize;
        self.renewing[at].lock().await
    }
}
