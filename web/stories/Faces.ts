import Faces from '$lib/ui/Faces.svelte';
import { ARABIC, ADA, BEN, LONG, person } from './page/fixtures';
import { stories } from './page/story';

export default stories(Faces, {
  nobody: { props: { listeners: [] } },
  two: { props: { listeners: [ADA, BEN] } },
  'more than are shown': {
    props: { listeners: Array.from({ length: 240 }, (_, at) => person(`Listener ${at}`)) }
  },
  'awkward names': { props: { listeners: [person(LONG), person(ARABIC), person('🦉'), person('')] } }
});
