import RemoveMember from '$lib/ui/settings/RemoveMember.svelte';
import { BEN, LONG, person } from '../page/fixtures';
import { member } from '../page/people';
import { stories } from '../page/story';

const does = { onremove: () => undefined, onclose: () => undefined };

export default stories(RemoveMember, {
  'asks first': { props: { member: member(BEN, []), ...does } },
  'a long name, in German': {
    props: { member: member(person(LONG), []), ...does },
    app: (app) => app.i18n.use('de')
  },
  'asks nothing': { props: { member: null, ...does } }
});
