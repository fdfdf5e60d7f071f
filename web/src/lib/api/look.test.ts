import { afterEach, expect, test, vi } from 'vitest';
import { glimpse, look, nameInPage } from './look';

afterEach(() => vi.unstubAllGlobals());

test('what plays and who listens is seen from outside where the server says so', async () => {
  const nest = { name: 'Attic', listener_count: 1, faces: [{ initials: 'A', hue: 40 }] };
  const answers: Record<string, unknown> = {
    '/api/v1/nests/ABCDE/look': nest,
    '/playing/?nest=ABCDE': { title: 'Feathers', artist: 'The Rooks', pos: 3 }
  };
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return url in answers ? Response.json(answers[url]) : new Response('{}', { status: 404 });
  });
  expect(await look('ABCDE')).toEqual({ nest, playing: { title: 'Feathers', artist: 'The Rooks' } });
  delete answers['/playing/?nest=ABCDE'];
  expect(await look('ABCDE')).toEqual({ nest, playing: null });
  asked.length = 0;
  expect(await look('main')).toBeNull();
  expect(asked).toHaveLength(1);
});

test('no answer is no glimpse', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  expect(await look('main')).toBeNull();
  expect(glimpse({ title: '', artist: '' })).toBeNull();
  expect(glimpse([])).toBeNull();
});

test('the name in the page is of the nest the page was loaded for', () => {
  const tags: Record<string, string> = {
    'meta[property="og:title"]': 'Attic · The Old Oak',
    'meta[property="og:url"]': 'https://oak.example/nest/ABCDE'
  };
  vi.stubGlobal('document', { querySelector: (selector: string) => ({ content: tags[selector] }) });
  expect(nameInPage('ABCDE', 'The Old Oak')).toBe('Attic');
  expect(nameInPage('main', 'The Old Oak')).toBeNull();
  expect(nameInPage('ABCDE', 'Another')).toBeNull();
});
