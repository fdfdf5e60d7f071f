import { describe, expect, it } from 'vitest';
import { Listener } from './simulation/browser';
import { chance } from './simulation/time';

/** The largest error heard over a stretch of time, looked at every 40 ms; Infinity if there was silence. */
async function worstError(listener: Listener, startedAtMs: number, durationMs: number, url?: string) {
  let worst = 0;
  for (let passed = 0; passed < durationMs; passed += 40) {
    await listener.time.advance(40);
    const error = listener.errorMs(startedAtMs, url);
    worst = Math.max(worst, error === null ? Infinity : Math.abs(error));
  }
  return worst;
}

async function listening(seconds = 180) {
  const listener = new Listener();
  const first = listener.entry(1, seconds);
  const second = listener.entry(2, 120);
  const startedAt = listener.serverMs - 10_000;
  listener.engine.update(listener.running(first, startedAt, second));
  await listener.engine.start();
  await listener.time.advance(3_000);
  return { listener, first, second, startedAt };
}

describe('a listener who starts', () => {
  it('hears the moment the nest is at', async () => {
    const { listener, startedAt } = await listening();
    expect(await worstError(listener, startedAt, 5_000)).toBeLessThan(2);
    expect(listener.engine.status.state).toBe('in-step');
    expect(listener.context.lateStarts).toBe(0);
  });

  it('is told that a gesture is missing and begins when it comes', async () => {
    const listener = new Listener();
    listener.unlocked = false;
    const startedAt = listener.serverMs;
    listener.engine.update(listener.running(listener.entry(1, 60), startedAt));
    const started = listener.engine.start();
    await listener.time.advance(2_000);
    await started;
    expect(listener.engine.status.state).toBe('needs-gesture');
    listener.context.unlocked = true;
    await listener.engine.start();
    await listener.time.advance(2_500);
    expect(await worstError(listener, startedAt, 1_000)).toBeLessThan(2);
  });

  it('waits for the clock, loading meanwhile', async () => {
    const listener = new Listener();
    listener.online = false;
    listener.engine.update(listener.running(listener.entry(1, 60), listener.serverMs));
    await listener.engine.start();
    expect(listener.engine.status.state).toBe('waiting-clock');
    await listener.time.advance(3_000);
    expect(listener.engine.status).toEqual({ state: 'offline', sounding: false });
    expect(listener.fetchCount).toBeGreaterThan(0);
  });

  it('knows the time for the progress bar before it starts, and asks only while that can be seen', async () => {
    const listener = new Listener();
    await listener.time.advance(20_000);
    expect(listener.clockQuestions).toBe(0);
    listener.engine.update({ playing: null });
    await listener.time.advance(1_000);
    expect(Math.abs((listener.engine.serverNow() ?? 0) - listener.serverMs)).toBeLessThan(3);
    listener.page('hidden');
    const asked = listener.clockQuestions;
    await listener.time.advance(60_000);
    expect(listener.clockQuestions).toBe(asked);
    listener.page('visible');
    await listener.time.advance(1_000);
    expect(listener.clockQuestions).toBeGreaterThan(asked);
    listener.engine.update(null);
    await listener.time.advance(10);
    expect(listener.time.timerCount).toBe(0);
  });

  it('goes on asking the clock in the background while it listens', async () => {
    const { listener } = await listening();
    listener.page('hidden');
    const asked = listener.clockQuestions;
    await listener.time.advance(60_000);
    expect(listener.clockQuestions).toBeGreaterThan(asked + 30);
  });

  it('hears nothing during a count-in and the first sample on time', async () => {
    const listener = new Listener();
    const entry = listener.entry(1, 60);
    await listener.engine.start();
    await listener.time.advance(2_000);
    const startedAt = listener.serverMs + 2_000;
    listener.engine.update(listener.running(entry, startedAt));
    await listener.time.advance(1_950);
    expect(listener.heard()).toEqual([]);
    expect(listener.engine.status.state).toBe('counting-in');
    await listener.time.advance(60);
    expect(Math.abs(listener.errorMs(startedAt) ?? Infinity)).toBeLessThan(2);
  });

  it('hears a bridge while a large file is being decoded, then the decoded sound', async () => {
    const listener = new Listener();
    const startedAt = listener.serverMs - 30_000;
    listener.engine.update(listener.running(listener.entry(1, 300, { loadMs: 20_000 }), startedAt));
    await listener.engine.start();
    await listener.time.advance(12_000);
    expect(listener.engine.diagnostics().mode).toBe('element');
    expect(Math.abs(listener.errorMs(startedAt) ?? Infinity)).toBeLessThan(40);
    await listener.time.advance(12_000);
    expect(listener.engine.diagnostics().mode).toBe('buffer');
    expect(await worstError(listener, startedAt, 1_000)).toBeLessThan(2);
    expect(listener.heard()).toHaveLength(1);
  });

  it('goes on with elements where Web Audio never wakes, and asks for no tap at a skip', async () => {
    const listener = new Listener();
    listener.contextWakes = false;
    listener.engine.update(listener.running(listener.entry(1, 300), listener.serverMs - 30_000));
    void listener.engine.start();
    await listener.time.advance(8_000);
    expect(listener.engine.diagnostics().mode).toBe('element');
    const skippedAt = listener.serverMs;
    const states: string[] = [];
    listener.engine.update(listener.running(listener.entry(2, 300), skippedAt));
    for (let passed = 0; passed < 1_200; passed += 50) {
      states.push(listener.engine.status.state);
      await listener.time.advance(50);
    }
    expect(states).not.toContain('needs-gesture');
    expect(listener.heard()).toHaveLength(1);
  });
});

