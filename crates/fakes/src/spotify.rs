//! Spotify: its accounts service and its Web API on one address, made from the published description.

mod accounts;
mod api;
mod objects;
mod player;
mod world;

pub use world::{SpotifyAccount, SpotifyDevice, SpotifyTrack, spotify_id};

use crate::description::Description;
use crate::server::{Reply, Request, Server, Service, lock};
use model::{Clock, TrackPosition};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use world::World;

/// The fake. It knows one application, `app-1` with the secret `secret-of-app-1`, and what a test adds.
pub struct FakeSpotify {
    /// For faults and for what was asked.
    pub server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    description: Description,
    world: Mutex<World>,
}

impl FakeSpotify {
    /// Starts it, with a small catalogue (`spotify_id("track1")` and so on; an account `ana`, a playlist of hers).
    pub fn start(clock: Arc<dyn Clock>) -> Self {
        let world = Mutex::new(World::sample());
        let shared = Arc::new(Shared { clock, description: Description::spotify(), world });
        let service: Arc<dyn Service> = shared.clone();
        Self { server: Server::start(service), shared }
    }

    /// Where its Web API is.
    pub fn api(&self) -> String {
        format!("{}/v1", self.server.origin())
    }

    /// Where its accounts are.
    pub fn accounts(&self) -> String {
        self.server.origin()
    }

    /// One more application. Nobody may use it until [`FakeSpotify::register`].
    pub fn add_app(&self, client_id: &str, secret: &str, redirect_uri: &str) {
        self.world(|world| world.add_app(client_id, secret, redirect_uri));
    }

    /// Puts an account on the list of an application: five at most, as in development mode.
    ///
    /// # Errors
    /// If the list is full.
    pub fn register(&self, client_id: &str, account: &str) -> Result<(), String> {
        self.world(|world| world.register(client_id, account))
    }

    /// One more account.
    pub fn add_account(&self, account: SpotifyAccount) {
        self.world(|world| world.accounts.insert(account.name.clone(), account));
    }

    /// One more track.
    pub fn add_track(&self, track: SpotifyTrack) {
        self.world(|world| world.tracks.push(track));
    }

    /// Who sits at the browser: the next visit of the sign-in page grants in this name. `None` refuses.
    pub fn sign_in_as(&self, account: Option<&str>) {
        self.world(|world| world.at_browser = account.map(str::to_owned));
    }

    /// The person at the browser grants only these scopes, whatever is asked for.
    pub fn grant_only(&self, scopes: &[&str]) {
        self.world(|world| {
            world.granted_only = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect())
        });
    }

    /// Ends every token of an account, as its owner can on Spotify's pages.
    pub fn withdraw(&self, account: &str) {
        self.world(|world| world.grants.withdraw(account));
    }

    /// Ends every access token now; refresh tokens stay good.
    pub fn end_access(&self) {
        self.world(|world| world.grants.access.clear());
    }

    /// How many requests an application may make in 30 s.
    pub fn limit(&self, requests: usize) {
        self.world(|world| world.requests_max = requests);
    }

    /// A device is switched on or off.
    pub fn switch(&self, account: &str, device: &str, on: bool) {
        let now = self.shared.clock.wall();
        self.world(|world| world.account(account).switch(device, on, now));
    }

    /// Somebody uses the device by hand: plays this from here.
    pub fn plays_by_hand(&self, account: &str, device: &str, uri: &str, position: TrackPosition) {
        let now = self.shared.clock.wall();
        self.world(|world| world.account(account).start(device, uri, position, now));
    }

    /// Somebody pauses by hand.
    pub fn pauses_by_hand(&self, account: &str) {
        let now = self.shared.clock.wall();
        self.world(|world| world.account(account).pause(now));
    }

    /// What an account plays now: the URI, whether sound comes out, and how far it is.
    pub fn hears(&self, account: &str) -> Option<(String, bool, TrackPosition)> {
        let now = self.shared.clock.wall();
        self.world(|world| {
            world.settle(account, now);
            let player = world.account(account).player.as_ref()?;
            let uri = player.uri.clone()?;
            Some((uri, player.is_playing, player.position(now)))
        })
    }

    /// The description it is made from.
    pub fn description(&self) -> &Description {
        &self.shared.description
    }

    fn world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut lock(&self.shared.world))
    }
}

impl Service for Shared {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.clock.wall();
        let mut world = lock(&self.world);
        match request.path.as_str() {
            "/authorize" => accounts::authorize(&mut world, &self.description, request, now),
            "/api/token" => accounts::token(&mut world, request, now),
            path if path.starts_with("/v1/") => api::answer(&mut world, &self.description, request, now),
            _ => api::failure(404, "Service not found", None),
        }
    }
}

/// Spotify counts requests in windows of this length.
const WINDOW: Duration = Duration::from_secs(30);
