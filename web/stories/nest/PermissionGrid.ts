import PermissionGrid from '$lib/ui/nest/PermissionGrid.svelte';
import { stories } from '../page/story';

export default stories(PermissionGrid, {
  'as it comes': { props: { members: ['add', 'vote'], guests: ['vote'], onchange: () => undefined } },
  'nobody may anything': { props: { members: [], guests: [], onchange: () => undefined } },
  'long words': {
    props: { members: ['add'], guests: [], onchange: () => undefined },
    app: (app) => app.i18n.use('de')
  }
});
