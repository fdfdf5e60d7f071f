import Switch from '$lib/ui/Switch.svelte';
import { LONG } from './page/fixtures';
import { stories } from './page/story';

export default stories(Switch, {
  off: { props: { label: 'Autofill', checked: false, onchange: () => undefined } },
  on: { props: { label: 'Autofill', checked: true, onchange: () => undefined } },
  'only said': { props: { label: 'Members may skip', checked: true, bare: true, onchange: () => undefined } },
  disabled: { props: { label: 'Autofill', checked: true, disabled: true, onchange: () => undefined } },
  'a long label': { props: { label: LONG, checked: false, onchange: () => undefined } }
});
