import { oneOf, recall, remember } from '$lib/preferences';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** Light, dark or as the system says. `static/theme.js` applies the same choice before the first paint. */
export class Theme {
  choice: ThemeChoice = $state(recall('theme', oneOf('system', 'light', 'dark'), 'system'));

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    remember('theme', choice);
    if (choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
  }
}
