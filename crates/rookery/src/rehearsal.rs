//! The services outside, played by fakes in this very process, for browser tests and for trying things out without
//! accounts. Only in a build with the feature `fakes`, and there only with `ROOKERY_FAKES`.
//!
//! Ana, who pays, and Ben, who does not, are on the list of Spotify's client id; Ana sits at the browser.

use fakes::{FakeSoundcloud, FakeSpotify, FakeVideo, FakeYoutube, SpotifyAccount, SpotifyTrack};
use model::Clock;
use providers::spotify::SpotifyAppOptions;
use providers::{Market, Secret};
use server::{SoundcloudConfig, SourceAddresses, SourcesConfig};
use std::sync::Arc;

const CLIENT: &str = "app-1";
const SECRET: &str = "secret-of-app-1";

/// The fakes. They end when this is dropped.
pub struct Cast {
    _spotify: FakeSpotify,
    _youtube: FakeYoutube,
    _soundcloud: FakeSoundcloud,
}

/// Starts them; `base` is where people reach this server.
pub fn start(clock: &Arc<dyn Clock>, base: &str) -> (Cast, SourcesConfig) {
    let spotify = FakeSpotify::start(Arc::clone(clock));
    spotify.add_app(CLIENT, SECRET, &format!("{base}/authentication/spotify_callback"));
    spotify.add_account(SpotifyAccount::free("ben"));
    for account in ["ana", "ben"] {
        // The list is empty: there is room.
        let _registered = spotify.register(CLIENT, account);
    }
    spotify.sign_in_as(Some("ana"));
    spotify.add_track(SpotifyTrack::new("flickermood", "Flickermood", "Forss", "Soulhack"));
    let youtube = FakeYoutube::start(Arc::clone(clock));
    youtube.add(FakeVideo::new("dQw4w9WgXcQ", "Rooks at dawn", "PT4M"));
    youtube.add(FakeVideo::new("9bZkp7q19f0", "Rooks at dusk", "PT2M30S"));
    youtube.add_playlist("PLrooksandravens", &["dQw4w9WgXcQ", "9bZkp7q19f0"]);
    let soundcloud = FakeSoundcloud::start(Arc::clone(clock));
    soundcloud.add(293, "Flickermood", 213_000, "playable");
    soundcloud.add(294, "Snippet", 213_000, "preview");
    soundcloud.add_set(77, "evening", &[293, 294]);
    let client_secret = Some(Secret::new(SECRET));
    let config = SourcesConfig {
        market: Market::parse("DE").unwrap_or(Market::US),
        spotify: Some(SpotifyAppOptions { client_id: CLIENT.to_owned(), client_secret }),
        youtube_key: Some(Secret::new("youtube-key")),
        soundcloud: Some(SoundcloudConfig {
            client_id: "soundcloud-app".to_owned(),
            client_secret: Secret::new("soundcloud-secret"),
        }),
        addresses: SourceAddresses {
            spotify_api: spotify.api(),
            spotify_accounts: spotify.accounts(),
            youtube_api: youtube.api(),
            soundcloud_api: soundcloud.server.origin(),
            soundcloud_sign_in: soundcloud.server.origin(),
        },
    };
    (Cast { _spotify: spotify, _youtube: youtube, _soundcloud: soundcloud }, config)
}
