import JamMatrix from '$lib/ui/stats/JamMatrix.svelte';
import { ADA, BEN, person } from '../page/fixtures';
import { numbers } from '../page/numbers';
import { stories } from '../page/story';

const many = Array.from({ length: 12 }, (_, at) => person(`Listener ${at}`));

export default stories(JamMatrix, {
  'a few people': { props: { jams: numbers(7).jams } },
  'two people, in German': {
    props: { jams: [{ by: ADA, of: BEN, jams: 1 }] },
    app: (app) => app.i18n.use('de')
  },
  'more than have room': {
    props: { jams: many.map((by, at) => ({ by, of: many[(at + 1) % 12] ?? by, jams: 1200 - 90 * at })) }
  },
  'nobody jammed': { props: { jams: [] } }
});
