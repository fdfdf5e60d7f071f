import OutcomeTable from '$lib/ui/stats/OutcomeTable.svelte';
import { ARABIC, LONG } from '../page/fixtures';
import { stories } from '../page/story';

const outcomes = [
  { outcome: 'good', name: 'went well', tone: 'good' },
  { outcome: 'bad', name: LONG, tone: 'bad' }
] as const;
const tally = (service: string, good: number, bad: number) => ({
  service,
  counts: { good, bad },
  total: good + bad
});
const given = { title: 'Calls', none: 'None.', outcomes, nameOf: (service: string) => service };

export default stories(OutcomeTable, {
  'awkward names': { props: { ...given, tallies: [tally(LONG, 12345, 2), tally(ARABIC, 0, 3)] } },
  nothing: { props: { ...given, tallies: [] } }
});
