import { isBoolean, oneOf, recall, remember } from '$lib/preferences';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** Colours one can have instead of the cover's. Their hues are in `app.css`. */
export const ACCENTS = ['green', 'purple', 'blue', 'pink', 'orange', 'red', 'gold', 'cyan', 'white'] as const;
export type Accent = 'cover' | (typeof ACCENTS)[number];

const mark = (name: string, value: string | null): void => {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
};

/** How things look on this device. `static/theme.js` applies the same before the first paint. */
export class Theme {
  /** Light, dark or as the system says. */
  choice: ThemeChoice = $state(recall('theme', oneOf('system', 'light', 'dark'), 'system'));
  /** One colour, or that of the cover of what plays. */
  accent: Accent = $state(recall('accent', oneOf('cover', ...ACCENTS), 'cover'));
  /** Whether birds stand for people's pictures. */
  birds: boolean = $state(recall('birds', isBoolean, false));

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    remember('theme', choice);
    mark('theme', choice === 'system' ? null : choice);
  }

  colour(accent: Accent): void {
    this.accent = accent;
    remember('accent', accent);
    mark('accent', accent === 'cover' ? null : accent);
  }

  hideFaces(birds: boolean): void {
    this.birds = birds;
    remember('birds', birds);
  }
}
