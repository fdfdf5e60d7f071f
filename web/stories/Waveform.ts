import Waveform from '$lib/ui/Waveform.svelte';
import { PEAKS } from './page/fixtures';
import { stories } from './page/story';

const shape = {
  peaks: PEAKS,
  positionMs: 61_000,
  durationMs: 214_000,
  label: 'Position',
  valueText: '1:01 of 3:34'
};

export default stories(Waveform, {
  'a song that may be moved': { props: { ...shape, onseek: () => undefined } },
  'a song that may not': { props: { ...shape, onseek: null } },
  'shape unknown': { props: { ...shape, peaks: [], onseek: () => undefined } },
  'ten hours': {
    props: { ...shape, positionMs: 35_000_000, durationMs: 36_000_000, onseek: () => undefined }
  },
  'no length': { props: { ...shape, positionMs: 0, durationMs: 0, onseek: null } }
});
