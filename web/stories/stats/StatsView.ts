import StatsView from '$lib/ui/stats/StatsView.svelte';
import { numbers, silence } from '../page/numbers';
import { stories } from '../page/story';

export default stories(StatsView, {
  'a week': { props: { stats: numbers(7), days: 7, busy: false } },
  'thirty days': { props: { stats: numbers(30), days: 30, busy: false } },
  'a year, by weeks': { props: { stats: numbers(365), days: 365, busy: false } },
  'nothing was played': { props: { stats: silence(), days: 30, busy: false } },
  'loading the first': { props: { stats: null, days: 30, busy: true } },
  'loading others': { props: { stats: numbers(7), days: 7, busy: true } },
  'in German': {
    props: { stats: numbers(90), days: 90, busy: false },
    app: (app) => app.i18n.use('de')
  }
});
