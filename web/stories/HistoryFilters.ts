import { EVERYTHING, type HistoryFilter } from '$lib/history';
import HistoryFilters from '$lib/ui/HistoryFilters.svelte';
import { ADA, ARABIC, BEN, LONG, person } from './page/fixtures';
import { press, stories } from './page/story';

const table = { url: '/api/v1/nests/main/plays.csv', name: 'main.csv' };
const people = [ADA, BEN, person(LONG), person(ARABIC)];
const given = (filter: Partial<HistoryFilter> = {}) => ({
  filter: { ...EVERYTHING, ...filter },
  people,
  table,
  onchange: () => undefined
});

export default stories(HistoryFilters, {
  'nothing asked': { props: given() },
  opened: { props: given(), act: (root) => press(root, 'Filter'), shows: '[aria-expanded="true"]' },
  'a link with everything, for a guest': {
    props: {
      ...given({
        text: 'bird',
        by: 'person-gone',
        source: 'soundcloud',
        chosenBy: 'people',
        from: '2026-05-01',
        to: '2026-05-17'
      }),
      table: null
    }
  },
  'somebody with a long name, in German': {
    props: given({ by: `person-${LONG.toLowerCase()}`, chosenBy: 'autofill' }),
    app: (app) => app.i18n.use('de')
  }
});
