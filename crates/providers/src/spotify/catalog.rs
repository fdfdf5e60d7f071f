//! Searching and looking things up.

use super::app::Call;
use super::{Spotify, SpotifyApp, SpotifyId, SpotifyKind, SpotifyLink, map, wire};
use crate::limits::{COLLECTION_TRACKS_MAX, SPOTIFY_SEARCH_MAX};
use crate::track::isrc;
use crate::{Collection, Error, Provider, ProviderTrack, Result, Secret, Urgency};
use serde::de::DeserializeOwned;

/// Items of one page of an album or a show; Spotify's own limit.
const PAGE_MAX: usize = 50;

/// What to search for.
#[derive(Clone, Debug)]
pub struct SpotifySearch<'a> {
    /// As typed; Spotify's field filters (`artist:`, `isrc:`, …) work.
    pub text: &'a str,
    /// Which kinds; at least one.
    pub kinds: &'a [SpotifyKind],
    /// Results of each kind, at most [`SPOTIFY_SEARCH_MAX`]; more counts as that.
    pub limit: u8,
    /// Results to skip, at most 1,000.
    pub offset: u16,
    /// Who waits.
    pub urgency: Urgency,
}

/// What was found, best first within each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResults {
    /// Tracks, then episodes.
    pub tracks: Vec<ProviderTrack>,
    /// Albums, artists, playlists, shows.
    pub collections: Vec<Collection>,
}

/// A list with its tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbumTracks {
    /// The list.
    pub collection: Collection,
    /// Its tracks in order; at most [`COLLECTION_TRACKS_MAX`].
    pub tracks: Vec<ProviderTrack>,
    /// How many it has beyond these, with those that cannot be queued (local files).
    pub left_out: usize,
}

impl Spotify {
    /// Searches.
    ///
    /// # Errors
    /// Those of any request.
    pub async fn search(&self, search: &SpotifySearch<'_>) -> Result<SearchResults> {
        let kinds: Vec<_> = search.kinds.iter().map(|kind| kind.word()).collect();
        if kinds.is_empty() || search.text.trim().is_empty() {
            return Ok(SearchResults::default());
        }
        let query = [
            ("q", search.text.trim().chars().take(250).collect()),
            ("type", kinds.join(",")),
            ("market", self.market.as_str().to_owned()),
            ("limit", search.limit.clamp(1, SPOTIFY_SEARCH_MAX).to_string()),
            ("offset", search.offset.min(1000).to_string()),
        ];
        let call = Call::get(&["search"], &query, search.urgency, "such search");
        let found: wire::Search = self.ask(&call).await?.json()?;
        let mut results = SearchResults::default();
        let tracks = [found.tracks, found.episodes].into_iter().flatten().flat_map(items);
        results.tracks = tracks.filter_map(|track| map::track(track, None, Some(self.market))).collect();
        let albums = found.albums.into_iter().flat_map(items).filter_map(|album| map::album(&album));
        results.collections.extend(albums);
        let artists = found.artists.into_iter().flat_map(items).filter_map(|artist| map::artist(&artist));
        results.collections.extend(artists);
        let playlists = found.playlists.into_iter().flat_map(items).filter_map(|list| map::playlist(&list));
        results.collections.extend(playlists);
        results
            .collections
            .extend(found.shows.into_iter().flat_map(items).filter_map(|show| map::show(&show)));
        Ok(results)
    }

    /// A track.
    ///
    /// # Errors
    /// [`Error::NotFound`], and those of any request.
    pub async fn track(&self, id: &SpotifyId, urgency: Urgency) -> Result<ProviderTrack> {
        let found: wire::Track = self.one(SpotifyKind::Track, id, urgency).await?;
        self.known(found, SpotifyKind::Track, id)
    }

    /// An episode. In a market where it is not on offer Spotify has no such episode.
    ///
    /// # Errors
    /// The same.
    pub async fn episode(&self, id: &SpotifyId, urgency: Urgency) -> Result<ProviderTrack> {
        let mut found: wire::Track = self.one(SpotifyKind::Episode, id, urgency).await?;
        found.kind = Some("episode".to_owned());
        self.known(found, SpotifyKind::Episode, id)
    }

