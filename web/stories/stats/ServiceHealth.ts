import ServiceHealth from '$lib/ui/stats/ServiceHealth.svelte';
import { calls, signIns } from '../page/numbers';
import { stories } from '../page/story';

export default stories(ServiceHealth, {
  'for an administrator': { props: { calls: calls(), signIns: signIns() } },
  'for a member, in German': {
    props: { calls: calls(), signIns: null },
    app: (app) => app.i18n.use('de')
  },
  'nothing was asked': { props: { calls: calls(true), signIns: signIns(true) } }
});
