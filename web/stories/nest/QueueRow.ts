import type { Entry } from '$lib/api/types';
import QueueRow from '$lib/ui/nest/QueueRow.svelte';
import { ADA, ARABIC, BROKEN_COVER, EMOJI, LONG, by, entry, song } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { stories } from '../page/story';

const row = (shown: Entry) => ({
  entry: shown,
  eta: { waitMs: 600_000, atMs: NOW_MS + 600_000 },
  first: false,
  mayVote: true,
  onvote: () => undefined,
  onremove: null
});

export default stories(QueueRow, {
  "somebody's song": { props: row(entry(2)) },
  'my own': { props: { ...row(entry(2, { added_by: by(ADA) })), onremove: () => undefined } },
  'the next one': {
    props: {
      ...row(entry(2, { votes: { up: [ADA.id], down: [] }, tally: 1 })),
      first: true,
      eta: { waitMs: 4_000, atMs: NOW_MS + 4_000 }
    }
  },
  'voted down': { props: row(entry(2, { votes: { up: [], down: [ADA.id] }, tally: -1 })) },
  'no voting': { props: { ...row(entry(2)), mayVote: false } },
  'while paused': { props: { ...row(entry(2)), eta: { waitMs: 600_000, atMs: null } } },
  'very long names': {
    props: {
      ...row(entry(2, { track: song(LONG, { artist: LONG }), tally: 1_234 })),
      onremove: () => undefined
    }
  },
  'from right to left': { props: row(entry(2, { track: song(ARABIC, { artist: ARABIC }) })) },
  emoji: { props: row(entry(2, { track: song(EMOJI, { artist: '🎻' }) })) },
  'no artist, torn cover': {
    props: row(entry(2, { track: song('Untold', { artist: '', album: '', artwork_url: BROKEN_COVER }) })),
    shows: '.artwork > svg'
  },
  'chosen by autofill': { props: row(entry(2, { added_by: { kind: 'autofill' } })) },
  'days away': { props: { ...row(entry(2)), eta: { waitMs: 200_000_000, atMs: NOW_MS + 200_000_000 } } }
});
