//! Connecting an account at Spotify: the way there, kept by the browser like an attempt to sign in, and the way back.

use super::account::{self, PROVIDER};
use super::{SourceFault, client_ids};
use crate::app::App;
use crate::error::{Error, Result};
use crate::nests::Room;
use crate::sign_in::{Fault, Pending, Reason};
use database::accounts::{self, LinkedAccount};
use identity::{AuditAction, Caller};
use model::MemberId;
use providers::spotify::SpotifyApp;
use providers::{Callback, SPOTIFY_SEATS};
use std::net::IpAddr;
use std::sync::Arc;

/// Where Spotify sends people back to, as other software has it.
pub const CALLBACK: &str = "/authentication/spotify_callback";

/// What an attempt is for, before the client id.
const SERVICE: &str = "spotify:";

/// Begins: where to send the browser, and the attempt it keeps.
///
/// # Errors
/// [`SourceFault::NotSetUp`], [`SourceFault::NoSeatLeft`]; whatever the database says.
pub(crate) async fn begin(
    app: &App,
    member: MemberId,
    nest: Option<&Room>,
    base: &str,
    return_to: &str,
) -> Result<(String, Pending)> {
    let open = client_ids::open_to(app, member, nest).await?;
    if open.is_empty() {
        return Err(SourceFault::NotSetUp(model::MusicService::Spotify).into());
    }
    let free = open.into_iter().find(|(_, free)| *free > 0);
    let (client, _) = free.ok_or(SourceFault::NoSeatLeft)?;
    let service = format!("{SERVICE}{}", client.client_id());
    let pending = Pending::begin(app, &service, Reason::Connect(member), return_to);
    Ok((client.sign_in_page(&pending.oauth, &format!("{base}{CALLBACK}")), pending))
}

/// Finishes: the account is connected.
///
/// # Errors
/// [`Error::SignIn`] for a way back that is not this browser's and this person's; [`Error::Source`].
pub(crate) async fn finish(
    app: &App,
    base: &str,
    pending: &Pending,
    callback: &Callback,
    signed: Option<&Caller>,
    from: IpAddr,
) -> Result<()> {
    let client_id = pending.service.strip_prefix(SERVICE).ok_or(Fault::Expired)?;
    let Reason::Connect(member) = pending.reason else { return Err(Fault::Expired.into()) };
    // Whoever signed out meanwhile, or is somebody else by now, has not asked for this.
    if signed.map(|caller| caller.member.id) != Some(member) {
        return Err(Fault::Expired.into());
    }
    let client = client_ids::known(app, client_id).await?.ok_or(Fault::Expired)?;
    let _place = app.sources().place()?;
    let redirect_uri = format!("{base}{CALLBACK}");
    let tokens = client.exchange(&pending.oauth, callback, &redirect_uri).await;
    let tokens = tokens.map_err(|error| match error {
        providers::Error::SignInAgain { .. } => Error::SignIn(Fault::Expired),
        error => SourceFault::from(error).into(),
    })?;
    let profile = client.profile(&tokens.access).await.map_err(|error| match error {
        // Only those on the client id's own list may use it.
        providers::Error::NotAllowed { .. } => SourceFault::NotRegistered,
        error => SourceFault::from(error),
    })?;
    let (access_token, refresh_token) = account::seal(app, member, &tokens)?;
    let linked = LinkedAccount {
        member,
        provider: PROVIDER.to_owned(),
        account_name: if profile.name.is_empty() { profile.id } else { profile.name },
        scopes: tokens.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" "),
        access_token,
        refresh_token,
        expires_at: tokens.expires_at,
        created_at: app.now(),
        client_id: client.client_id().to_owned(),
        is_premium: None,
        ended_at: None,
    };
    let line = app.line(AuditAction::AccountConnected).by(member).saying("Spotify").from(from);
    if !accounts::connect(app.database(), &linked, SPOTIFY_SEATS, &line).await? {
        return Err(SourceFault::NoSeatLeft.into());
    }
    log(&client, member);
    Ok(())
}

fn log(client: &Arc<SpotifyApp>, member: MemberId) {
    tracing::info!(%member, client_id = client.client_id(), "an account at Spotify was connected");
}
