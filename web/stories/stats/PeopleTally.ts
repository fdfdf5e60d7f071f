import PeopleTally from '$lib/ui/stats/PeopleTally.svelte';
import { numbers } from '../page/numbers';
import { stories } from '../page/story';

export default stories(PeopleTally, {
  some: { props: { people: numbers(7).people } },
  one: { props: { people: numbers(7).people.slice(0, 1) } },
  nobody: { props: { people: [] } }
});
