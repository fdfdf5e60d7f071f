import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AREAS, fetchMessages, type Area, type Key } from './catalogue';
import { en as core } from './en';
import { compose, type Message } from './message';

const en = await fetchMessages('en', AREAS);
const de = await fetchMessages('de', AREAS);
const keys = Object.keys(en) as Key[];

const names = (message: Message): string[] => {
  const texts = typeof message === 'string' ? [message] : [message.one, message.other];
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')))
  ].sort();
};

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return item.name === 'i18n' ? [] : files(path);
    return /\.(svelte|ts)$/.test(path) && !path.includes('.test.') ? [path] : [];
  });
const texts = new Map(files('src').map((path) => [path, readFileSync(path, 'utf8')]));

const says = (text: string): Key[] =>
  keys.filter((key) => {
    const family = key.slice(0, key.lastIndexOf('.') + 1);
    return text.includes(`'${key}'`) || text.includes(`\`${family}\${`);
  });

describe('the catalogues', () => {
  test('every language has every message and no other', () => {
    expect(Object.keys(de).sort()).toEqual([...keys].sort());
  });

  test('no message is in two areas', async () => {
    const all = await Promise.all(
      AREAS.map(async (area) => Object.keys(await fetchMessages('en', [area])).length)
    );
    expect(all.reduce((sum, count) => sum + count)).toBe(keys.length);
  });

  test('a translation fills in the same names', () => {
    for (const key of keys) expect([key, names(de[key] ?? '')]).toEqual([key, names(en[key] ?? '')]);
  });

  test('nothing is left empty', () => {
    for (const message of [...Object.values(en), ...Object.values(de)]) {
      for (const text of typeof message === 'string' ? [message] : [message.one, message.other]) {
        expect(text.trim()).not.toBe('');
      }
    }
  });

  test('every message is used somewhere', () => {
    const used = new Set(says([...texts.values()].join('\n')));
    expect(keys.filter((key) => !used.has(key))).toEqual([]);
  });
});

/**
 * What is loaded together: a page with its layout, or what a dialog, or another late part, brings. Each says only what it
 * asks for; a name that is put together (`audit.act.…`) counts for all it can be, where it is put together outside of
 * `I18n`, which has an answer for a message that is not there.
 */
describe('what is loaded at once', () => {
  const resolved = (from: string, name: string): string | null => {
    const path = name.startsWith('$lib/') ? name.replace('$lib/', 'src/lib/') : join(dirname(from), name);
    return [path, `${path}.ts`, `${path}/index.ts`].find((candidate) => texts.has(candidate)) ?? null;
  };
  const imports = (path: string, pattern: RegExp): string[] =>
    [...(texts.get(path) ?? '').matchAll(pattern)]
      .map(([, name]) => (name === undefined ? null : resolved(path, name)))
      .filter((found) => found !== null);
  const together = (start: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(start)) return seen;
    seen.add(start);
    for (const next of imports(start, /(?:from|import) '([^']+)'/g)) together(next, seen);
    // A part that is fetched without a `Later` says what its page has asked for.
    for (const next of imports(start, /import\('([^']+)'\)(?!\})/g)) together(next, seen);
    return seen;
  };
  const asked = (path: string, text: string): Area[] =>
    [...text.matchAll(/\.need\(([^)]*)\)/g)].flatMap(([, list]) =>
      [...(list ?? '').matchAll(/'(\w+)'/g)].map(([, area]) => {
        if (!AREAS.includes(area as Area)) throw new Error(`${path} asks for ${area}`);
        return area as Area;
      })
    );

  const starts: [string, Area[]][] = [];
  for (const path of texts.keys()) {
    if (/\+(page|layout|error)\.svelte$/.test(path)) {
      const load = path.replace('.svelte', '.ts');
      starts.push([path, asked(load, texts.get(load) ?? '')]);
    }
    const later = /import\('([^']+)'\)\}\s*(?:says="(\w+)")?/g;
    for (const [, name = '', area] of (texts.get(path) ?? '').matchAll(later)) {
      const found = resolved(path, name);
      if (found !== null) starts.push([found, area === undefined ? [] : [area as Area]]);
    }
  }

  test('there are pages and dialogs that ask for more', () => {
    expect(
      starts.filter(([path, areas]) => path.includes('+page') && areas.length > 0).length
    ).toBeGreaterThan(3);
    expect(
      starts.filter(([path, areas]) => path.includes('/ui/') && areas.length > 0).length
    ).toBeGreaterThan(3);
    expect(existsSync('src/lib/i18n/en.ts')).toBe(true);
  });

  test.each(starts)('%s says only what is there', async (start, areas) => {
    const there = await fetchMessages('en', ['core', ...areas]);
    const missing = [...together(start)].flatMap((path) =>
      path.endsWith('i18n.svelte.ts') ? [] : says(texts.get(path) ?? '').filter((key) => !(key in there))
    );
    expect(missing).toEqual([]);
  });
});

describe('composing a message', () => {
  test('the plural follows the language and the number is written its way', () => {
    expect(compose(core['nest.queueLength'], { count: 1 }, 'en')).toBe('1 song');
    expect(compose(core['nest.queueLength'], { count: 0 }, 'en')).toBe('0 songs');
    expect(compose(de['nest.queueLength'] ?? '', { count: 1200 }, 'de')).toBe('1.200 Stücke');
  });

  test('a name that looks like a placeholder is left as people wrote it', () => {
    expect(compose('{name} added {title}', { name: '{title}', title: 'x' }, 'en')).toBe('{title} added x');
  });
});
