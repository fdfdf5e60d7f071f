import Ago from '$lib/ui/operations/Ago.svelte';
import { NOW_MS } from '../page/now';
import { stories } from '../page/story';

export default stories(Ago, {
  'a moment ago': { props: { atMs: NOW_MS - 2_000, nowMs: NOW_MS } },
  'days ago': { props: { atMs: NOW_MS - 300_000_000, nowMs: NOW_MS } },
  'of a clock that goes before ours': { props: { atMs: NOW_MS + 5_000, nowMs: NOW_MS } }
});
