import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { Door } from './door.svelte';

const accepted = { offset: 1 };

test('who was put out is known once it was asked for', async () => {
  const door = new Door(
    { kicked: async () => [{ id: 'gus', name: 'Gus' }], configure: async () => accepted },
    'ABCDE'
  );
  expect(door.status.kind).toBe('loading');
  await door.load();
  expect(door.status.kind).toBe('ready');
  expect(door.kicked.map(({ name }) => name)).toEqual(['Gus']);
});

test('what speaks against a word is answered, not thrown', async () => {
  const asked: unknown[] = [];
  const door = new Door(
    {
      kicked: async () => [],
      configure: async (_, body) => {
        asked.push(body);
        throw ApiProblem.unreachable();
      }
    },
    'ABCDE'
  );
  expect((await door.call('friday-night'))?.code).toBe('unreachable');
  expect(asked).toEqual([{ slug: 'friday-night' }]);
});
