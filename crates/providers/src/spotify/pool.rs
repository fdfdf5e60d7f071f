//! Several client ids as one: a search goes to whichever is well and has most left.

use super::app::Call;
use super::{AppHealth, SpotifyApp, SpotifyAppOptions, SpotifyEndpoints};
use crate::http::Answer;
use crate::limits::SPOTIFY_SEATS;
use crate::{Error, Http, Market, Provider, Result};
use model::Clock;
use std::sync::{Arc, PoisonError, RwLock};

/// How Spotify is used.
#[derive(Clone, Debug)]
pub struct SpotifyOptions {
    /// Client ids; may be empty, then only what people bring themselves works.
    pub apps: Vec<SpotifyAppOptions>,
    /// The market the server itself asks for: with its own tokens Spotify knows no country.
    pub market: Market,
    /// Where Spotify is.
    pub endpoints: SpotifyEndpoints,
}

/// Spotify.
pub struct Spotify {
    http: Http,
    clock: Arc<dyn Clock>,
    endpoints: SpotifyEndpoints,
    pub(super) market: Market,
    apps: RwLock<Vec<Arc<SpotifyApp>>>,
}

impl Spotify {
    /// Nothing is asked of Spotify yet: starting needs no network.
    pub fn new(http: Http, clock: Arc<dyn Clock>, options: SpotifyOptions) -> Self {
        let SpotifyOptions { apps, market, endpoints } = options;
        let spotify = Self { http, clock, endpoints, market, apps: RwLock::new(Vec::new()) };
        for app in apps {
            spotify.add_app(app);
        }
        spotify
    }

    /// Adds a client id that a nest or a member brings, or replaces the one of the same name.
    pub fn add_app(&self, options: SpotifyAppOptions) -> Arc<SpotifyApp> {
        let (http, endpoints) = (self.http.clone(), self.endpoints.clone());
        let app = Arc::new(SpotifyApp::new(options, http, endpoints, Arc::clone(&self.clock)));
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
        apps.retain(|other| other.client_id() != app.client_id());
        apps.push(Arc::clone(&app));
        app
    }

    /// Takes a client id away.
    pub fn remove_app(&self, client_id: &str) {
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
        apps.retain(|app| app.client_id() != client_id);
    }

    /// Every client id, in the order they were added.
    pub fn apps(&self) -> Vec<Arc<SpotifyApp>> {
        self.apps.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The client id with which a person's tokens were given.
    pub fn app(&self, client_id: &str) -> Option<Arc<SpotifyApp>> {
        self.apps().into_iter().find(|app| app.client_id() == client_id)
    }

    /// The client id for one more person: the well one with most free seats of [`SPOTIFY_SEATS`]. `people` says how
    /// many signed in with each so far. `None` if every seat is taken.
    pub fn app_for_new_person(&self, people: impl Fn(&str) -> usize) -> Option<Arc<SpotifyApp>> {
        let apps = self.apps().into_iter();
        let free = apps.filter(|app| !matches!(app.health(), AppHealth::Refused { .. }));
        let with_seats =
            free.map(|app| (people(app.client_id()), app)).filter(|(taken, _)| *taken < SPOTIFY_SEATS);
        with_seats.min_by_key(|(taken, _)| *taken).map(|(_, app)| app)
    }

    /// Asks with a token of the server's own: the client id with most left first, the others if it cannot.
    pub(super) async fn ask(&self, call: &Call<'_>) -> Result<Answer> {
        let mut apps = self.apps();
        apps.retain(|app| app.can_search());
        apps.sort_by_key(|app| match app.health() {
            AppHealth::Ready { budget_left } => (0, u64::MAX - budget_left),
            AppHealth::Waiting { .. } => (1, 0),
            AppHealth::Unreachable { .. } => (2, 0),
            AppHealth::Refused { .. } => (3, 0),
        });
        let detail = "no client id with a secret is set".to_owned();
        let mut refusal = Error::Configuration { provider: Provider::Spotify, detail };
        for (at, app) in apps.iter().enumerate() {
            match app.as_server(call).await {
                Err(error @ (Error::RateLimited { .. } | Error::CredentialsRefused { .. })) => {
                    // What to tell in the end: the shortest wait, rather than "refused".
                    let shorter = error
                        .retry_after()
                        .is_some_and(|wait| refusal.retry_after().is_none_or(|w| wait < w));
                    if at == 0 || shorter {
                        refusal = error;
                    }
                }
                answered => return answered,
            }
        }
        Err(refusal)
    }
}

impl std::fmt::Debug for Spotify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spotify")
            .field("apps", &self.apps())
            .field("market", &self.market)
            .finish_non_exhaustive()
    }
}