describe('a nest that moves on', () => {
  it('goes from track to track without a gap although the announcement comes late', async () => {
    const { listener, first, second, startedAt } = await listening(30);
    const boundary = startedAt + 30_000;
    await listener.time.advance(boundary - listener.serverMs - 400);
    const silences: number[] = [];
    let overlaps = 0;
    for (let passed = 0; passed < 800; passed += 1) {
      await listener.time.advance(1);
      const heard = listener.heard();
      if (heard.length === 0) silences.push(listener.serverMs - boundary);
      if (heard.length > 1) overlaps += 1;
      if (passed === 650) listener.engine.update(listener.running(second, boundary));
    }
    expect(silences).toEqual([]);
    expect(overlaps).toBe(0);
    expect(await worstError(listener, boundary, 3_000, second.track.stream_url)).toBeLessThan(2);
    expect(first.track.stream_url).not.toBe(second.track.stream_url);
  });

  it('pauses within a moment and resumes where it was', async () => {
    const { listener, first, startedAt } = await listening();
    const position = listener.serverMs - startedAt;
    listener.engine.update({
      playing: { entry: first, playback: { state: 'paused', position_ms: position } }
    });
    await listener.time.advance(80);
    expect(listener.heard()).toEqual([]);
    expect(listener.engine.status).toEqual({ state: 'idle', reason: 'paused' });
    await listener.time.advance(60_000);
    const resumedAt = listener.serverMs + 200 - position;
    listener.engine.update(listener.running(first, resumedAt));
    await listener.time.advance(400);
    expect(await worstError(listener, resumedAt, 1_000)).toBeLessThan(2);
    expect(listener.fetchCount).toBeLessThanOrEqual(2);
  });

  it('does not begin the next track when it is paused, or moved back, just before the end', async () => {
    const { listener, first, second, startedAt } = await listening(30);
    await listener.time.advance(startedAt + 26_000 - listener.serverMs);
    listener.engine.update({
      playing: { entry: first, playback: { state: 'paused', position_ms: 26_000 } },
      next: second
    });
    await listener.time.advance(60);
    for (let passed = 0; passed < 8_000; passed += 100) {
      await listener.time.advance(100);
      expect(listener.heard()).toEqual([]);
    }
    listener.engine.update(listener.running(first, listener.serverMs - 26_000, second));
    await listener.time.advance(1_000);
    const soughtAt = listener.serverMs - 2_000;
    listener.engine.update(listener.running(first, soughtAt, second));
    await listener.time.advance(300);
    expect(await worstError(listener, soughtAt, 6_000, first.track.stream_url)).toBeLessThan(2);
    expect(listener.heard()).toHaveLength(1);
  });

  it('is silent while a track it hears is set to begin later', async () => {
    const { listener, first } = await listening();
    const again = listener.serverMs + 1_500;
    listener.engine.update(listener.running(first, again));
    await listener.time.advance(120);
    expect(listener.heard()).toEqual([]);
    await listener.time.advance(1_450);
    expect(await worstError(listener, again, 1_000)).toBeLessThan(2);
  });

  it('follows a seek at once', async () => {
    const { listener, first, startedAt } = await listening();
    const soughtAt = startedAt - 60_000;
    listener.engine.update(listener.running(first, soughtAt));
    await listener.time.advance(150);
    expect(await worstError(listener, soughtAt, 1_000)).toBeLessThan(2);
  });

  it('skips at once to the track it has prepared', async () => {
    const { listener, second } = await listening();
    await listener.time.advance(3_000);
    const startedAt = listener.serverMs + 300;
    listener.engine.update(listener.running(second, startedAt));
    await listener.time.advance(360);
    expect(await worstError(listener, startedAt, 1_000, second.track.stream_url)).toBeLessThan(2);
  });

  it('lets go of a track that is no longer the next', async () => {
    const { listener, first, startedAt } = await listening();
    const slow = listener.entry(3, 200, { loadMs: 60_000 });
    listener.engine.update(listener.running(first, startedAt, slow));
    await listener.time.advance(3_000);
    expect(listener.openFetches).toBe(1);
    listener.engine.update(listener.running(first, startedAt));
    await listener.time.advance(50);
    expect(listener.openFetches).toBe(0);
  });

  it('falls silent when the nest has nothing to play', async () => {
    const { listener } = await listening();
    listener.engine.update({ playing: null });
    await listener.time.advance(80);
    expect(listener.heard()).toEqual([]);
    expect(listener.engine.status).toEqual({ state: 'idle', reason: 'nothing-playing' });
    expect(listener.engine.diagnostics().decodedBytes).toBe(0);
  });
});

