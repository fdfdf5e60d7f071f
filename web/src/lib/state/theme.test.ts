import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ACCENTS, Theme } from './theme.svelte';

describe('how things look on this device', () => {
  let stored: Map<string, string>;
  let marks: Record<string, string>;

  beforeEach(() => {
    stored = new Map();
    marks = {};
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => stored.set(name, value)
    });
    vi.stubGlobal('document', { documentElement: { dataset: marks } });
  });
  afterEach(() => void vi.unstubAllGlobals());

  test('a colour and birds are remembered, and the page is marked', () => {
    const theme = new Theme();
    expect([theme.choice, theme.accent, theme.birds]).toEqual(['system', 'cover', false]);
    theme.choose('dark');
    theme.colour('cyan');
    theme.hideFaces(true);
    expect(marks).toEqual({ theme: 'dark', accent: 'cyan' });
    const again = new Theme();
    expect([again.choice, again.accent, again.birds]).toEqual(['dark', 'cyan', true]);
    again.colour('cover');
    again.choose('system');
    expect(marks).toEqual({});
  });

  test('what somebody else wrote there is not believed', () => {
    stored.set('rookery.accent', '"javascript"');
    stored.set('rookery.birds', '"yes"');
    const theme = new Theme();
    expect([theme.accent, theme.birds]).toEqual(['cover', false]);
  });

  test('every colour has its hue, and is known before the first paint', () => {
    const styles = readFileSync('src/app.css', 'utf8');
    const early = readFileSync('static/theme.js', 'utf8');
    for (const accent of ACCENTS) {
      expect(styles).toContain(`:root[data-accent='${accent}']`);
      expect(early).toContain(accent);
    }
  });
});
