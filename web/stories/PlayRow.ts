import type { Play } from '$lib/api/types';
import PlayRow from '$lib/ui/PlayRow.svelte';
import { ADA, ARABIC, BEN, EMOJI, GUS, LONG, UNBROKEN, by, foreign, person, song } from './page/fixtures';
import { jams, talk } from './page/people';
import { NOW_MS } from './page/now';
import { stories } from './page/story';

const play = (title: string): Play => ({
  id: title,
  added_by: by(BEN),
  outcome: 'finished',
  started_at_ms: NOW_MS,
  track: song(title),
  jams: [],
  comments: []
});

export default stories(PlayRow, {
  played: {
    props: { play: play('Feathers'), time: '20:14', onagain: () => undefined, ontalk: () => undefined }
  },
  'not to be played again': {
    props: { play: play('Feathers'), time: '20:14', onagain: null, ontalk: () => undefined }
  },
  'people jammed along and talked': {
    props: {
      play: {
        ...play(LONG),
        jams: jams(ADA, BEN, GUS, person(LONG), person(ARABIC)),
        comments: talk(BEN, ADA)
      },
      time: '20:14',
      onagain: () => undefined,
      ontalk: () => undefined
    }
  },
  skipped: {
    props: {
      play: { ...play(LONG), outcome: 'skipped' },
      time: '20:14',
      onagain: () => undefined,
      ontalk: () => undefined
    }
  },
  'could not be played': {
    props: {
      play: { ...play(ARABIC), outcome: 'unplayable' },
      time: '8:14 PM',
      onagain: () => undefined,
      ontalk: () => undefined
    }
  },
  'a song from elsewhere': {
    props: {
      play: { ...play(LONG), track: foreign('Feathers', 'track-1') },
      time: '20:14',
      onagain: () => undefined,
      ontalk: () => undefined
    }
  },
  'in a nest': {
    props: {
      play: { ...play('Feathers'), nest: { name: 'The Old Oak', code: 'main' }, comments: talk(BEN, ADA) },
      time: '20:14',
      onagain: null,
      ontalk: () => undefined
    }
  },
  'in a nest with a long name': {
    props: {
      play: { ...play(LONG), nest: { name: LONG, code: 'ABCDE' }, jams: jams(ADA, BEN) },
      time: '20:14',
      onagain: () => undefined,
      ontalk: () => undefined
    }
  },
  'in a nest that has ended': {
    props: {
      play: { ...play('Feathers'), nest: { name: UNBROKEN } },
      time: '20:14',
      onagain: null,
      ontalk: () => undefined
    }
  },
  'chosen by autofill': {
    props: {
      play: { ...play(EMOJI), added_by: { kind: 'autofill' } },
      time: '20:14',
      onagain: null,
      ontalk: () => undefined
    }
  }
});
