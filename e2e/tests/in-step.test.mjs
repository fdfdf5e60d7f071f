/**
 * Two browsers hear the same moment, through a pause, a seek, a skip and a loss of network.
 *
 * Measured on what reaches the loudspeaker: a track with a click each second, and when each page's click is heard.
 * `IN_STEP_SECONDS` makes it longer (300 for the figures of the documentation).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { after, before, test } from 'node:test';
import { launch } from '../support/browser.mjs';
import { Visitor } from '../support/browser.mjs';
import { eventually, Scene } from '../support/scene.mjs';
import { clickTrack } from '../support/sounds.mjs';

const SECONDS = Number(process.env.IN_STEP_SECONDS ?? 60);
/** On a machine with more work than processors, sound stutters whoever plays it: the bar is lower there. */
const busy = () => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) > cpus().length;
const SETTLE_MS = 2_500;

let scene;
let second;
before(async () => {
  scene = await Scene.open({ demo: false });
  second = await launch();
});
after(async () => {
  await second?.close();
  await scene?.close();
});

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)];

/** Pairs clicks that belong together and gives by how much they differ. */
function differences(one, other, disturbed) {
  const found = [];
  for (const at of one) {
    if (disturbed.some((from) => at > from - 300 && at < from + SETTLE_MS)) continue;
    const nearest = other.reduce(
      (best, held) => (Math.abs(held - at) < Math.abs(best - at) ? held : best),
      Infinity
    );
    if (Math.abs(nearest - at) < 500) found.push(Math.abs(nearest - at));
  }
  return found;
}

test(
  `two browsers are within 15 ms of each other, 19 times of 20, for ${SECONDS} s`,
  { timeout: SECONDS * 1_000 + 120_000 },
  async (context) => {
    const clicks = await scene.upload('Clicks.wav', clickTrack(Math.max(120, SECONDS + 60)));
    const more = await scene.upload('More clicks.wav', clickTrack(Math.max(120, SECONDS + 61)));
    const ada = scene.administrator;
    const grace = await Visitor.enter(second);
    await grace.join(await scene.invitation(), 'Grace');
    await scene.play(clicks.id, more.id);
    for (const visitor of [ada, grace]) {
      await visitor.page.goto(`${scene.server.url}/nest/main`);
      await visitor.listen();
    }
    const offsets = [await ada.reference(), await grace.reference()];
    await eventually('clicks', async () => (await grace.clicks(0)).length > 0);
    await ada.clicks(0);
    const heard = [[], []];
    const disturbed = [performance.now()];
    const collect = async (durationMs) => {
      const until = performance.now() + durationMs;
      while (performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        for (const [index, visitor] of [ada, grace].entries())
          heard[index].push(...(await visitor.clicks(offsets[index])));
      }
    };
    const part = (SECONDS * 1_000) / 6;
    const disturb = async (act) => {
      disturbed.push(performance.now());
      await act();
    };
    let wasBusy = busy();
    await collect(part);
    await disturb(() => scene.act('pause'));
    await collect(2_000);
    await disturb(() => scene.act('resume'));
    await collect(part);
    await disturb(() => scene.act('seek', { position_ms: 12_345 }));
    await collect(part);
    await disturb(async () => scene.act('skip', { entry: (await scene.nest()).playing.entry.id }));
    await collect(part);
    // Cut off, Grace plays on from what she has: no moment of the loss is left out.
    await grace.cut(true);
    await collect(Math.min(part, 10_000));
    await grace.cut(false);
    await collect(part);
    wasBusy ||= busy();
    const off = differences(heard[0], heard[1], disturbed);
    const report = {
      clicks: off.length,
      median_ms: quantile(off, 0.5),
      p95_ms: quantile(off, 0.95),
      max_ms: Math.max(...off),
      load: readFileSync('/proc/loadavg', 'utf8').split(' ')[0]
    };
    context.diagnostic(JSON.stringify(report));
    assert.ok(off.length > SECONDS * 0.5, `too few clicks to judge by: ${off.length}`);
    assert.ok(report.median_ms < (wasBusy ? 15 : 5), JSON.stringify(report));
    assert.ok(report.p95_ms < (wasBusy ? 60 : 15), JSON.stringify(report));
    await grace.inStep();
    await grace.leave();
  }
);
