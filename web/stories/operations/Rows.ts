import { createRawSnippet } from 'svelte';
import Rows from '$lib/ui/operations/Rows.svelte';
import { UNBROKEN } from '../page/fixtures';
import { stories } from '../page/story';

const row = (name: string) =>
  createRawSnippet(() => ({ render: () => `<tr><th scope="row">${name}</th><td>12 MB</td></tr>` }));

export default stories(Rows, {
  'a row': { props: { caption: 'Sizes', head: ['What', 'Size'], children: row('Data') } },
  'a word without end': { props: { caption: 'Sizes', head: ['What', 'Size'], children: row(UNBROKEN) } }
});
