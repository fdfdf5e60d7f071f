// The mock's music services: YouTube with a handful of videos, and Spotify without a place. Nothing of them is ever played.
import { Refusal } from './nest.js';
import { signedIn } from './people.js';

const VIDEOS = ['Rooks at dawn', 'Rooks at dusk', 'How to build a nest', 'An hour of wind in poplars'];
const LINK = /https?:\/\/\S+/g;

const track = (title, index) => ({
  source: `youtube:mockvideo${index}`,
  service: 'youtube',
  kind: 'track',
  title,
  artist: 'Rook Films',
  album: '',
  duration_ms: 150_000 + index * 31_000,
  explicit: false,
  page_url: `https://www.youtube.com/watch?v=mockvideo${index}`
});
const refused = (code, detail) => ({ tracks: [], left_out: 0, refused: { code, detail } });

/** Routes as `routes` has them. */
export const sources = [
  [
    'GET',
    /^\/sources$/,
    ({ person }) => {
      signedIn(person);
      return {
        body: [
          {
            service: 'youtube',
            name: 'YouTube',
            search: ['track'],
            opens: ['track', 'playlist'],
            playback: 'embed'
          }
        ]
      };
    }
  ],
  [
    'GET',
    /^\/sources\/(\w+)\/search$/,
    ({ person, params, match }) => {
      signedIn(person);
      if (match[1] !== 'youtube') throw new Refusal('source_not_set_up', 404);
      const words = (params.get('query') ?? '').toLowerCase();
      const tracks = VIDEOS.map(track).filter(({ title }) => title.toLowerCase().includes(words));
      return { body: { tracks, collections: [] } };
    }
  ],
  [
    'POST',
    /^\/links$/,
    ({ person, body }) => {
      signedIn(person);
      const links = (body.text.match(LINK) ?? []).map((text, index) =>
        /youtu\.?be/.test(text)
          ? { text, service: 'youtube', tracks: [track(VIDEOS[index % VIDEOS.length], index)], left_out: 0 }
          : { text, ...refused('source_not_set_up', 'This service is not set up here.') }
      );
      return { body: { links } };
    }
  ],
  [
    'GET',
    /^\/me\/spotify$/,
    ({ person }) => {
      signedIn(person);
      return {
        body: {
          free_seats: 0,
          redirect_uri: 'http://127.0.0.1:21700/authentication/spotify_callback',
          remove_access_url: 'https://www.spotify.com/account/apps/'
        }
      };
    }
  ]
];
