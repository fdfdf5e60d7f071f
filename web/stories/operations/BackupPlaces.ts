import BackupPlaces from '$lib/ui/operations/BackupPlaces.svelte';
import { NOW_MS } from '../page/now';
import { badPlace, bare, place, well } from '../page/operations';
import { stories } from '../page/story';

const fine = well();
const of = (...places: ReturnType<typeof place>[]) => ({
  nowMs: NOW_MS,
  found: well({ backups: { ...fine.backups, places } })
});

export default stories(BackupPlaces, {
  'two places': { props: { found: fine, nowMs: NOW_MS } },
  'nothing good': { props: of(badPlace(), place({ fault: 'it does not answer' })) },
  'none yet': { props: of(place({ copies: 0, newest: null, newest_sound: null, drill: null })) },
  'shipped by another process': {
    props: {
      nowMs: NOW_MS,
      found: well({ backups: { ...fine.backups, shipping: null, shipping_lag_s: null } })
    }
  },
  'none declared': { props: { found: bare(), nowMs: NOW_MS } },
  'none declared of an environment': {
    props: {
      nowMs: NOW_MS,
      found: well({ backups: { ...bare().backups } })
    }
  }
});
