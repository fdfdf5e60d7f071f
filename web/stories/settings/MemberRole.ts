import MemberRole from '$lib/ui/settings/MemberRole.svelte';
import { ADA, BEN, GUS, LONG, person } from '../page/fixtures';
import { member } from '../page/people';
import { stories } from '../page/story';

const given = { onchoose: () => undefined, onclose: () => undefined };

export default stories(MemberRole, {
  'nobody is asked about': { props: { ...given, member: null } },
  'a member': { props: { ...given, member: member(BEN, []) }, shows: 'dialog[open]' },
  'an administrator': { props: { ...given, member: member(ADA, []) }, shows: 'dialog[open]' },
  'a guest': { props: { ...given, member: member(GUS, []) }, shows: 'dialog[open]' },
  'a very long name': { props: { ...given, member: member(person(LONG), []) }, shows: 'dialog[open]' }
});
