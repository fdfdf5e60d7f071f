import { describe, expect, it } from 'vitest';
import { Corrector } from './correction';
import type { OutputMode } from './status';
import { chance } from './simulation/time';

/** Lets a corrector bring an error down, deciding each 125 ms; `moveErrorMs` is how well a move lands. */
function bring(mode: OutputMode, errorMs: number, durationMs: number, moveErrorMs = 0) {
  const corrector = new Corrector(mode);
  let error = errorMs;
  let moves = 0;
  const rates: number[] = [];
  for (let at = 0; at < durationMs; at += 125) {
    const correction = corrector.decide(error, at);
    if (correction.kind === 'move') {
      moves += 1;
      error = moveErrorMs;
    } else {
      const rate = correction.kind === 'rate' ? correction.rate : 1;
      rates.push(rate);
      error += (rate - 1) * 125;
    }
  }
  return { error, moves, furthest: Math.max(...rates.map((rate) => Math.abs(rate - 1))) };
}

describe('a correction', () => {
  it('leaves alone what nobody hears', () => {
    for (const mode of ['buffer', 'element'] as const) {
      expect(new Corrector(mode).decide(0.5, 0)).toEqual({ kind: 'hold' });
      expect(new Corrector(mode).decide(-0.5, 0)).toEqual({ kind: 'hold' });
    }
  });

  it('slows down what is ahead and hurries what is behind', () => {
    const rateFor = (error: number) => {
      const correction = new Corrector('buffer').decide(error, 0);
      return correction.kind === 'rate' ? correction.rate : 1;
    };
    expect(rateFor(20)).toBeLessThan(1);
    expect(rateFor(-20)).toBeGreaterThan(1);
  });

  it('detunes a buffer by no more than half a percent', () => {
    const random = chance(8);
    for (let round = 0; round < 50; round += 1) {
      const { error, furthest, moves } = bring('buffer', (random() - 0.5) * 70, 12_000);
      expect(furthest).toBeLessThanOrEqual(0.005 + 1e-9);
      expect(moves).toBe(0);
      expect(Math.abs(error)).toBeLessThan(1);
    }
  });

  it('moves a buffer that is further off, once', () => {
    expect(bring('buffer', 90, 3_000)).toMatchObject({ error: 0, moves: 1 });
    expect(bring('buffer', -90_000, 3_000)).toMatchObject({ error: 0, moves: 1 });
  });

  it('brings an element back by rate up to 250 ms, at most three percent', () => {
    const { error, furthest, moves } = bring('element', 240, 20_000);
    expect(moves).toBe(0);
    expect(furthest).toBeLessThanOrEqual(0.03 + 1e-9);
    expect(Math.abs(error)).toBeLessThan(5);
  });

  it('seeks an element that is further off', () => {
    expect(bring('element', -400, 20_000, 60)).toMatchObject({ moves: 1 });
  });

  it('does not seek again and again where seeking does not help', () => {
    expect(bring('element', 800, 60_000, 800).moves).toBeLessThan(8);
    expect(bring('buffer', 80, 60_000, 80).moves).toBeLessThan(9);
  });

  it('goes on until the error is small, not just until it may start', () => {
    const corrector = new Corrector('buffer');
    expect(corrector.decide(4.5, 0).kind).toBe('rate');
    expect(corrector.decide(2, 125).kind).toBe('rate');
    expect(corrector.correcting).toBe(true);
    corrector.decide(0.1, 250);
    expect(corrector.correcting).toBe(false);
  });

  it('trims a small lasting error too gently to be heard, and calls that in step', () => {
    const corrector = new Corrector('buffer');
    const trimmed = corrector.decide(2, 0);
    expect(trimmed).toEqual({ kind: 'rate', rate: 1 - 0.0005 });
    expect(corrector.correcting).toBe(false);
  });
});
