import { expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { HornSound } from '$lib/api/types';
import { Horns } from './horns.svelte';

const DUCK: HornSound = { name: 'duck', label: 'Duck', duration_ms: 600, url: '/api/v1/horns/duck.wav?v=1' };
const ANA = { id: 'ana', name: 'Ana' };

function stage(answer: () => Promise<HornSound[]> = async () => [DUCK]) {
  const output = {
    play: vi.fn(async (_: string) => true),
    playHere: vi.fn(async (_: string) => true),
    open: true
  };
  const ask = vi.fn(answer);
  return { horns: new Horns({ horns: ask }, output), output, ask };
}

test('which sounds there are is asked when the first one is heard, and once', async () => {
  const { horns, output, ask } = stage();
  expect(ask).not.toHaveBeenCalled();
  await Promise.all([
    horns.hear({ by: 'ana', sound: 'duck' }),
    horns.hear({ by: 'ben', sound: 'duck' }),
    horns.load()
  ]);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(output.play.mock.calls).toEqual([[DUCK.url], [DUCK.url]]);
});

test('a device that does not listen asks for nothing', async () => {
  const { horns, output, ask } = stage();
  output.open = false;
  await horns.hear({ by: 'ana', sound: 'duck' });
  expect([ask.mock.calls, output.play.mock.calls]).toEqual([[], []]);
});

test('whoever is muted is not heard, and is when that is taken back', async () => {
  const { horns, output } = stage();
  horns.setMuted(ANA, true);
  horns.setMuted(ANA, true);
  expect(horns.muted).toEqual([ANA]);
  await horns.hear({ by: 'ana', sound: 'duck' });
  expect(output.play).not.toHaveBeenCalled();
  await horns.hear({ by: 'ben', sound: 'duck' });
  expect(output.play).toHaveBeenCalledTimes(1);
  horns.setMuted(ANA, false);
  await horns.hear({ by: 'ana', sound: 'duck' });
  expect(output.play).toHaveBeenCalledTimes(2);
});

test('with horns off nobody is heard, but one’s own for oneself is', async () => {
  const { horns, output } = stage();
  await horns.load();
  horns.setHeard(false);
  await horns.hear({ by: 'ben', sound: 'duck' });
  expect(output.play).not.toHaveBeenCalled();
  expect(await horns.playHere('duck')).toBe(true);
  expect(output.playHere).toHaveBeenCalledWith(DUCK.url);
});

test('a sound of a later server is silent', async () => {
  const { horns, output } = stage();
  await horns.hear({ by: 'ben', sound: 'theremin' });
  expect(await horns.playHere('theremin')).toBe(false);
  expect(output.play).not.toHaveBeenCalled();
});

test('silence of the server is told, and the next question may be answered', async () => {
  const answers: Promise<HornSound[]>[] = [Promise.reject(ApiProblem.unreachable()), Promise.resolve([DUCK])];
  const { horns, output } = stage(() => answers.shift() as Promise<HornSound[]>);
  await horns.hear({ by: 'ana', sound: 'duck' });
  expect(horns.status).toMatchObject({ kind: 'failed', problem: { code: 'unreachable' } });
  await horns.hear({ by: 'ana', sound: 'duck' });
  expect(horns.status).toEqual({ kind: 'ready' });
  expect(output.play).toHaveBeenCalledTimes(1);
});
