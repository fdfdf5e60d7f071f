import RoomTaken from '$lib/ui/operations/RoomTaken.svelte';
import { bare, needy, well } from '../page/operations';
import { stories } from '../page/story';

export default stories(RoomTaken, {
  'within its budget': { props: { found: well() } },
  'beyond it': { props: { found: needy() } },
  'two disks, one nearly full': {
    props: {
      found: well({
        disks: [
          ...well().disks,
          { name: 'play logs', free_bytes: 40_000_000, total_bytes: 9_000_000_000, state: 'wrong' }
        ]
      })
    }
  },
  'nothing is known': { props: { found: bare() } }
});
