import type { AutofillRules } from '$lib/api/types';
import AutofillSettings from '$lib/ui/nest/AutofillSettings.svelte';
import { UNBROKEN, settings } from '../page/fixtures';
import { press, stories, type } from '../page/story';

const rules = (changes: Partial<AutofillRules> = {}): AutofillRules => ({
  ...settings().autofill_rules,
  ...changes
});
const given = (shown: AutofillRules) => ({ rules: shown, onsave: () => Promise.resolve(true) });
const open = (root: HTMLElement): void => root.querySelector('summary')?.click();
const quiet = { genre: 0, artist: 0, album: 0, collaborators: 0, sound: 0, favourites: 0, throwback: 0 };

export default stories(AutofillSettings, {
  'as it begins': { props: given(rules()) },
  opened: { props: given(rules()), act: open },
  'one was moved': {
    props: given(rules()),
    act: (root) => {
      open(root);
      type(root, 'input[type="range"]', '80');
    }
  },
  'back to the usual': {
    props: given(rules({ weights: { ...quiet, library: 100 } })),
    act: async (root) => {
      open(root);
      await press(root, 'Reset to usual');
    }
  },
  'only anything, and for ever': {
    props: given(
      rules({
        depth: 0,
        filter_days: 0,
        streak_minutes_max: 0,
        genre: UNBROKEN.slice(0, 60),
        weights: { ...quiet, library: 100 }
      })
    ),
    act: open
  },
  'times that nobody offers': { props: given(rules({ streak_minutes_max: 45, filter_days: 11 })), act: open },
  'in German': { props: given(rules()), app: (app) => app.i18n.use('de'), act: open }
});
