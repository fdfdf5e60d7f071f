import type { Member } from '$lib/api/types';
import MemberRow from '$lib/ui/settings/MemberRow.svelte';
import { ADA, ARABIC, BEN, GUS, LONG, UNBROKEN, person } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { member } from '../page/people';
import { stories } from '../page/story';

const row = (shown: Member) => ({
  member: shown,
  own: false,
  kept: null,
  onchange: () => undefined,
  onremove: () => undefined
});

export default stories(MemberRow, {
  'a member with an account': { props: row(member(BEN, ['ben@example.org'])), within: 'ul' },
  'an administrator who comes by links': { props: row(member(ADA, [])), within: 'ul' },
  'a guest': { props: row(member(GUS, [])), within: 'ul' },
  'my own, kept': {
    props: { ...row(member(ADA, ['ada@example.org'])), own: true, kept: 'Your own role stays.' },
    within: 'ul'
  },
  'awkward names and many accounts': {
    props: row(member(person(LONG), [`${UNBROKEN}@example.org`, 'second@example.org', 'third@example.org'])),
    within: 'ul'
  },
  'somebody who is here now, in German': {
    props: row({ ...member(BEN, []), last_seen_at_ms: NOW_MS - 30_000 }),
    app: (app) => app.i18n.use('de'),
    within: 'ul'
  },
  'not heard of since that is kept': {
    props: row({ ...member(BEN, []), last_seen_at_ms: null }),
    within: 'ul'
  },
  'from right to left': { props: row(member(person(ARABIC), [])), within: 'ul' }
});
