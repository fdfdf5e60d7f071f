import type { Playing } from '$lib/api/types';
import PlayingWaveform from '$lib/ui/nest/PlayingWaveform.svelte';
import { PEAKS, entry } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { never, refused, stories } from '../page/story';

const asked = 'GET /api/v1/tracks/track-Song%201/waveform';
const waveform = { [asked]: { peaks: PEAKS } };
const playing = (sinceMs: number): Playing => ({
  entry: entry(1),
  playback: { state: 'running', started_at_ms: NOW_MS - sinceMs }
});

export default stories(PlayingWaveform, {
  'a minute in': { props: { playing: playing(60_000), onseek: () => undefined }, answers: waveform },
  'loading its shape': { props: { playing: playing(60_000), onseek: null }, answers: { [asked]: never } },
  'a shape nobody has': {
    props: { playing: playing(0), onseek: null },
    answers: { [asked]: refused(404, 'not_found') }
  },
  'past its end': { props: { playing: playing(900_000), onseek: null }, answers: waveform },
  paused: {
    props: { playing: { entry: entry(1), playback: { state: 'paused', position_ms: 42_000 } }, onseek: null },
    answers: waveform
  }
});
