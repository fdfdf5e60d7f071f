import type { Entry } from '$lib/api/types';
import QueueRow from '$lib/ui/nest/QueueRow.svelte';
import { jams, talk } from '../page/people';
import {
  ADA,
  BEN,
  person,
  ARABIC,
  BROKEN_COVER,
  EMOJI,
  LONG,
  by,
  entry,
  foreign,
  seed,
  song
} from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { stories } from '../page/story';

const row = (shown: Entry) => ({
  entry: shown,
  eta: { waitMs: 600_000, atMs: NOW_MS + 600_000 },
  first: false,
  mayVote: true,
  jamRefused: null,
  onjam: () => undefined,
  ontalk: () => undefined,
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
  'people jam along and say things': {
    props: row(entry(2, { jams: jams(ADA, BEN, person(LONG), person('Cleo')), comments: talk(BEN, ADA) }))
  },
  'no jams for me': { props: { ...row(entry(2)), jamRefused: 'You may not do that here.' } },
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
  'chosen by autofill, with a reason': {
    props: row(
      entry(2, {
        added_by: { kind: 'autofill' },
        because: { reason: { kind: 'same_artist', artist: 'The Rooks' }, seed: seed(ADA) }
      })
    )
  },
  'from elsewhere, and heard here': { props: row(entry(2, { track: foreign('Feathers', 'track-1') })) },
  'from elsewhere, and not heard here': {
    props: { ...row(entry(2, { track: foreign(LONG) })), onremove: () => undefined }
  },
  'days away': { props: { ...row(entry(2)), eta: { waitMs: 200_000_000, atMs: NOW_MS + 200_000_000 } } }
});
