import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { de } from './de';
import { en, type Key } from './en';
import { compose, type Message } from './message';

const names = (message: Message): string[] => {
  const texts = typeof message === 'string' ? [message] : [message.one, message.other];
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')))
  ].sort();
};

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return item.name === 'i18n' ? [] : sources(path);
    return /\.(svelte|ts)$/.test(path) ? [readFileSync(path, 'utf8')] : [];
  });

describe('the catalogues', () => {
  test('every language has every message and no other', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  test('a translation fills in the same names', () => {
    for (const key of Object.keys(en) as Key[]) expect([key, names(de[key])]).toEqual([key, names(en[key])]);
  });

  test('nothing is left empty', () => {
    for (const message of [...Object.values<Message>(en), ...Object.values<Message>(de)]) {
      for (const text of typeof message === 'string' ? [message] : [message.one, message.other]) {
        expect(text.trim()).not.toBe('');
      }
    }
  });

  test('every message is used somewhere', () => {
    const text = sources('src').join('\n');
    const unused = Object.keys(en).filter((key) => {
      const family = key.slice(0, key.lastIndexOf('.') + 1);
      return !text.includes(`'${key}'`) && !text.includes(`\`${family}\${`);
    });
    expect(unused).toEqual([]);
  });
});

describe('composing a message', () => {
  test('the plural follows the language and the number is written its way', () => {
    expect(compose(en['nest.queueLength'], { count: 1 }, 'en')).toBe('1 song');
    expect(compose(en['nest.queueLength'], { count: 0 }, 'en')).toBe('0 songs');
    expect(compose(de['nest.queueLength'], { count: 1200 }, 'de')).toBe('1.200 Stücke');
  });

  test('a name that looks like a placeholder is left as people wrote it', () => {
    expect(compose('{name} added {title}', { name: '{title}', title: 'x' }, 'en')).toBe('{title} added x');
  });
});