describe('trouble', () => {
  it('makes up for under-runs of any size', async () => {
    const random = chance(3);
    for (let round = 0; round < 12; round += 1) {
      const { listener, startedAt } = await listening();
      const slip = 4 + random() * 400;
      listener.context.underrun(slip);
      await listener.time.advance(slip + 9_000);
      expect(await worstError(listener, startedAt, 2_000), `slip of ${slip} ms`).toBeLessThan(3);
    }
  });

  it('makes up for a loudspeaker whose clock runs differently', async () => {
    const { listener, startedAt } = await listening(1_000);
    // 5 ms every 20 s: 250 parts in a million, worse than any sound card.
    for (let round = 0; round < 10; round += 1) {
      listener.context.underrun(5);
      expect(await worstError(listener, startedAt, 20_000)).toBeLessThan(8);
    }
  });

  it("comes back after the server's clock has jumped", async () => {
    const { listener, startedAt } = await listening();
    listener.serverAheadMs += 7_000;
    await listener.time.advance(12_000);
    expect(await worstError(listener, startedAt, 1_000)).toBeLessThan(3);
    expect(listener.engine.diagnostics().clock?.restartCount).toBe(1);
  });

  it('comes back within two seconds of waking up', async () => {
    const { listener, startedAt } = await listening();
    listener.context.interrupt();
    listener.time.sleep(30_000);
    listener.page('visible');
    await listener.time.advance(2_000);
    expect(await worstError(listener, startedAt, 1_000)).toBeLessThan(3);
  });

  it('plays on without a network, into the next track, and is in step when it returns', async () => {
    const { listener, first, second, startedAt } = await listening(40);
    await listener.time.advance(4_000);
    listener.online = false;
    listener.engine.setConnected(false);
    await listener.time.advance(1_000);
    expect(listener.engine.status).toEqual({ state: 'offline', sounding: true });
    const boundary = startedAt + 40_000;
    await listener.time.advance(boundary - listener.serverMs + 500);
    expect(await worstError(listener, boundary, 5_000, second.track.stream_url)).toBeLessThan(3);
    listener.online = true;
    listener.engine.setConnected(true);
    listener.engine.update(listener.running(second, boundary, first));
    await listener.time.advance(1_000);
    expect(listener.engine.status.state).toBe('in-step');
  });

  it('gets a track at last that the network broke off', async () => {
    const listener = new Listener();
    const startedAt = listener.serverMs;
    listener.engine.update(listener.running(listener.entry(1, 120), startedAt));
    await listener.engine.start();
    await listener.time.advance(50);
    listener.online = false;
    await listener.time.advance(10_000);
    expect(listener.engine.status).toEqual({ state: 'offline', sounding: false });
    listener.online = true;
    listener.page('online');
    await listener.time.advance(2_500);
    expect(await worstError(listener, startedAt, 1_000)).toBeLessThan(3);
  });

  it('says what cannot be played and joins in at the next', async () => {
    const listener = new Listener();
    const broken = listener.entry(1, 20, { decodable: false, playable: false });
    const good = listener.entry(2, 60);
    const startedAt = listener.serverMs;
    listener.engine.update(listener.running(broken, startedAt, good));
    await listener.engine.start();
    await listener.time.advance(1_000);
    expect(listener.engine.status).toMatchObject({ state: 'unplayable', entryId: 1 });
    await listener.time.advance(startedAt + 20_200 - listener.serverMs);
    expect(await worstError(listener, startedAt + 20_000, 1_000)).toBeLessThan(2);
  });

  it('says so when the server does not have the file', async () => {
    const listener = new Listener();
    listener.engine.update(listener.running(listener.entry(1, 20, { status: 404 }), listener.serverMs));
    await listener.engine.start();
    await listener.time.advance(500);
    expect(listener.engine.status).toMatchObject({ state: 'unplayable', entryId: 1 });
    expect(listener.fetchCount).toBe(1);
  });

  it('turns to an element when a phone takes Web Audio away, and back', async () => {
    const { listener, startedAt } = await listening();
    listener.context.unlocked = false;
    listener.context.interrupt();
    await listener.time.advance(9_000);
    expect(listener.engine.diagnostics().mode).toBe('element');
    expect(Math.abs(listener.errorMs(startedAt) ?? Infinity)).toBeLessThan(40);
    listener.context.unlocked = true;
    await listener.time.advance(3_000);
    expect(listener.engine.diagnostics().mode).toBe('buffer');
    expect(await worstError(listener, startedAt, 1_000)).toBeLessThan(3);
  });
});

