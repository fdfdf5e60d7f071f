//! Asking the services: searching, opening by id, following a link. Answers are remembered, and only so many questions
//! are under way at once.

use super::{SourceFault, Sources};
use crate::error::{Error, Result};
use crate::limits;
use crate::recent::Recent;
use model::{MusicService, ServerInstant, TrackSource};
use providers::soundcloud::{Resolved, SoundcloudId, SoundcloudSet};
use providers::spotify::{AlbumTracks, SpotifyApp, SpotifyId, SpotifyKind, SpotifyLink, SpotifySearch};
use providers::youtube::{YoutubeId, YoutubeLink, YoutubeListId};
use providers::{Collection, Link, ProviderTrack, Secret, TrackKind, Urgency};
use std::sync::Arc;

/// What a search found, best first within each kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) tracks: Vec<ProviderTrack>,
    pub(crate) collections: Vec<Collection>,
}

/// One song, or a list with its songs.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) collection: Option<Collection>,
    pub(crate) tracks: Vec<ProviderTrack>,
    /// How many more the list has.
    pub(crate) left_out: usize,
}

/// What a service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Track,
    Episode,
    Album,
    Artist,
    Playlist,
    Show,
}

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Search {
    pub(crate) service: MusicService,
    pub(crate) text: String,
    pub(crate) kinds: Vec<Kind>,
    /// Of each kind.
    pub(crate) limit: u8,
}

/// The account of whoever asks, for what Spotify shows only to its owner.
pub(crate) struct Asker {
    pub(crate) app: Arc<SpotifyApp>,
    pub(crate) access: Secret,
}

/// What has been answered.
pub(super) struct Answers {
    searches: Recent<Search, Arc<Found>>,
    lists: Recent<(MusicService, Kind, String), Arc<List>>,
    links: Recent<String, Arc<List>>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            searches: Recent::new(limits::SOURCE_SEARCHES_KEPT_MAX, limits::SOURCE_ANSWERS_KEPT),
            lists: Recent::new(limits::SOURCE_LISTS_KEPT_MAX, limits::SOURCE_ANSWERS_KEPT),
            links: Recent::new(limits::SOURCE_LISTS_KEPT_MAX, limits::SOURCE_ANSWERS_KEPT),
        }
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Track, Self::Episode, Self::Album, Self::Artist, Self::Playlist, Self::Show];

    pub(crate) const fn name(self) -> &'static str {
        self.spotify().word()
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    const fn spotify(self) -> SpotifyKind {
        match self {
            Self::Track => SpotifyKind::Track,
            Self::Episode => SpotifyKind::Episode,
            Self::Album => SpotifyKind::Album,
            Self::Artist => SpotifyKind::Artist,
            Self::Playlist => SpotifyKind::Playlist,
            Self::Show => SpotifyKind::Show,
        }
    }

    const fn of_spotify(kind: SpotifyKind) -> Self {
        match kind {
            SpotifyKind::Track => Self::Track,
            SpotifyKind::Episode => Self::Episode,
            SpotifyKind::Album => Self::Album,
            SpotifyKind::Artist => Self::Artist,
            SpotifyKind::Playlist => Self::Playlist,
            SpotifyKind::Show => Self::Show,
        }
    }
}

impl List {
    fn of_one(track: ProviderTrack) -> Self {
        Self { collection: None, tracks: vec![track], left_out: 0 }
    }
}

impl Sources {
    /// Looks for songs.
    pub(crate) async fn search(
        &self,
        search: &Search,
        urgency: Urgency,
        now: ServerInstant,
    ) -> Result<Arc<Found>> {
        self.require(search.service)?;
        let offered = self.searches(search.service);
        if offered.is_empty() {
            return Err(no_secret(search.service).into());
        }
        if let Some(strange) = search.kinds.iter().find(|kind| !offered.contains(kind)) {
            return Err(Error::invalid("kinds", format!("no {} can be searched for there", strange.name())));
        }
        if let Ok(known) = self.answers.searches.get(search, now) {
            return Ok(known);
        }
        let _place = self.place()?;
        let found = self.search_service(search, urgency).await.map_err(SourceFault::from)?;
        Ok(self.answers.searches.keep(search.clone(), Arc::new(found), now))
    }

