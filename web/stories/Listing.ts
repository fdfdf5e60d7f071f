import { createRawSnippet } from 'svelte';
import Listing from '$lib/ui/Listing.svelte';
import { NOW_MS } from './page/now';
import { stories } from './page/story';

const DAY_MS = 86_400_000;
const row = createRawSnippet<[{ id: string }]>((item) => ({ render: () => `<li>${item().id}</li>` }));
const items = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `Item ${at}` }));
const given = { items: items(3), loading: false, empty: 'Nothing of that kind.', row, onmore: null };
const more = (): Promise<void> => Promise.resolve();
/** The third is a day older, the last of another year. */
const atMs = ({ id }: { id: string }): number =>
  NOW_MS - ([0, 0, DAY_MS, 366 * DAY_MS][Number(id.slice(5))] ?? 0);

export default stories(Listing, {
  'being loaded': { props: { ...given, items: [], loading: true } },
  nothing: { props: { ...given, items: [] } },
  'a few': { props: given },
  'with more to come': { props: { ...given, onmore: more } },
  'by day': { props: { ...given, items: items(4), atMs, onmore: more } },
  'two hundred': { props: { ...given, items: items(200) } }
});
