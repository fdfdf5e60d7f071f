import RoomToGrow from '$lib/ui/operations/RoomToGrow.svelte';
import { bare, well } from '../page/operations';
import { stories } from '../page/story';

const full = { highest: 0.91, date: '2026-05-17', full_in_days: 9, is_tight: true };

export default stories(RoomToGrow, {
  'the processors are busy': { props: { found: well() } },
  'two disks, one nearly full': {
    props: {
      found: well({
        capacity: {
          days: 30,
          peaks: [...well().capacity.peaks, { what: 'disk', name: 'play logs', ...full }]
        }
      })
    }
  },
  'nothing is known': { props: { found: bare() } }
});
