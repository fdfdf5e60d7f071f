import { expect, test } from 'vitest';
import { Notices } from './notices.svelte';

function stage() {
  const tasks = new Map<number, { at: number; task: () => void }>();
  let now = 0;
  let next = 0;
  const notices = new Notices((delayMs, task) => {
    const id = (next += 1);
    tasks.set(id, { at: now + delayMs, task });
    return { stop: () => tasks.delete(id) };
  });
  const pass = (ms: number): void => {
    now += ms;
    for (const [id, { at, task }] of [...tasks]) {
      if (at > now) continue;
      tasks.delete(id);
      task();
    }
  };
  const texts = (): string[] => notices.list.map((notice) => notice.text);
  return { notices, pass, texts };
}

test('a notice leaves by itself, an undo stays longer', () => {
  const { notices, pass, texts } = stage();
  notices.plain('Ana added a song');
  notices.undo('Removed', 'Undo', () => undefined);
  pass(5000);
  expect(texts()).toEqual(['Removed']);
  pass(6000);
  expect(texts()).toEqual([]);
});

test('undo runs once, however often it is pressed', () => {
  const { notices } = stage();
  let undone = 0;
  notices.undo('Removed', 'Undo', () => (undone += 1));
  const notice = notices.list[0]!;
  notices.act(notice);
  notices.act(notice);
  expect(undone).toBe(1);
  expect(notices.list).toEqual([]);
});

test('an undo that has left cannot be taken any more', () => {
  const { notices, pass } = stage();
  let undone = 0;
  notices.undo('Removed', 'Undo', () => (undone += 1));
  const notice = notices.list[0]!;
  pass(11_000);
  notices.act(notice);
  expect(undone).toBe(0);
});

test('nothing leaves while somebody looks', () => {
  const { notices, pass, texts } = stage();
  notices.plain('a');
  notices.hold();
  pass(60_000);
  expect(texts()).toEqual(['a']);
  notices.release();
  pass(5000);
  expect(texts()).toEqual([]);
});

test('news pushes news out before it pushes out a way back', () => {
  const { notices, texts } = stage();
  notices.undo('Removed', 'Undo', () => undefined);
  for (const text of ['a', 'b', 'c', 'd']) notices.plain(text);
  expect(texts()).toEqual(['Removed', 'b', 'c', 'd']);
});

test('the same news twice is shown once', () => {
  const { notices, texts } = stage();
  notices.plain('a');
  notices.plain('a');
  expect(texts()).toEqual(['a']);
});
