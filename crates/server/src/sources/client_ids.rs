//! Client ids at Spotify: the server's own, and those that members and nests bring. All of them search, if their secrets
//! are known; a member connects with the server's, with that of a nest they came by, or with their own.

use super::account::PROVIDER;
use super::{SourceFault, Sources};
use crate::app::App;
use crate::error::{Error, Result};
use crate::nests::Room;
use database::accounts;
use database::client_ids::{self, BroughtBy, ClientId};
use identity::{AuditAction, AuditEntry, SealFor};
use model::{MemberId, NestId};
use protocol::http::{SpotifyClientId, SpotifyClientIdBody};
use providers::spotify::{SpotifyApp, SpotifyAppOptions};
use providers::{SPOTIFY_SEATS, Secret};
use std::sync::Arc;

/// Digits of a client id, and of its secret.
const DIGITS: usize = 32;

/// Takes up what was brought before the server started.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn start(app: &App) -> Result<()> {
    for brought in client_ids::list(app.database(), PROVIDER).await? {
        take_up(app, &brought);
    }
    Ok(())
}

/// A client id by its name, also one that another process took up; `None`: it was taken away.
pub(super) async fn known(app: &App, client_id: &str) -> Result<Option<Arc<SpotifyApp>>> {
    if let Some(known) = app.sources().spotify().app(client_id) {
        return Ok(Some(known));
    }
    let brought = client_ids::get(app.database(), PROVIDER, client_id).await?;
    Ok(brought.map(|brought| take_up(app, &brought)))
}

fn take_up(app: &App, brought: &ClientId) -> Arc<SpotifyApp> {
    let open = |sealed| app.sign_in().sealer().open(purpose(&brought.client_id), sealed).ok();
    let client_secret = brought.secret.as_ref().and_then(open).map(Secret::new);
    let client_id = brought.client_id.clone();
    app.sources().spotify().add_app(SpotifyAppOptions { client_id, client_secret })
}

/// What the secret of a client id is sealed for.
pub(crate) const fn purpose(client_id: &str) -> SealFor<'_> {
    SealFor { purpose: "spotify client secret", owner: client_id }
}

/// Brings a client id, in place of the one that was brought before.
///
/// # Errors
/// [`SourceFault::ClientIdTaken`], [`Error::InvalidInput`]; whatever the database says.
pub(crate) async fn bring(
    app: &App,
    by: BroughtBy,
    body: &SpotifyClientIdBody,
    line: &AuditEntry,
) -> Result<SpotifyClientId> {
    let client_id = digits("client_id", &body.client_id)?;
    let secret = body.client_secret.as_deref().map(|text| digits("client_secret", text)).transpose()?;
    if app.sources().own_client_id() == Some(client_id.as_str()) {
        return Err(SourceFault::ClientIdTaken.into());
    }
    let seal = |text: String| {
        let sealed = app.draw(|entropy| app.sign_in().sealer().seal(purpose(&client_id), &text, entropy));
        sealed.map_err(|_| Error::Fault("a client secret could not be sealed"))
    };
    let secret = secret.map(seal).transpose()?;
    let before = client_ids::brought(app.database(), PROVIDER, by).await?;
    let (provider, created_at) = (PROVIDER.to_owned(), app.now());
    let brought = ClientId { provider, client_id, by, secret, created_at };
    if !client_ids::bring(app.database(), &brought, line).await? {
        return Err(SourceFault::ClientIdTaken.into());
    }
    if let Some(before) = before.filter(|before| before.client_id != brought.client_id) {
        app.sources().spotify().remove_app(&before.client_id);
    }
    take_up(app, &brought);
    show(app, &brought).await
}

/// Takes a client id away; whether there was one.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn remove(app: &App, by: BroughtBy, line: &AuditEntry) -> Result<bool> {
    let removed = client_ids::remove(app.database(), PROVIDER, by, line).await?;
    if let Some(client_id) = &removed {
        app.sources().spotify().remove_app(client_id);
    }
    Ok(removed.is_some())
}

/// A nest has ended, and with it what its host brought for its people.
pub(crate) async fn nest_closed(app: &App, nest: NestId) {
    let line =
        app.line(AuditAction::ClientIdRemoved).about(nest).saying("Spotify, of a nest that was closed");
    if let Err(error) = remove(app, BroughtBy::Nest(nest), &line).await {
        tracing::warn!(%nest, %error, "the client id of a nest could not be taken away");
    }
}

/// The client id that a member brought; `None`: none.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn of_member(app: &App, member: MemberId) -> Result<Option<String>> {
    let brought = client_ids::brought(app.database(), PROVIDER, BroughtBy::Member(member)).await?;
    Ok(brought.map(|brought| brought.client_id))
}

/// A client id is in the database no more.
pub(crate) fn taken_away(app: &App, client_id: &str) {
    app.sources().spotify().remove_app(client_id);
}

/// The client id that somebody brought.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn brought(app: &App, by: BroughtBy) -> Result<Option<SpotifyClientId>> {
    match client_ids::brought(app.database(), PROVIDER, by).await? {
        Some(brought) => show(app, &brought).await.map(Some),
        None => Ok(None),
    }
}

async fn show(app: &App, brought: &ClientId) -> Result<SpotifyClientId> {
    let people = accounts::people(app.database(), PROVIDER, &brought.client_id).await?;
    Ok(SpotifyClientId {
        client_id: brought.client_id.clone(),
        has_secret: brought.secret.is_some(),
        people: people as u32,
    })
}

/// The client ids a member may connect with, the one to take first, each with its free seats. Whoever has brought one
/// uses that; whoever is connected keeps their seat.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn open_to(
    app: &App,
    member: MemberId,
    nest: Option<&Room>,
) -> Result<Vec<(Arc<SpotifyApp>, usize)>> {
    let database = app.database();
    let own = client_ids::brought(database, PROVIDER, BroughtBy::Member(member)).await?;
    let nests = match nest {
        Some(room) => client_ids::brought(database, PROVIDER, BroughtBy::Nest(room.id)).await?,
        None => None,
    };
    let servers = app.sources().own_client_id().map(str::to_owned);
    let names = own.iter().chain(&nests).map(|brought| brought.client_id.clone()).chain(servers);
    let holds = accounts::get(database, member, PROVIDER).await?.map(|account| account.client_id);
    let mut open = Vec::new();
    for name in names {
        let Some(client) = known(app, &name).await? else { continue };
        let people = accounts::people(database, PROVIDER, &name).await?;
        let others = people.saturating_sub(usize::from(holds.as_ref() == Some(&name)));
        open.push((client, SPOTIFY_SEATS.saturating_sub(others)));
    }
    if own.is_none() {
        open.sort_by_key(|(_, free)| std::cmp::Reverse(*free));
    }
    Ok(open)
}

fn digits(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let fits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { Ok(text.to_owned()) } else { Err(Error::invalid(field, "expected 32 hexadecimal digits")) }
}

impl Sources {
    /// The client id of the settings.
    fn own_client_id(&self) -> Option<&str> {
        self.own_client_id.as_deref()
    }
}
