import { createRawSnippet } from 'svelte';
import Section from '$lib/ui/settings/Section.svelte';
import { LONG, UNBROKEN } from '../page/fixtures';
import { stories } from '../page/story';

const children = createRawSnippet(() => ({ render: () => '<p>What is in it.</p>' }));

export default stories(Section, {
  plain: { props: { title: 'Devices', children } },
  'with a hint': { props: { title: 'Tokens', hint: 'For programs that speak for you.', children } },
  'words that do not fit': { props: { title: UNBROKEN, hint: LONG.repeat(2), children } }
});