    async fn search_service(&self, search: &Search, urgency: Urgency) -> providers::Result<Found> {
        let Search { service, text, kinds, limit } = search;
        match (service, &self.youtube, &self.soundcloud) {
            (MusicService::Spotify, ..) => {
                let kinds: Vec<_> = kinds.iter().map(|kind| kind.spotify()).collect();
                let search = SpotifySearch { text, kinds: &kinds, limit: *limit, offset: 0, urgency };
                let found = self.spotify.search(&search).await?;
                Ok(Found { tracks: found.tracks, collections: found.collections })
            }
            (MusicService::YouTube, Some(youtube), _) => {
                let tracks = youtube.search(text, *limit).await?;
                Ok(Found { tracks, ..Found::default() })
            }
            (MusicService::SoundCloud, _, Some(soundcloud)) => {
                let tracks = soundcloud.search(text, *limit, urgency).await?;
                Ok(Found { tracks, ..Found::default() })
            }
            _ => Ok(Found::default()),
        }
    }

    /// One song, or a list with its songs. Playlists of Spotify need their owner's account.
    pub(crate) async fn open(
        &self,
        service: MusicService,
        kind: Kind,
        id: &str,
        asker: Option<&Asker>,
        now: ServerInstant,
    ) -> Result<Arc<List>> {
        self.require(service)?;
        if self.opens(service).is_empty() {
            return Err(no_secret(service).into());
        }
        let key = (service, kind, id.to_owned());
        let is_private = service == MusicService::Spotify && kind == Kind::Playlist;
        if !is_private && let Ok(known) = self.answers.lists.get(&key, now) {
            return Ok(known);
        }
        let none = || providers::Error::NotFound {
            provider: super::provider_of(service),
            what: format!("{} {}", kind.name(), id.chars().take(64).collect::<String>()),
        };
        let _place = self.place()?;
        let list = match (service, &self.youtube, &self.soundcloud) {
            (MusicService::YouTube, Some(youtube), _) => match kind {
                Kind::Track => {
                    let id = YoutubeId::parse(id).ok_or_else(none).map_err(SourceFault::from)?;
                    youtube.video(&id).await.map(List::of_one)
                }
                Kind::Playlist => {
                    let id = YoutubeListId::parse(id).ok_or_else(none).map_err(SourceFault::from)?;
                    youtube.playlist(&id).await.map(|list| {
                        let total = list.collection.tracks_total.unwrap_or(0) as usize;
                        let left_out = total.saturating_sub(list.tracks.len());
                        List { collection: Some(list.collection), tracks: list.tracks, left_out }
                    })
                }
                _ => Err(none()),
            },
            (MusicService::SoundCloud, _, Some(soundcloud)) => {
                let number = SoundcloudId::parse(id).ok_or_else(none).map_err(SourceFault::from)?;
                match kind {
                    Kind::Track => soundcloud.track(number, Urgency::Person).await.map(List::of_one),
                    Kind::Playlist => soundcloud.set(number, Urgency::Person).await.map(of_set),
                    _ => Err(none()),
                }
            }
            (MusicService::Spotify, ..) => {
                let id = SpotifyId::parse(id).ok_or_else(none).map_err(SourceFault::from)?;
                self.open_spotify(kind, &id, asker).await?
            }
            _ => Err(none()),
        };
        let list = list.map_err(SourceFault::from)?;
        let list = Arc::new(list);
        Ok(if is_private { list } else { self.answers.lists.keep(key, list, now) })
    }

