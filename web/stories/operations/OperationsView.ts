import OperationsView from '$lib/ui/operations/OperationsView.svelte';
import { NOW_MS } from '../page/now';
import { bare, needy, well } from '../page/operations';
import { stories } from '../page/story';

const given = { stale: false, nowMs: NOW_MS };

export default stories(OperationsView, {
  'everything is well': { props: { ...given, found: well() } },
  'several things need somebody': { props: { ...given, found: needy() } },
  'nothing was said': { props: { ...given, found: bare() } },
  'nobody answers any more': {
    props: { found: well(), stale: true, nowMs: NOW_MS + 180_000 }
  },
  loading: { props: { ...given, found: null } },
  'in German': { props: { ...given, found: needy() }, app: (app) => app.i18n.use('de') }
});
