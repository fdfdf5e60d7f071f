import BarPlot from '$lib/ui/stats/BarPlot.svelte';
import type { Bar } from '$lib/stats';
import { stories } from '../page/story';

const plot = (bars: Bar[], namesMax = 5) => ({
  title: 'Songs a day',
  bars,
  of: 'Day',
  short: (key: string) => key,
  long: (key: string) => `day ${key}`,
  namesMax
});
const bars = (...values: number[]): Bar[] => values.map((value, at) => ({ key: `${at + 1}`, value }));

export default stories(BarPlot, {
  'a week': { props: plot(bars(3, 0, 7, 12, 1, 0, 5), 7) },
  'ninety days': { props: plot(bars(...Array.from({ length: 90 }, (_, at) => (at * 37) % 101))) },
  'one song on one day': { props: plot(bars(1)) },
  nothing: { props: plot(bars(0, 0, 0, 0, 0, 0, 0)) },
  'many thousands': { props: plot(bars(12_000, 9_500, 31_000)) },
  'its table': {
    props: plot(bars(3, 0, 7)),
    act: (root) => root.querySelector('summary')?.click(),
    shows: 'details[open]'
  }
});
