import { describe, expect, it } from 'vitest';
import { ClockModel } from './clock';
import { chance } from './simulation/time';

interface World {
  /** Server minus local at local time 0. */
  offsetMs: number;
  skewPpm: number;
  /** Delay of one way. */
  there(random: () => number): number;
  back(random: () => number): number;
}

function serverTime(world: World, localMs: number): number {
  return localMs + world.offsetMs + (localMs * world.skewPpm) / 1e6;
}

/** Asks once at local time `sentMs`; returns how long it took. */
function ask(model: ClockModel, world: World, random: () => number, sentMs: number) {
  const there = world.there(random);
  const back = world.back(random);
  const serverMs = serverTime(world, sentMs + there);
  const receivedMs = sentMs + there + back;
  const jumped = model.add({
    sentMs,
    receivedMs,
    serverReceivedMs: serverMs,
    serverSentMs: serverMs
  });
  return { jumped, receivedMs };
}

/** A burst of 8, then one each 10 s, until `untilMs`. Returns the largest error seen after the first burst. */
function follow(model: ClockModel, world: World, random: () => number, fromMs: number, untilMs: number) {
  let worst = 0;
  for (let burst = fromMs; burst < untilMs; burst += 10_000) {
    for (let probe = 0; probe < 8; probe += 1) ask(model, world, random, burst + probe * 50);
    for (let at = burst + 500; at < burst + 10_000; at += 2_500) {
      const error = (model.serverAt(at) as number) - serverTime(world, at);
      const bound = model.estimate(at)?.errorBoundMs as number;
      expect(Math.abs(error)).toBeLessThanOrEqual(bound + 1e-3);
      worst = Math.max(worst, Math.abs(error));
    }
  }
  return worst;
}

const exponential = (mean: number) => (random: () => number) => -mean * Math.log(1 - random());

describe('the estimate of the clock', () => {
  it('knows nothing before the first sample', () => {
    const model = new ClockModel();
    expect(model.ready).toBe(false);
    expect(model.serverAt(0)).toBeNull();
    expect(model.localAt(0)).toBeNull();
    expect(model.estimate(0)).toBeNull();
  });

  it('is right on a quiet network whatever the offset', () => {
    for (const offsetMs of [0, -5e11, 1.8e12]) {
      const world = { offsetMs, skewPpm: 0, there: () => 0.3, back: () => 0.3 };
      const model = new ClockModel();
      expect(follow(model, world, chance(1), 0, 60_000)).toBeLessThan(0.01);
    }
  });

  it('stays within its bound and near the truth under jitter, for any seed', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = chance(seed);
      const delay = (r: () => number) => 4 + exponential(15)(r);
      const world = { offsetMs: 1.8e12, skewPpm: 0, there: delay, back: delay };
      expect(follow(new ClockModel(), world, random, 0, 180_000), `seed ${seed}`).toBeLessThan(12);
    }
  });

  it('is wrong by no more than half the asymmetry of the network', () => {
    const world = {
      offsetMs: 9_000,
      skewPpm: 0,
      there: (r: () => number) => 40 + exponential(2)(r),
      back: (r: () => number) => 10 + exponential(2)(r)
    };
    const worst = follow(new ClockModel(), world, chance(5), 0, 120_000);
    expect(worst).toBeGreaterThan(10);
    expect(worst).toBeLessThan(18);
  });

  it('finds the skew of the two clocks', () => {
    for (const skewPpm of [-120, -30, 0, 30, 120]) {
      const delay = (r: () => number) => 1 + exponential(0.5)(r);
      const world = { offsetMs: 1.8e12, skewPpm, there: delay, back: delay };
      const model = new ClockModel();
      follow(model, world, chance(9), 0, 240_000);
      expect(Math.abs((model.estimate(240_000)?.skewPpm as number) - skewPpm)).toBeLessThan(4);
      // Between bursts, and a minute after the last one.
      const error = (model.serverAt(300_000) as number) - serverTime(world, 300_000);
      expect(Math.abs(error)).toBeLessThan(1);
    }
  });

  it('converts there and back', () => {
    const world = { offsetMs: 1.8e12, skewPpm: 80, there: () => 2, back: () => 2 };
    const model = new ClockModel();
    follow(model, world, chance(2), 0, 60_000);
    expect(model.localAt(model.serverAt(61_234) as number)).toBeCloseTo(61_234, 2);
  });

  it('starts again when a clock has jumped, either way, and only then', () => {
    for (const jumpMs of [-86_400_000, -800, -60, 60, 800, 86_400_000]) {
      const random = chance(11);
      const delay = (r: () => number) => 3 + exponential(4)(r);
      const world = { offsetMs: 50_000, skewPpm: 20, there: delay, back: delay };
      const model = new ClockModel();
      follow(model, world, random, 0, 60_000);
      expect(model.restartCount).toBe(0);
      const jumped = { ...world, offsetMs: world.offsetMs + jumpMs };
      for (let probe = 0; probe < 8; probe += 1) ask(model, jumped, random, 60_000 + probe * 50);
      expect(model.restartCount, `jump of ${jumpMs}`).toBe(1);
      expect(follow(model, jumped, random, 70_000, 120_000)).toBeLessThan(6);
      expect(model.restartCount).toBe(1);
    }
  });

  it('is not fooled by one sample that took seconds', () => {
    const random = chance(4);
    const world = { offsetMs: 50_000, skewPpm: 0, there: () => 2, back: () => 2 };
    const model = new ClockModel();
    follow(model, world, random, 0, 30_000);
    ask(model, { ...world, back: () => 2_900 }, random, 30_000);
    const error = (model.serverAt(33_000) as number) - serverTime(world, 33_000);
    expect(Math.abs(error)).toBeLessThan(0.2);
    expect(model.restartCount).toBe(0);
  });

  it('refuses samples that cannot be', () => {
    const model = new ClockModel();
    model.add({ sentMs: 10, receivedMs: 5, serverReceivedMs: 0, serverSentMs: 0 });
    model.add({ sentMs: 0, receivedMs: 5, serverReceivedMs: 9, serverSentMs: 8 });
    model.add({ sentMs: 0, receivedMs: NaN, serverReceivedMs: 0, serverSentMs: 0 });
    expect(model.ready).toBe(false);
  });

  it('holds a bounded number of samples however long it runs', () => {
    const world = { offsetMs: 0, skewPpm: 0, there: () => 1, back: () => 1 };
    const model = new ClockModel();
    follow(model, world, chance(1), 0, 3_600_000);
    expect(model.estimate(3_600_000)?.sampleCount).toBeLessThanOrEqual(61);
  });
});
