import SourceTracks from '$lib/ui/sources/SourceTracks.svelte';
import { FOUND } from '../page/sources';
import { stories } from '../page/story';

const onadd = (): void => undefined;
export default stories(SourceTracks, {
  several: { props: { tracks: FOUND, states: {}, onadd } },
  'on their way': {
    props: {
      tracks: FOUND,
      states: { [FOUND[0]?.source ?? '']: 'added', [FOUND[1]?.source ?? '']: 'adding' },
      onadd
    }
  }
});
