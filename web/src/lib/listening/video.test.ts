import { beforeEach, describe, expect, test } from 'vitest';
import { VideoFollower, type Command } from './video';

let now = 0;
let sent: Command[] = [];
let video: VideoFollower;
const say = (event: string, info?: unknown): void => video.hear(JSON.stringify({ event, info }));
const seeks = (): number[] => sent.flatMap((one) => (one.func === 'seekTo' ? [one.args[0]] : []));
const did = (func: Command['func']): number => sent.filter((one) => one.func === func).length;

/** Lets the nest play from `fromMs` on, the player being ahead by `errorMs` whenever it says anything. */
function evening(fromMs: number, errorMs: (atMs: number) => number, lengthMs = 10_000): void {
  const began = now;
  for (; now < began + lengthMs; now += 250) {
    const wanted = fromMs + now - began;
    if ((now - began) % 500 === 0) {
      say('infoDelivery', { currentTime: (wanted + errorMs(now - began)) / 1000, playerState: 1 });
    }
    video.follow({ kind: 'play', positionMs: wanted });
  }
}

beforeEach(() => {
  now = 1000;
  sent = [];
  video = new VideoFollower(
    () => now,
    (command) => sent.push(command)
  );
});

describe('a video in step', () => {
  test('is told nothing before the player answers', () => {
    video.follow({ kind: 'play', positionMs: 5000 });
    expect([sent, video.status.kind]).toEqual([[], 'loading']);
  });

  test('begins where the nest is, and is left alone while nearly right', () => {
    say('onReady');
    evening(60_000, () => 120);
    expect(seeks()).toHaveLength(1);
    expect(seeks()[0]).toBeGreaterThanOrEqual(60);
    expect(did('playVideo')).toBe(1);
    expect(video.status.kind).toBe('in-step');
  });

  test('is set anew where it is off, not at every word, and learns what a seek costs', () => {
    say('onReady');
    evening(60_000, () => -900, 9000);
    expect(seeks().length).toBeGreaterThan(1);
    expect(seeks().length).toBeLessThanOrEqual(3);
    const cost = (seeks()[1] as number) * 1000 - 60_000;
    evening(69_000, () => 0, 1000);
    expect(cost).toBeGreaterThan(4_000 + 150);
  });

  test('pauses with the nest, once, and goes on', () => {
    say('onReady');
    evening(0, () => 0, 5000);
    video.follow({ kind: 'pause', positionMs: 5000 });
    say('onStateChange', 2);
    video.follow({ kind: 'pause', positionMs: 5000 });
    expect([did('pauseVideo'), video.status.kind]).toEqual([1, 'paused']);
    evening(5000, () => 0, 2000);
    expect([did('playVideo'), video.status.kind]).toEqual([2, 'in-step']);
  });
});

describe('what keeps a video from being heard', () => {
  test('an advertisement: the position stands still, and nothing is forced', () => {
    say('onReady');
    evening(0, (atMs) => -atMs, 8000);
    expect(video.status.kind).toBe('waiting');
    expect(seeks()).toHaveLength(1);
  });

  test('a browser that wants a press first', () => {
    say('onReady');
    for (let step = 0; step < 20; step += 1, now += 250) video.follow({ kind: 'play', positionMs: now });
    expect(video.status.kind).toBe('needs-gesture');
  });

  test.each([
    [150, 'forbidden'],
    [101, 'forbidden'],
    [153, 'forbidden'],
    [100, 'gone'],
    [5, 'failed']
  ])('error %i: %s, for good', (code, kind) => {
    say('onReady');
    say('onError', code);
    video.follow({ kind: 'play', positionMs: 0 });
    expect([video.status.kind, sent]).toEqual([kind, []]);
  });
});

test('what others write to the window is passed over', () => {
  for (const data of ['', '{', '[]', 'null', 7, null, { event: 3 }, '{"event":"infoDelivery"}x']) video.hear(data);
  expect(video.ready).toBe(false);
});
