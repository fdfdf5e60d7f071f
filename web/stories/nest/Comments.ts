import type { Comment, Entry } from '$lib/api/types';
import Comments from '$lib/ui/nest/Comments.svelte';
import { ADA, ARABIC, BEN, EMOJI, GUS, LONG, UNBROKEN, entry, person, song } from '../page/fixtures';
import { said, talk } from '../page/people';
import { stories, type } from '../page/story';

const given = (about: Entry | null) => ({
  entry: about,
  refused: null as string | null,
  mayRemove: ({ by }: Comment) => by === ADA.id,
  onsay: () => Promise.resolve(true),
  onremove: () => undefined,
  onclose: () => undefined
});
const awkward = [
  said(person(LONG), UNBROKEN, 1),
  said(person(ARABIC), ARABIC, 2),
  said(BEN, '<b>not bold</b> & <script>alert(1)</script>', 3),
  said(person('🦉'), EMOJI, 4),
  said(ADA, `${LONG} ${LONG}`.slice(0, 280), 5)
];
const many = Array.from({ length: 50 }, (_, at) =>
  said(at % 3 ? BEN : ADA, `The ${at + 1}. word on this.`, at)
);
const open = 'dialog[open]';

export default stories(Comments, {
  'nobody asks': { props: given(null) },
  'nothing was said': { props: given(entry(2)), shows: open },
  'people talk': { props: given(entry(2, { comments: talk(BEN, ADA) })), shows: open },
  'the host may take any away': {
    props: { ...given(entry(2, { comments: talk(BEN, GUS) })), mayRemove: () => true },
    shows: open
  },
  'awkward words': {
    props: given(entry(2, { track: song(LONG), comments: awkward })),
    shows: open
  },
  'as many as there can be': { props: given(entry(2, { comments: many })), shows: open },
  'nearly too much typed': {
    props: given(entry(2, { comments: talk(BEN, ADA) })),
    act: (root) => type(root, 'input', 'x'.repeat(271)),
    shows: open
  },
  'too much typed': {
    props: given(entry(2)),
    act: (root) => type(root, 'input', '🎺'.repeat(300)),
    shows: open
  },
  'not for me': { props: { ...given(entry(2)), refused: 'You may not do that here.' }, shows: open },
  'long words': {
    props: given(entry(2, { comments: talk(BEN, ADA) })),
    app: (app) => app.i18n.use('de'),
    shows: open
  }
});
