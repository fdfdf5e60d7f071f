//! A scene: the fakes, a clock moved by hand, and clients that know both.

use fakes::{FakeSoundcloud, FakeSpotify, FakeYoutube, HandClock};
use model::{Clock, SeededEntropy};
use providers::soundcloud::{Soundcloud, SoundcloudOptions};
use providers::spotify::{Spotify, SpotifyApp, SpotifyAppOptions, SpotifyEndpoints, SpotifyOptions};
use providers::youtube::{Youtube, YoutubeOptions};
use providers::{BaseUrl, Callback, Http, HttpOptions, Market, Provider, Secret, SignInAttempt, Tokens};
use std::sync::Arc;
use std::time::Duration;

pub const REDIRECT: &str = "http://127.0.0.1:21800/auth/spotify/callback";

pub fn http() -> Http {
    Http::new(&HttpOptions { timeout: Duration::from_secs(5), ..HttpOptions::default() }).unwrap()
}

pub fn market(text: &str) -> Market {
    Market::parse(text).unwrap()
}

pub struct SpotifyScene {
    pub clock: Arc<HandClock>,
    pub fake: FakeSpotify,
    pub client: Spotify,
}

impl SpotifyScene {
    pub fn begin() -> Self {
        Self::with(http(), &[("app-1", "secret-of-app-1")])
    }

    pub fn with(http: Http, apps: &[(&str, &str)]) -> Self {
        let clock = Arc::new(HandClock::default());
        let fake = FakeSpotify::start(clock.clone());
        let app = |(id, secret): &(&str, &str)| SpotifyAppOptions {
            client_id: (*id).to_owned(),
            client_secret: Some(Secret::new(*secret)),
        };
        let options = SpotifyOptions {
            apps: apps.iter().map(app).collect(),
            market: market("DE"),
            endpoints: SpotifyEndpoints::new(&fake.api(), &fake.accounts()).unwrap(),
        };
        let client = Spotify::new(http, clock.clone(), options);
        Self { clock, fake, client }
    }

    pub fn app(&self) -> Arc<SpotifyApp> {
        self.client.app("app-1").unwrap()
    }

    /// A person signs in through the browser.
    pub async fn sign_in(&self, account: &str) -> Tokens {
        let app = self.app();
        let attempt = attempt(self.clock.as_ref());
        let callback = self.visit(&app, &attempt, Some(account));
        app.exchange(&attempt, &callback, REDIRECT).await.unwrap()
    }

    pub fn visit(&self, app: &SpotifyApp, attempt: &SignInAttempt, account: Option<&str>) -> Callback {
        self.fake.sign_in_as(account);
        let page = fakes::visit("GET", &app.sign_in_page(attempt, REDIRECT), &[], "");
        let back = page.location.unwrap_or_else(|| panic!("{}", page.json));
        Callback::from_query(back.split_once('?').unwrap().1)
    }
}

/// An attempt that no other is like, as long as the clock moves or the scenes are separate.
pub fn attempt(clock: &dyn Clock) -> SignInAttempt {
    SignInAttempt::begin(&mut SeededEntropy::from_seed(clock.instant().micros() + 1))
}

pub fn youtube() -> (Arc<HandClock>, FakeYoutube, Youtube) {
    let clock = Arc::new(HandClock::default());
    let fake = FakeYoutube::start(clock.clone());
    let options = YoutubeOptions {
        api_key: Secret::new("youtube-key"),
        market: market("DE"),
        api: BaseUrl::parse(Provider::Youtube, &fake.api()).unwrap(),
    };
    let client = Youtube::new(http(), clock.clone(), options);
    (clock, fake, client)
}

pub fn soundcloud() -> (Arc<HandClock>, FakeSoundcloud, Soundcloud) {
    let clock = Arc::new(HandClock::default());
    let fake = FakeSoundcloud::start(clock.clone());
    let base = BaseUrl::parse(Provider::Soundcloud, &fake.server.origin()).unwrap();
    let options = SoundcloudOptions {
        client_id: "soundcloud-app".to_owned(),
        client_secret: Secret::new("soundcloud-secret"),
        api: base.clone(),
        sign_in: base,
    };
    let client = Soundcloud::new(http(), clock.clone(), options);
    (clock, fake, client)
}
