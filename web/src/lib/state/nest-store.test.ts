import { expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { NestEvent, NestSnapshot } from '$lib/api/types';
import { blankNest, blankSettings } from '../../../mock/blank.js';
import { NestStore } from './nest-store.svelte';
import type { NestHandlers } from './realtime.svelte';

const snapshot = (offset: number, name = `at ${offset}`): NestSnapshot => ({
  epoch: 'e',
  offset,
  server_time_ms: Date.now(),
  state: blankNest({ settings: blankSettings({ name, autofill: false }) })
});
const host = (id: string): NestEvent => ({ type: 'host_changed', host: id });

function stage(...answers: (NestSnapshot | ApiProblem)[]) {
  let handlers: NestHandlers | null = null;
  let since: unknown = null;
  const left = vi.fn();
  const held: (() => void)[] = [];
  let holding = false;
  const nest = vi.fn(async () => {
    const answer = answers.shift();
    if (holding) await new Promise<void>((resolve) => held.push(resolve));
    if (answer instanceof ApiProblem) throw answer;
    if (answer === undefined) throw ApiProblem.unreachable();
    return answer;
  });
  const told: number[] = [];
  const store = new NestStore(
    'main',
    { nest },
    {
      nest: (_, position, given) => {
        since = position;
        handlers = given;
        return left;
      }
    },
    { published: ({ at_ms }) => told.push(at_ms), joined: () => undefined }
  );
  const hear = (offset: number, event: NestEvent): void =>
    handlers?.publication(offset, { at_ms: offset, by: null, event });
  return {
    store,
    nest,
    told,
    left,
    hear,
    since: () => since,
    dropped: () => handlers?.dropped(),
    resubscribed: (whole: boolean) => handlers?.subscribed(whole),
    hold: () => (holding = true),
    letGo: () => held.splice(0).forEach((resolve) => resolve())
  };
}

test('it hears from the snapshot’s position on and folds in order', async () => {
  const { store, hear, since, told } = stage(snapshot(7));
  await store.open();
  expect(since()).toEqual({ epoch: 'e', offset: 7 });
  hear(8, host('ana'));
  hear(9, host('ben'));
  expect(store.state?.host).toBe('ben');
  expect(told).toEqual([8, 9]);
});

test('what is already in the snapshot is not folded again', async () => {
  const { store, hear, told } = stage(snapshot(7));
  await store.open();
  hear(7, host('ana'));
  expect(store.state?.host).toBeNull();
  expect(told).toEqual([]);
});

test('a gap loads the snapshot again and keeps what comes after it', async () => {
  const { store, nest, hear } = stage(snapshot(7), snapshot(9));
  await store.open();
  hear(10, host('late'));
  await vi.waitFor(() => expect(store.state?.host).toBe('late'));
  expect(nest).toHaveBeenCalledTimes(2);
  expect(store.state?.settings.name).toBe('at 9');
});

test('publications that arrive while the snapshot loads wait for it', async () => {
  const world = stage(snapshot(7), snapshot(9));
  await world.store.open();
  world.hold();
  world.resubscribed(false);
  world.hear(9, host('old'));
  world.hear(10, host('new'));
  expect(world.store.state?.settings.name).toBe('at 7');
  world.letGo();
  await vi.waitFor(() => expect(world.store.state?.host).toBe('new'));
  expect(world.told).toEqual([10]);
});

test('a whole recovery loads nothing', async () => {
  const { store, nest, resubscribed } = stage(snapshot(7));
  await store.open();
  resubscribed(true);
  expect(nest).toHaveBeenCalledTimes(1);
});

test('what the server refuses has its own status', async () => {
  const refused = async (status: number): Promise<string> => {
    const { store } = stage(new ApiProblem({ code: 'x', status, detail: '' }));
    await store.open();
    return store.status.kind;
  };
  expect([await refused(404), await refused(401), await refused(503)]).toEqual([
    'unknown',
    'signed-out',
    'failed'
  ]);
});

test('a nest that is not for us any more is not shown on', async () => {
  const { store, dropped } = stage(
    snapshot(7),
    new ApiProblem({ code: 'guests_not_allowed', status: 403, detail: '' })
  );
  await store.open();
  dropped();
  await vi.waitFor(() => expect(store.status).toMatchObject({ kind: 'failed' }));
});

test('a reload that fails keeps what is shown', async () => {
  const { store, resubscribed, nest } = stage(snapshot(7), ApiProblem.unreachable());
  await store.open();
  resubscribed(false);
  await vi.waitFor(() => expect(nest).toHaveBeenCalledTimes(2));
  expect(store.state?.settings.name).toBe('at 7');
  store.close();
});

test('a gap that cannot be healed yet is healed later, without hammering the server', async () => {
  vi.useFakeTimers();
  try {
    const { store, hear, nest } = stage(snapshot(7), ApiProblem.unreachable(), snapshot(9));
    await store.open();
    hear(10, host('late'));
    await vi.advanceTimersByTimeAsync(900);
    hear(11, host('later'));
    expect(nest).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(nest).toHaveBeenCalledTimes(3);
    expect(store.state?.host).toBe('later');
  } finally {
    vi.useRealTimers();
  }
});
