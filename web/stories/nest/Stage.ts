import type { NestState, TrackSummary } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import Stage from '$lib/ui/nest/Stage.svelte';
import { jams, talk } from '../page/people';
import {
  ADA,
  ARABIC,
  BEN,
  BROKEN_COVER,
  EMOJI,
  GUS,
  LONG,
  PEAKS,
  UNBROKEN,
  by,
  entry,
  foreign,
  nest,
  person,
  seed,
  paused,
  song
} from '../page/fixtures';
import { actionsOf, become } from '../page/stage';
import { stories } from '../page/story';

const given = (state: NestState) => (app: App) => ({
  state,
  actions: actionsOf(app),
  ontalk: () => undefined,
  onhorn: () => undefined
});
const loved = { added_by: by(BEN), jams: jams(BEN, ADA, GUS, person(LONG)), comments: talk(BEN, ADA) };
const playing = (track: TrackSummary): NestState =>
  nest({
    playing: {
      entry: entry(1, { track: { ...track, id: 'shown' }, added_by: by(person(LONG)) }),
      playback: { state: 'paused', position_ms: 42_000 }
    }
  });
const waveform = Object.fromEntries(
  ['track-Feathers', 'track-Song%201', 'shown'].map((id) => [
    `GET /api/v1/tracks/${id}/waveform`,
    { peaks: PEAKS }
  ])
);

export default stories(Stage, {
  'a song with a cover': { props: given(nest()), answers: waveform, shows: 'img' },
  'a song without one, paused': { props: given(paused()), answers: waveform },
  'nothing plays': { props: given(nest({ playing: null })) },
  'a very long title': { props: given(playing(song(LONG, { artist: LONG }))), answers: waveform },
  'a word without end': { props: given(playing(song(UNBROKEN, { artist: UNBROKEN }))), answers: waveform },
  'from right to left': { props: given(playing(song(ARABIC, { artist: ARABIC }))), answers: waveform },
  'emoji and a torn cover': {
    props: given(playing(song(EMOJI, { artist: '', album: '', artwork_url: BROKEN_COVER }))),
    answers: waveform,
    shows: '.artwork > svg'
  },
  'people jam along and say things': {
    props: given(
      nest({
        playing: { entry: entry(1, loved), playback: { state: 'paused', position_ms: 42_000 } }
      })
    ),
    answers: waveform
  },
  'from elsewhere, and heard here': {
    props: given(playing({ ...foreign('Feathers', 'shown') })),
    answers: waveform
  },
  'from elsewhere, and not heard here': {
    props: given(playing(foreign(LONG))),
    shows: '.outside p'
  },
  'chosen by autofill, with a reason': {
    props: given(
      nest({
        playing: {
          entry: entry(1, {
            added_by: { kind: 'autofill' },
            because: { reason: { kind: 'same_album', album: LONG }, seed: seed(BEN, LONG) }
          }),
          playback: { state: 'paused', position_ms: 42_000 }
        }
      })
    ),
    answers: waveform
  },
  'for a guest': { props: given(nest()), app: (app) => become(app, GUS), answers: waveform }
});
