import { describe, expect, it } from 'vitest';
import { HornSpeaker } from './horn-speaker';
import { Listener } from './simulation/browser';

const HORN = '/horn.wav';

/** A device whose horns load after `loadMs`; `listens` says whether it hears a nest as well. */
async function stage({ listens = true, loadMs = 50, decodable = true } = {}) {
  const listener = new Listener();
  const startedAt = listener.serverMs - 10_000;
  listener.engine.update(listener.running(listener.entry(1, 180), startedAt));
  if (listens) {
    await listener.engine.start();
    await listener.time.advance(3_000);
  }
  const loads: string[] = [];
  let reachable = true;
  const speaker = new HornSpeaker({
    shared: () => listener.engine.audio,
    open: () => listener.engine.openAudio(),
    load: async (url) => {
      loads.push(url);
      await new Promise<void>((resolve) => listener.time.after(loadMs, resolve));
      if (!reachable) throw new TypeError('failed to fetch');
      return new TextEncoder().encode(JSON.stringify({ url, seconds: 1, decodable })).buffer as ArrayBuffer;
    }
  });
  const horns = () => listener.heard().filter(({ url }) => url.startsWith('/horn'));
  return { listener, speaker, loads, startedAt, horns, unreachable: () => (reachable = false) };
}

describe('a horn', () => {
  it('sounds over the music, which goes on as if nothing were', async () => {
    const { listener, speaker, horns, startedAt } = await stage();
    const began = speaker.play(HORN, 0.3);
    await listener.time.advance(200);
    expect(await began).toBe(true);
    expect(horns()).toMatchObject([{ url: HORN, gain: 0.3 }]);
    for (let passed = 0; passed < 3_000; passed += 40) {
      await listener.time.advance(40);
      expect(Math.abs(listener.errorMs(startedAt, '/stream/1') ?? Infinity)).toBeLessThan(2);
    }
    expect(horns()).toEqual([]);
    expect(listener.engine.diagnostics().spliceCount).toBe(0);
    expect(listener.context.lateStarts).toBe(0);
  });

  it('is loaded when it is first needed, and once', async () => {
    const { listener, speaker, loads } = await stage();
    expect(loads).toEqual([]);
    for (let time = 0; time < 2; time += 1) {
      const began = speaker.play(HORN, 1);
      await listener.time.advance(1_500);
      expect(await began).toBe(true);
    }
    expect(loads).toEqual([HORN]);
  });

  it('leaves nothing behind', async () => {
    const { listener, speaker } = await stage();
    const before = listener.context.connected.size;
    void speaker.play(HORN, 1);
    await listener.time.advance(1_500);
    expect(listener.context.collect()).toBe(before);
  });

  it('is not heard where nobody listens, or when it is turned down', async () => {
    const away = await stage({ listens: false });
    expect(await away.speaker.play(HORN, 1)).toBe(false);
    const here = await stage();
    expect(await here.speaker.play(HORN, 0)).toBe(false);
    expect([...away.loads, ...here.loads]).toEqual([]);
  });

  it('that cannot be had is missing, and may come the next time', async () => {
    const broken = await stage({ decodable: false });
    const never = broken.speaker.play(HORN, 1);
    await broken.listener.time.advance(200);
    expect(await never).toBe(false);
    const { listener, speaker, loads, unreachable } = await stage();
    unreachable();
    for (let time = 0; time < 2; time += 1) {
      const began = speaker.play(HORN, 1);
      await listener.time.advance(200);
      expect(await began).toBe(false);
    }
    expect(loads).toEqual([HORN, HORN]);
  });

  it('is one of four at most, and those before make room when they end', async () => {
    const { listener, speaker, horns } = await stage();
    const began = Array.from({ length: 9 }, () => speaker.play(HORN, 1));
    await listener.time.advance(200);
    expect((await Promise.all(began)).filter(Boolean)).toHaveLength(4);
    expect(horns()).toHaveLength(4);
    await listener.time.advance(1_500);
    const after = speaker.play(HORN, 1);
    await listener.time.advance(200);
    expect(await after).toBe(true);
  });

  it('does not keep its place when listening stops under it', async () => {
    const { listener, speaker } = await stage();
    for (let time = 0; time < 3; time += 1) {
      const began = Array.from({ length: 4 }, () => speaker.play(HORN, 1));
      await listener.time.advance(200);
      expect(await Promise.all(began)).toEqual([true, true, true, true]);
      listener.engine.stop();
      await listener.time.advance(100);
      await listener.engine.start();
      await listener.time.advance(3_000);
    }
  });
});

describe('a horn for oneself', () => {
  it('needs nobody to listen, and lets go of its context', async () => {
    const { listener, speaker, horns } = await stage({ listens: false });
    const began = speaker.playHere(HORN, 0.5);
    await listener.time.advance(200);
    expect(await began).toBe(true);
    expect(horns()).toMatchObject([{ gain: 0.5 }]);
    await listener.time.advance(1_500);
    listener.context.collect();
    expect(listener.context.state).toBe('closed');
  });

  it('uses the context of the music where there is one', async () => {
    const { listener, speaker } = await stage();
    const began = speaker.playHere(HORN, 0.5);
    await listener.time.advance(200);
    expect(await began).toBe(true);
    expect(listener.contexts).toHaveLength(1);
  });

  it('where sound is not allowed, it is silent and leaves no context', async () => {
    const { listener, speaker } = await stage({ listens: false });
    listener.unlocked = false;
    const began = speaker.playHere(HORN, 0.5);
    await listener.time.advance(200);
    expect(await began).toBe(false);
    expect(listener.context.state).toBe('closed');
  });
});
