import Notices from '$lib/ui/Notices.svelte';
import { LONG, UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

export default stories(Notices, {
  none: { props: {} },
  'all kinds': {
    props: {},
    app: ({ notices }) => {
      notices.plain('Ben skipped “Feathers”.');
      notices.good('Saved.');
      notices.bad('The queue is full.');
      notices.undo('“Feathers” was removed.', 'Undo', () => undefined);
      notices.hold();
    }
  },
  'words that do not fit': {
    props: {},
    app: ({ notices }) => {
      notices.bad(LONG);
      notices.undo(UNBROKEN, 'Undo', () => undefined);
      notices.hold();
    }
  }
});
