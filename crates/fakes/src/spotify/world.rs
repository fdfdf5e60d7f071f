//! What the fake knows: applications, accounts, a catalogue.

use super::player::Player;
use crate::grant::Grants;
use model::{TrackPosition, WallTime};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An id of Spotify out of a readable name: 22 letters and digits.
pub fn spotify_id(name: &str) -> String {
    format!("{name:0>22}")
}

/// A track, or an episode of a show.
#[derive(Clone, Debug)]
pub struct SpotifyTrack {
    /// See [`spotify_id`].
    pub id: String,
    /// Title.
    pub name: String,
    /// Artists' names; their ids are made of them. An episode has none.
    pub artists: Vec<String>,
    /// The name of the album, or of the show.
    pub album: String,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Recording code.
    pub isrc: Option<String>,
    /// Marked as explicit.
    pub is_explicit: bool,
    /// Where it may be played; everywhere if empty.
    pub markets: Vec<String>,
    /// Whether it is an episode.
    pub is_episode: bool,
}

impl SpotifyTrack {
    /// A track of three and a half minutes for every market.
    pub fn new(id: &str, name: &str, artist: &str, album: &str) -> Self {
        Self {
            id: spotify_id(id),
            name: name.to_owned(),
            artists: vec![artist.to_owned()],
            album: album.to_owned(),
            duration_ms: 210_000,
            isrc: None,
            is_explicit: false,
            markets: Vec::new(),
            is_episode: false,
        }
    }

    pub(super) fn is_in(&self, market: Option<&str>) -> bool {
        self.markets.is_empty()
            || market.is_some_and(|market| self.markets.iter().any(|known| known == market))
    }

    pub(super) fn uri(&self) -> String {
        format!("spotify:{}:{}", if self.is_episode { "episode" } else { "track" }, self.id)
    }
}

/// A device of an account.
#[derive(Clone, Debug)]
pub struct SpotifyDevice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is switched on.
    pub is_on: bool,
    /// Whether it takes no commands from elsewhere.
    pub is_restricted: bool,
    /// 0 to 100.
    pub volume_percent: u8,
}

/// An account.
#[derive(Clone, Debug)]
pub struct SpotifyAccount {
    /// Its id.
    pub name: String,
    /// Two letters.
    pub country: String,
    /// Whether it pays.
    pub is_premium: bool,
    /// Its devices.
    pub devices: Vec<SpotifyDevice>,
    pub(super) player: Option<Player>,
}

impl SpotifyAccount {
    /// The same that does not pay.
    pub fn free(name: &str) -> Self {
        Self { is_premium: false, ..Self::new(name) }
    }

    /// A paying account in Germany with a computer that is switched on: `NAME-computer`.
    pub fn new(name: &str) -> Self {
        let device = |kind: &str, is_on| SpotifyDevice {
            id: format!("{name}-{kind}"),
            name: format!("{name}'s {kind}"),
            is_on,
            is_restricted: false,
            volume_percent: 60,
        };
        Self {
            name: name.to_owned(),
            country: "DE".to_owned(),
            is_premium: true,
            devices: vec![device("computer", true), device("phone", false)],
            player: None,
        }
    }
}

pub(super) struct App {
    pub secret: String,
    pub redirect_uris: Vec<String>,
    pub accounts: BTreeSet<String>,
    /// When its last requests were.
    pub recent: VecDeque<WallTime>,
}

pub(super) struct Playlist {
    pub id: String,
    pub name: String,
    pub owner: String,
    /// Ids of tracks; `None` is something that was taken away.
    pub entries: Vec<Option<String>>,
}

pub(super) struct World {
    pub apps: BTreeMap<String, App>,
    pub accounts: BTreeMap<String, SpotifyAccount>,
    pub tracks: Vec<SpotifyTrack>,
    pub playlists: Vec<Playlist>,
    pub grants: Grants,
    pub at_browser: Option<String>,
    pub granted_only: Option<BTreeSet<String>>,
    pub requests_max: usize,
}

/// People an application may have in development mode.
const SEATS: usize = 5;

