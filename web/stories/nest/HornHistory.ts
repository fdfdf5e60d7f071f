import HornHistory from '$lib/ui/nest/HornHistory.svelte';
import { ADA, ARABIC, BEN, GUS, LONG, UNBROKEN, person } from '../page/fixtures';
import { horn } from '../page/people';
import { stories } from '../page/story';

const horns = [horn(BEN, 'goat', 1), horn(ADA, 'sad_trombone', 2), horn(GUS, 'gong', 3, { free: true })];

export default stories(HornHistory, {
  'it was quiet': { props: { horns: [] } },
  'three, one of them free': { props: { horns } },
  'one of them is muted': { props: { horns }, app: (app) => app.horns.setMuted(BEN, true) },
  'somebody long gone is muted': {
    props: { horns },
    app: (app) => app.horns.setMuted(person(LONG), true)
  },
  'awkward names': {
    props: {
      horns: [
        horn(person(UNBROKEN), 'of_a_later_server', 1, { title: LONG }),
        horn(person(ARABIC), 'duck', 2, { title: ARABIC })
      ]
    }
  },
  'as many as are kept': {
    props: { horns: Array.from({ length: 50 }, (_, at) => horn(at % 2 ? BEN : GUS, 'duck', at)) }
  }
});