    async fn open_spotify(
        &self,
        kind: Kind,
        id: &SpotifyId,
        asker: Option<&Asker>,
    ) -> Result<providers::Result<List>> {
        let (spotify, urgency) = (&self.spotify, Urgency::Person);
        Ok(match kind {
            Kind::Track => spotify.track(id, urgency).await.map(List::of_one),
            Kind::Episode => spotify.episode(id, urgency).await.map(List::of_one),
            Kind::Album => spotify.album(id, urgency).await.map(of_album),
            Kind::Artist => spotify.artist_top(id, urgency).await.map(of_album),
            Kind::Show => spotify.show(id, urgency).await.map(of_album),
            Kind::Playlist => {
                let Asker { app, access } = asker.ok_or(SourceFault::NotConnected(MusicService::Spotify))?;
                app.playlist(access, id, urgency).await.map(of_album)
            }
        })
    }

    /// What a link leads to.
    pub(crate) async fn follow(
        &self,
        link: &Link,
        asker: Option<&Asker>,
        now: ServerInstant,
    ) -> Result<Arc<List>> {
        match link {
            Link::Spotify(SpotifyLink { kind, id }) => {
                let kind = Kind::of_spotify(*kind);
                self.open(MusicService::Spotify, kind, id.as_str(), asker, now).await
            }
            Link::Youtube(YoutubeLink::Video { id, .. }) => {
                self.open(MusicService::YouTube, Kind::Track, id.as_str(), None, now).await
            }
            Link::Youtube(YoutubeLink::Playlist(id)) => {
                self.open(MusicService::YouTube, Kind::Playlist, id.as_str(), None, now).await
            }
            Link::Soundcloud(page) => {
                let service = MusicService::SoundCloud;
                let soundcloud = self.soundcloud.as_ref().ok_or(SourceFault::NotSetUp(service))?;
                let key = page.page().to_owned();
                if let Ok(known) = self.answers.links.get(&key, now) {
                    return Ok(known);
                }
                let _place = self.place()?;
                let resolved = soundcloud.resolve(page, Urgency::Person).await.map_err(SourceFault::from)?;
                let list = match resolved {
                    Resolved::Track(track) => List::of_one(*track),
                    Resolved::Set(set) => of_set(set),
                };
                Ok(self.answers.links.keep(key, Arc::new(list), now))
            }
        }
    }

    /// A song by what it is called in a queue.
    pub(crate) async fn song(&self, source: TrackSource, now: ServerInstant) -> Result<ProviderTrack> {
        let (service, kind, id) = match source {
            TrackSource::Library => return Err(Error::NotFound("song of a service")),
            TrackSource::Spotify(id) => (MusicService::Spotify, Kind::Track, id.bare()),
            TrackSource::SpotifyEpisode(id) => (MusicService::Spotify, Kind::Episode, id.bare()),
            TrackSource::YouTube(id) => (MusicService::YouTube, Kind::Track, id.to_string()),
            TrackSource::SoundCloud(id) => (MusicService::SoundCloud, Kind::Track, id.to_string()),
        };
        let list = self.open(service, kind, &id, None, now).await?;
        list.tracks.first().cloned().ok_or(Error::NotFound("song of a service"))
    }
}

/// What a queue calls a song; `None` if its id is none that a queue takes.
pub(crate) fn source_of(track: &ProviderTrack) -> Option<TrackSource> {
    let service = super::service_of(track.source)?;
    let id = match (service, track.kind) {
        (MusicService::Spotify, TrackKind::Track) => format!("spotify:track:{}", track.id),
        (MusicService::Spotify, TrackKind::Episode) => format!("spotify:episode:{}", track.id),
        _ => track.id.clone(),
    };
    TrackSource::of(service, &id).ok()
}

/// People can connect, and nobody can search.
const fn no_secret(service: MusicService) -> SourceFault {
    SourceFault::NotOffered { service, why: "no client id is there whose secret is known" }
}

fn of_album(list: AlbumTracks) -> List {
    List { collection: Some(list.collection), tracks: list.tracks, left_out: list.left_out }
}

fn of_set(set: SoundcloudSet) -> List {
    let total = set.collection.tracks_total.unwrap_or(0) as usize;
    let left_out = total.saturating_sub(set.tracks.len());
    List { collection: Some(set.collection), tracks: set.tracks, left_out }
}