impl World {
    /// An application, an account `ana`, and a catalogue with one of everything.
    pub fn sample() -> Self {
        let mut world = Self {
            apps: BTreeMap::new(),
            accounts: BTreeMap::new(),
            tracks: Vec::new(),
            playlists: Vec::new(),
            grants: Grants::default(),
            at_browser: None,
            granted_only: None,
            requests_max: 180,
        };
        world.add_app("app-1", "secret-of-app-1", "http://127.0.0.1:21800/auth/spotify/callback");
        world.accounts.insert("ana".into(), SpotifyAccount::new("ana"));
        world.register("app-1", "ana").expect("a free seat");
        let track = |n: u32, name: &str, artist: &str, album: &str| SpotifyTrack {
            isrc: Some(format!("DEAAA26{n:05}")),
            ..SpotifyTrack::new(&format!("track{n}"), name, artist, album)
        };
        world.tracks = vec![
            track(1, "Morning Roost", "The Rooks", "Colony"),
            SpotifyTrack { is_explicit: true, ..track(2, "Corvid Blues", "The Rooks", "Colony") },
            SpotifyTrack { markets: vec!["SE".into()], ..track(3, "Only in Sweden", "The Rooks", "Colony") },
            SpotifyTrack { duration_ms: 0, ..track(4, "Silence of No Length", "Jackdaw", "Nothing") },
            track(5, "Rooks and Ravens", "Jackdaw", "Ravens"),
        ];
        world.tracks[4].artists.push("The Rooks".to_owned());
        let episode = |n: u32| SpotifyTrack {
            artists: Vec::new(),
            is_episode: true,
            duration_ms: 1_800_000,
            ..SpotifyTrack::new(&format!("episode{n}"), &format!("Talk number {n}"), "", "Bird Talk")
        };
        world.tracks.extend((1..=60).map(episode));
        world
            .tracks
            .extend((1..=70).map(|n| {
                SpotifyTrack::new(&format!("long{n}"), &format!("Part {n}"), "Long", "Long Player")
            }));
        let mut entries: Vec<_> = (1..=64).map(|n| Some(spotify_id(&format!("long{n}")))).collect();
        entries[3] = None;
        world.playlists.push(Playlist {
            id: spotify_id("mine"),
            name: "Ana's evening".into(),
            owner: "ana".into(),
            entries,
        });
        world
    }

    pub fn add_app(&mut self, client_id: &str, secret: &str, redirect_uri: &str) {
        let redirect_uris = vec![redirect_uri.to_owned()];
        let app = App {
            secret: secret.to_owned(),
            redirect_uris,
            accounts: BTreeSet::new(),
            recent: VecDeque::new(),
        };
        self.apps.insert(client_id.to_owned(), app);
    }

    pub fn register(&mut self, client_id: &str, account: &str) -> Result<(), String> {
        let app = self.apps.get_mut(client_id).ok_or("no such application")?;
        if app.accounts.len() >= SEATS {
            return Err(format!("{client_id} has {SEATS} people already"));
        }
        app.accounts.insert(account.to_owned());
        Ok(())
    }

    pub fn account(&mut self, name: &str) -> &mut SpotifyAccount {
        self.accounts.get_mut(name).unwrap_or_else(|| panic!("there is no account {name}"))
    }

    /// Lets a track that has run out by now end.
    pub fn settle(&mut self, account: &str, now: WallTime) {
        let tracks = &self.tracks;
        let account =
            self.accounts.get_mut(account).unwrap_or_else(|| panic!("there is no account {account}"));
        if let Some(player) = &mut account.player {
            let length = tracks
                .iter()
                .find(|track| Some(track.uri()) == player.uri)
                .map_or(0, |track| track.duration_ms);
            let length = TrackPosition::from_millis(i64::try_from(length).unwrap_or(i64::MAX));
            player.end_if_over(length, now);
        }
    }

    pub fn track(&self, id: &str, is_episode: bool) -> Option<&SpotifyTrack> {
        self.tracks.iter().find(|track| track.id == id && track.is_episode == is_episode)
    }
}
