import { createRawSnippet } from 'svelte';
import Row from '$lib/ui/settings/Row.svelte';
import { ARABIC, LONG, UNBROKEN } from '../page/fixtures';
import { stories } from '../page/story';

const children = createRawSnippet(() => ({ render: () => '<button class="button">Sign out</button>' }));

export default stories(Row, {
  'only words': { props: { title: 'Firefox on Linux', hint: 'this device' }, within: 'ul' },
  'with a button': { props: { title: 'Firefox on Linux', hint: 'seen yesterday', children }, within: 'ul' },
  'words that do not fit': { props: { title: UNBROKEN, hint: LONG, children }, within: 'ul' },
  'from right to left': { props: { title: ARABIC, hint: ARABIC, children }, within: 'ul' }
});
