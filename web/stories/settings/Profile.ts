import Profile from '$lib/ui/settings/Profile.svelte';
import { ADA, ARABIC, GUS, LONG, person } from '../page/fixtures';
import { stories, type } from '../page/story';

export default stories(Profile, {
  'an administrator': { props: { person: ADA } },
  'a guest': { props: { person: GUS } },
  'a very long name': { props: { person: person(LONG.slice(0, 40)) } },
  'from right to left': { props: { person: person(ARABIC.slice(0, 40)) } },
  'no name typed': { props: { person: ADA }, act: (root) => type(root, 'input', '') }
});