describe('an element', () => {
  it('plays what Web Audio cannot decode, in step', async () => {
    const listener = new Listener();
    const startedAt = listener.serverMs - 20_000;
    const entry = listener.entry(1, 200, { decodable: false });
    listener.engine.update(listener.running(entry, startedAt));
    await listener.engine.start();
    await listener.time.advance(15_000);
    expect(listener.engine.status).toMatchObject({ state: 'in-step', mode: 'element' });
    expect(await worstError(listener, startedAt, 5_000)).toBeLessThan(10);
  });

  it('plays long tracks, which are never decoded whole', async () => {
    const listener = new Listener();
    const startedAt = listener.serverMs - 20_000;
    listener.engine.update(listener.running(listener.entry(1, 4_000), startedAt));
    await listener.engine.start();
    await listener.time.advance(15_000);
    expect(listener.engine.diagnostics()).toMatchObject({ mode: 'element', decodedBytes: 0 });
    expect(listener.fetchCount).toBe(0);
  });

  it('plays everything where there is no Web Audio', async () => {
    const listener = new Listener();
    listener.hasWebAudio = false;
    const startedAt = listener.serverMs;
    listener.engine.update(listener.running(listener.entry(1, 60), startedAt));
    await listener.engine.start();
    await listener.time.advance(12_000);
    expect(listener.engine.status).toMatchObject({ state: 'in-step', mode: 'element' });
  });
});

