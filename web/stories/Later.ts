import { createRawSnippet } from 'svelte';
import Later from '$lib/ui/Later.svelte';
import Mark from '$lib/ui/Mark.svelte';
import { never, stories } from './page/story';

const children = createRawSnippet(() => ({ render: () => '<p>It is here.</p>' }));

export default stories(Later, {
  'never opened': { props: { open: false, load: never, children } },
  'on its way': { props: { open: true, load: never, children } },
  here: { props: { open: true, load: () => Promise.resolve({ default: Mark }), children }, shows: '#story p' }
});
