import type { Source, SourceCollection, SourceTrack, SpotifyConnection } from '$lib/api/types';
import { SourcesApi } from '$lib/api/sources';
import { SourceAdding } from '$lib/state/source-adding.svelte';
import { COVER, LONG } from './fixtures';

export const SPOTIFY: Source = {
  service: 'spotify',
  name: 'Spotify',
  search: ['track', 'album', 'artist', 'playlist', 'episode', 'show'],
  opens: ['track', 'album', 'artist', 'playlist', 'episode', 'show'],
  playback: 'device',
  is_connected: true
};
export const YOUTUBE: Source = {
  service: 'youtube',
  name: 'YouTube',
  search: ['track'],
  opens: ['track', 'playlist'],
  playback: 'embed'
};

let number = 0;
export const found = (title: string, changes: Partial<SourceTrack> = {}): SourceTrack => ({
  source: `spotify:track:${(number += 1)}`,
  service: 'spotify',
  kind: 'track',
  title,
  artist: 'The Rooks',
  album: 'Twigs',
  duration_ms: 214_000,
  explicit: false,
  page_url: 'https://open.spotify.com/track/1',
  artwork_url: COVER,
  ...changes
});
export const list = (title: string, changes: Partial<SourceCollection> = {}): SourceCollection => ({
  service: 'spotify',
  kind: 'album',
  id: title,
  title,
  by: 'The Rooks',
  tracks_total: 12,
  artwork_url: COVER,
  ...changes
});

/** Songs as services give them, the awkward ones too. */
export const FOUND: SourceTrack[] = [
  found('Dawn'),
  found(LONG, { artist: LONG, explicit: true }),
  found('Owned', { match: 'track-owned', artwork_url: null }),
  found('Elsewhere', {
    refused: { code: 'not_in_this_market', detail: 'It is not available in DE.' },
    duration_ms: null
  })
];

const sourcesApi = new SourcesApi();
/** What finders and lists are given; nobody adds anything that would need an answer. */
export const ways = () => ({
  api: sourcesApi,
  adding: new SourceAdding('main', sourcesApi),
  onadd: () => undefined
});

/** A connection with Spotify: nobody's yet, and with room. */
export const connection = (changes: Partial<SpotifyConnection> = {}): SpotifyConnection => ({
  free_seats: 4,
  redirect_uri: 'https://rookery.example/authentication/spotify_callback',
  remove_access_url: 'https://www.spotify.com/account/apps/',
  ...changes
});
