import Verdict from '$lib/ui/operations/Verdict.svelte';
import { NOW_MS } from '../page/now';
import { badPlace, bare, change, needy, place, well } from '../page/operations';
import { stories } from '../page/story';

const given = { stale: false, nowMs: NOW_MS };
const fine = well();

export default stories(Verdict, {
  well: { props: { ...given, found: fine } },
  'many things': { props: { ...given, found: needy() } },
  'no backups': { props: { ...given, found: bare() } },
  'backups that are none': {
    props: {
      ...given,
      found: well({
        backups: { ...fine.backups, places: [badPlace(), place({ fault: 'connection refused' })] }
      })
    }
  },
  'a release was taken back': {
    props: {
      ...given,
      found: well({ releases: { ...fine.releases, changes: [change(9, 'reverted')] } })
    }
  },
  'nobody answers': { props: { found: fine, stale: true, nowMs: NOW_MS + 600_000 } },
  loading: { props: { ...given, found: null } }
});