describe('this device', () => {
  it('remembers its nudge, within bounds, and plays that much earlier', async () => {
    const { listener, startedAt } = await listening();
    listener.engine.setNudge(9_999);
    expect(listener.engine.nudgeMs).toBe(500);
    listener.engine.setNudge(120);
    await listener.time.advance(300);
    expect(listener.errorMs(startedAt)).toBeCloseTo(120, -1);
    const again = new Listener({
      storage: { getItem: (key) => listener.stored.get(key) ?? null, setItem: () => {} }
    });
    expect(again.engine.nudgeMs).toBe(120);
  });

  it('changes its volume by a ramp, and stays in step while muted', async () => {
    const { listener, startedAt } = await listening();
    listener.engine.setVolume(0.5);
    const seen: number[] = [];
    for (let passed = 0; passed < 70; passed += 1) {
      await listener.time.advance(1);
      seen.push(listener.heard()[0]?.gain ?? 0);
    }
    expect(seen.at(-1)).toBeCloseTo(0.5, 3);
    const steps = seen.slice(1).map((gain, index) => Math.abs(gain - (seen[index] as number)));
    expect(Math.max(...steps)).toBeLessThan(0.1);
    listener.engine.setMuted(true);
    await listener.time.advance(5_000);
    expect(listener.heard()).toEqual([]);
    listener.engine.setMuted(false);
    await listener.time.advance(100);
    expect(Math.abs(listener.errorMs(startedAt) ?? Infinity)).toBeLessThan(3);
  });

  it('moves sound only under a crossfade', async () => {
    const { listener } = await listening();
    listener.context.underrun(150);
    let before = 1;
    let largest = 0;
    for (let passed = 0; passed < 2_500; passed += 1) {
      await listener.time.advance(1);
      const gain = listener.heard().reduce((sum, held) => sum + held.gain, 0);
      const starved = passed < 260;
      if (!starved) largest = Math.max(largest, Math.abs(gain - before));
      before = gain;
    }
    expect(listener.engine.diagnostics().spliceCount).toBe(1);
    expect(largest).toBeLessThan(0.25);
  });

  it('holds nothing after it was stopped', async () => {
    const { listener } = await listening();
    listener.engine.stop();
    // The ramp, and what was rendered before it.
    await listener.time.advance(10 + listener.context.latencyMs + 5);
    expect(listener.heard()).toEqual([]);
    await listener.time.advance(1_000);
    expect(listener.context.collect()).toBe(0);
    expect(listener.context.state).toBe('closed');
    listener.engine.dispose();
    await listener.time.advance(5_000);
    expect(listener.time.timerCount).toBe(0);
    expect(listener.openFetches).toBe(0);
    expect(listener.pageListenerCount).toBe(0);
  });

  it('keeps one silent element for the media keys: playing while it listens, paused after', async () => {
    const { listener } = await listening();
    const silent = listener.elements.filter((held) => held.loop);
    expect(silent).toHaveLength(1);
    expect(silent[0]?.paused).toBe(false);
    listener.engine.stop();
    expect(silent[0]?.paused).toBe(true);
    expect(silent[0]?.src).not.toBe('');
    await listener.engine.start();
    expect(silent[0]?.paused).toBe(false);
    listener.engine.dispose();
    expect(silent[0]?.src).toBe('');
  });

  it('does not grow over hours of music', async () => {
    const listener = new Listener();
    await listener.engine.start();
    let startedAt = listener.serverMs;
    const counts: number[] = [];
    for (let id = 1; id <= 60; id += 1) {
      listener.engine.update(
        listener.running(listener.entry(id, 180), startedAt, listener.entry(id + 1, 180))
      );
      await listener.time.advance(180_000);
      startedAt += 180_000;
      counts.push(listener.context.collect());
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
    expect(listener.elements.length).toBeLessThanOrEqual(3);
    expect(listener.time.timerCount).toBeLessThan(20);
    expect(listener.engine.diagnostics().errors.length).toBeLessThanOrEqual(600);
    expect(listener.engine.diagnostics().spliceCount).toBe(0);
  }, 60_000);
});
