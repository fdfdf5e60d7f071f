import type { Play } from '$lib/api/types';
import PlayRow from '$lib/ui/PlayRow.svelte';
import { ARABIC, BEN, EMOJI, LONG, by, song } from './page/fixtures';
import { NOW_MS } from './page/now';
import { stories } from './page/story';

const play = (title: string): Play => ({
  id: title,
  added_by: by(BEN),
  outcome: 'finished',
  started_at_ms: NOW_MS,
  track: song(title)
});

export default stories(PlayRow, {
  played: { props: { play: play('Feathers'), time: '20:14', onagain: () => undefined } },
  'not to be played again': { props: { play: play('Feathers'), time: '20:14', onagain: null } },
  skipped: {
    props: { play: { ...play(LONG), outcome: 'skipped' }, time: '20:14', onagain: () => undefined }
  },
  'could not be played': {
    props: { play: { ...play(ARABIC), outcome: 'unplayable' }, time: '8:14 PM', onagain: () => undefined }
  },
  'chosen by autofill': {
    props: { play: { ...play(EMOJI), added_by: { kind: 'autofill' } }, time: '20:14', onagain: null }
  }
});