    /// An album and its tracks.
    ///
    /// # Errors
    /// The same.
    pub async fn album(&self, id: &SpotifyId, urgency: Urgency) -> Result<AlbumTracks> {
        let mut found: wire::Album = self.one(SpotifyKind::Album, id, urgency).await?;
        let first = found.tracks.take();
        let collection = map::album(&found).ok_or_else(|| nothing(SpotifyKind::Album, id))?;
        let path = ["albums", id.as_str(), "tracks"];
        let (tracks, total) = self.pages(&path, first, urgency).await?;
        let tracks: Vec<_> = tracks
            .into_iter()
            .filter_map(|track| map::track(track, Some(&found), Some(self.market)))
            .take(COLLECTION_TRACKS_MAX)
            .collect();
        Ok(AlbumTracks { left_out: total.saturating_sub(tracks.len()), collection, tracks })
    }

    /// A show and its episodes, newest first.
    ///
    /// # Errors
    /// The same.
    pub async fn show(&self, id: &SpotifyId, urgency: Urgency) -> Result<AlbumTracks> {
        let mut found: wire::Show = self.one(SpotifyKind::Show, id, urgency).await?;
        let first = found.episodes.take();
        let collection = map::show(&found).ok_or_else(|| nothing(SpotifyKind::Show, id))?;
        let path = ["shows", id.as_str(), "episodes"];
        let (episodes, total) = self.pages(&path, first, urgency).await?;
        let episode = |mut episode: wire::Track| {
            episode.kind = Some("episode".to_owned());
            episode.artists.clear();
            let mut track = map::track(episode, None, Some(self.market))?;
            track.artists = vec![collection.title.clone()];
            track.album = Some(collection.title.clone());
            Some(track)
        };
        let tracks: Vec<_> = episodes.into_iter().filter_map(episode).take(COLLECTION_TRACKS_MAX).collect();
        Ok(AlbumTracks { left_out: total.saturating_sub(tracks.len()), collection, tracks })
    }

    /// An artist.
    ///
    /// # Errors
    /// The same.
    pub async fn artist(&self, id: &SpotifyId, urgency: Urgency) -> Result<Collection> {
        let path = ["artists", id.as_str()];
        let what = format!("artist {id}");
        let found: wire::Artist = self.ask(&Call::get(&path, &[], urgency, &what)).await?.json()?;
        map::artist(&found).ok_or_else(|| nothing(SpotifyKind::Artist, id))
    }

    /// What an artist is known for: Spotify gives no list of it any more, so this is a search for the name, without
    /// what is by others.
    ///
    /// # Errors
    /// The same.
    pub async fn artist_top(&self, id: &SpotifyId, urgency: Urgency) -> Result<AlbumTracks> {
        let collection = self.artist(id, urgency).await?;
        let text = format!("artist:\"{}\"", collection.title.replace('"', " "));
        let query = [
            ("q", text),
            ("type", "track".to_owned()),
            ("market", self.market.as_str().to_owned()),
            ("limit", SPOTIFY_SEARCH_MAX.to_string()),
        ];
        let found: wire::Search =
            self.ask(&Call::get(&["search"], &query, urgency, "such search")).await?.json()?;
        let by = |track: &wire::Track| {
            track.artists.iter().any(|artist| artist.id.as_deref() == Some(id.as_str()))
        };
        let own = found.tracks.into_iter().flat_map(items).filter(by);
        let tracks = own.filter_map(|track| map::track(track, None, Some(self.market))).collect();
        Ok(AlbumTracks { collection, tracks, left_out: 0 })
    }

    /// The same recording on Spotify, by its ISRC.
    ///
    /// # Errors
    /// Those of any request; not finding it is `None`.
    pub async fn by_isrc(&self, code: &str, urgency: Urgency) -> Result<Option<ProviderTrack>> {
        let Some(code) = isrc(code) else { return Ok(None) };
        let text = format!("isrc:{code}");
        let search =
            SpotifySearch { text: &text, kinds: &[SpotifyKind::Track], limit: 1, offset: 0, urgency };
        let found = self.search(&search).await?.tracks.into_iter().next();
        Ok(found.filter(|track| track.isrc.as_ref() == Some(&code)))
    }

    /// The tracks a link leads to. Playlists need a person: see [`SpotifyApp::playlist`].
    ///
    /// # Errors
    /// The same, and [`Error::NotAllowed`] for a playlist.
    pub async fn tracks_of(&self, link: &SpotifyLink, urgency: Urgency) -> Result<Vec<ProviderTrack>> {
        match link.kind {
            SpotifyKind::Track => Ok(vec![self.track(&link.id, urgency).await?]),
            SpotifyKind::Episode => Ok(vec![self.episode(&link.id, urgency).await?]),
            SpotifyKind::Album => Ok(self.album(&link.id, urgency).await?.tracks),
            SpotifyKind::Artist => Ok(self.artist_top(&link.id, urgency).await?.tracks),
            SpotifyKind::Show => Ok(self.show(&link.id, urgency).await?.tracks),
            SpotifyKind::Playlist => Err(owners_only()),
        }
    }

