import ReleaseChanges from '$lib/ui/operations/ReleaseChanges.svelte';
import { LONG } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { bare, change, well } from '../page/operations';
import { stories } from '../page/story';

const { releases } = well();

export default stories(ReleaseChanges, {
  'some changes': { props: { releases, nowMs: NOW_MS } },
  'every end, and its steps': {
    props: {
      nowMs: NOW_MS,
      releases: {
        ...releases,
        changes: ['soaking', 'held', 'abandoned', 'reverted', 'done'].map((last, at) =>
          change(9 - at, last, at === 1 ? { kind: 'rollback' } : {})
        )
      }
    },
    act: (root) => root.querySelectorAll('details').forEach((one) => (one.open = true))
  },
  'nothing yet': { props: { releases: { ...releases, kept: [], changes: [] }, nowMs: NOW_MS } },
  'what cannot be read': { props: { releases: { ...releases, fault: LONG }, nowMs: NOW_MS } },
  'not here': { props: { releases: bare().releases, nowMs: NOW_MS } }
});
