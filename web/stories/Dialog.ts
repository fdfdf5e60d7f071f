import { createRawSnippet } from 'svelte';
import Dialog from '$lib/ui/Dialog.svelte';
import { LONG, UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

const words = (text: string) => createRawSnippet(() => ({ render: () => `<p>${text}</p>` }));

export default stories(Dialog, {
  closed: { props: { title: 'Share this nest', open: false, children: words('Nobody sees this.') } },
  open: {
    props: { title: 'Share this nest', open: true, children: words('Everybody sees this.') },
    shows: 'dialog[open]'
  },
  'a very long title': {
    props: { title: LONG, open: true, children: words(UNBROKEN) },
    shows: 'dialog[open]'
  },
  'more than fits': {
    props: { title: 'Long', open: true, children: words(`${LONG} `.repeat(40)) },
    shows: 'dialog[open]'
  }
});