    async fn one<T: DeserializeOwned>(
        &self,
        kind: SpotifyKind,
        id: &SpotifyId,
        urgency: Urgency,
    ) -> Result<T> {
        let folder = format!("{}s", kind.word());
        let what = format!("{} {id}", kind.word());
        let query = [("market", self.market.as_str().to_owned())];
        self.ask(&Call::get(&[&folder, id.as_str()], &query, urgency, &what)).await?.json()
    }

    fn known(&self, found: wire::Track, kind: SpotifyKind, id: &SpotifyId) -> Result<ProviderTrack> {
        map::track(found, None, Some(self.market)).ok_or_else(|| nothing(kind, id))
    }

    /// All items of a list of which the first page came with it; never more requests than the limit needs.
    async fn pages(
        &self,
        path: &[&str],
        first: Option<wire::Page<wire::Track>>,
        urgency: Urgency,
    ) -> Result<(Vec<wire::Track>, usize)> {
        let Some(first) = first else { return Ok((Vec::new(), 0)) };
        let mut total = first.total.unwrap_or(0) as usize;
        let (mut seen, mut more) = (first.items.len(), first.next.is_some());
        let mut found: Vec<_> = first.items.into_iter().flatten().collect();
        while more && seen < COLLECTION_TRACKS_MAX && seen > 0 {
            let query = [
                ("market", self.market.as_str().to_owned()),
                ("limit", PAGE_MAX.min(COLLECTION_TRACKS_MAX - seen).to_string()),
                ("offset", seen.to_string()),
            ];
            let call = Call::get(path, &query, urgency, "such page");
            let page: wire::Page<wire::Track> = self.ask(&call).await?.json()?;
            more = page.next.is_some() && !page.items.is_empty();
            total = page.total.map_or(total, |count| count as usize);
            seen += page.items.len();
            found.extend(page.items.into_iter().flatten());
        }
        Ok((found, total.max(seen)))
    }
}

impl SpotifyApp {
    /// A playlist of the person whose token this is, and its tracks: since 2026 Spotify shows the tracks of a playlist
    /// only to whoever owns it or works on it.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] with a way on if it is somebody else's, [`Error::NotFound`], and those of any request.
    pub async fn playlist(&self, access: &Secret, id: &SpotifyId, urgency: Urgency) -> Result<AlbumTracks> {
        let what = format!("playlist {id}");
        let path = ["playlists", id.as_str()];
        let found: wire::Playlist = self.ask(access, &Call::get(&path, &[], urgency, &what)).await?.json()?;
        let collection = map::playlist(&found).ok_or_else(|| nothing(SpotifyKind::Playlist, id))?;
        let Some(first) = found.items else { return Err(owners_only()) };
        let mut total = first.total.unwrap_or(0) as usize;
        let (mut seen, mut more) = (first.items.len(), first.next.is_some());
        let mut entries: Vec<_> = first.items.into_iter().flatten().collect();
        let path = ["playlists", id.as_str(), "items"];
        while more && seen < COLLECTION_TRACKS_MAX && seen > 0 {
            let limit = PAGE_MAX.min(COLLECTION_TRACKS_MAX - seen);
            let query = [
                ("limit", limit.to_string()),
                ("offset", seen.to_string()),
                ("additional_types", "track,episode".to_owned()),
            ];
            let call = Call::get(&path, &query, urgency, &what);
            let page: wire::Page<wire::PlaylistItem> = self.ask(access, &call).await?.json()?;
            more = page.next.is_some() && !page.items.is_empty();
            total = page.total.map_or(total, |count| count as usize);
            seen += page.items.len();
            entries.extend(page.items.into_iter().flatten());
        }
        let tracks = entries.into_iter().filter_map(|entry| map::track(entry.item?, None, None));
        let tracks: Vec<_> = tracks.take(COLLECTION_TRACKS_MAX).collect();
        Ok(AlbumTracks { left_out: total.max(seen).saturating_sub(tracks.len()), collection, tracks })
    }
}

fn items<T>(page: wire::Page<T>) -> impl Iterator<Item = T> {
    page.items.into_iter().flatten()
}

fn nothing(kind: SpotifyKind, id: &SpotifyId) -> Error {
    Error::NotFound { provider: Provider::Spotify, what: format!("{} {id}", kind.word()) }
}

fn owners_only() -> Error {
    let detail =
        "only the owner of a playlist can add its tracks: connect that account, or paste the tracks' links";
    Error::NotAllowed { provider: Provider::Spotify, detail: detail.to_owned() }
}
