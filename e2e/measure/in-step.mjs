/**
 * How far apart two browsers are: node measure/in-step.mjs [--mode element] [--seconds 180] [--separate] [--verbose]
 *
 * Two pages listen to one nest through pauses, a seek, skips, a natural change of track and a loss of network on one of
 * them. What each really renders is compared. Moments within a second of a command are counted apart: there the
 * pages are on their way.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startNest } from './nest.mjs';

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'buffer' },
    seconds: { type: 'string', default: '180' },
    separate: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false }
  }
});
const seconds = Number(values.seconds);
const SETTLE_MS = values.mode === 'element' ? 7_000 : 1_500;

const nest = await startNest({ trackSeconds: [75.3, 61.7, 47.1] });
const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox']
  });
const browsers = [await launch()];
if (values.separate) browsers.push(await launch());
const pages = [];
for (let i = 0; i < 2; i += 1) {
  const context = await browsers[i % browsers.length].newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`page ${i}:`, error.message));
  page.on('console', (message) => console.error(`page ${i}:`, message.text()));
  await page.goto(`${nest.url}?mode=${values.mode}`);
  await page.click('#start');
  pages.push({ page, context, heard: [], statuses: [], gaps: [], references: [], last: null });
}

const commands = [];
const command = (name, act) => {
  commands.push({ name, atMs: nest.now() });
  return act();
};
const script = [
  [15, 'pause', () => nest.pause()],
  [18, 'resume', () => nest.resume()],
  [30, 'seek', () => nest.seek(50_000)],
  // A natural change of track follows 25 s later.
  [
    70,
    'network lost on page 2',
    () => pages[1].context.setOffline(true).then(() => pages[1].page.evaluate('drop()'))
  ],
  [82, 'network back on page 2', () => pages[1].context.setOffline(false)],
  [95, 'skip', () => nest.skip()],
  [110, 'seek', () => nest.seek(5_000)],
  [125, 'pause', () => nest.pause()],
  [130, 'resume', () => nest.resume()]
];
const startedAt = nest.now();
const loads = [];
while (nest.now() - startedAt < seconds * 1000) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const elapsed = (nest.now() - startedAt) / 1000;
  while (script.length && elapsed >= script[0][0]) {
    const [, name, act] = script.shift();
    await command(name, act);
  }
  loads.push(Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]));
  for (const held of pages) {
    const drained = await held.page.evaluate('drain()');
    held.heard.push(...drained.heard);
    held.statuses.push(...drained.statuses);
    held.gaps.push(...drained.gaps);
    held.references.push(...drained.references);
    held.last = drained.diagnostics;
  }
}

/** Server time of a page's local time, by the quickest exchange within a quarter of a minute. */
function reference({ references }, localMs) {
  const near = references.filter(({ atMs }) => Math.abs(atMs - localMs) < 15_000);
  const best = near.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a), near[0] ?? references[0]);
  return best.offsetMs;
}
for (const held of pages) {
  for (const event of [...held.heard, ...held.statuses, ...held.gaps])
    event.atMs += reference(held, event.atMs);
}

/** Where position 0 of the track was heard, for each moment. */
const origin = (heard) => heard.atMs - heard.positionMs;
const differences = { steady: [], moving: [] };
const timeline = [];
const [first, second] = pages;
let at = 0;
for (const here of first.heard) {
  while (at + 1 < second.heard.length && second.heard[at + 1].atMs <= here.atMs) at += 1;
  const there = second.heard[at];
  if (!there || Math.abs(there.atMs - here.atMs) > 250 || there.sign !== here.sign) continue;
  const differenceMs = origin(here) - origin(there);
  const moving =
    here.atMs - startedAt < SETTLE_MS ||
    commands.some(({ atMs }) => here.atMs >= atMs - 200 && here.atMs < atMs + SETTLE_MS);
  differences[moving ? 'moving' : 'steady'].push(Math.abs(differenceMs));
  timeline.push([(here.atMs - startedAt) / 1000, differenceMs]);
}
const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length
    ? Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))].toFixed(2))
    : null;
};
const report = (values) => ({
  samples: values.length,
  median_ms: quantile(values, 0.5),
  p95_ms: quantile(values, 0.95),
  p99_ms: quantile(values, 0.99),
  max_ms: quantile(values, 1)
});
console.log(
  JSON.stringify(
    {
      mode: values.mode,
      separate_browsers: values.separate,
      seconds,
      load: { median: quantile(loads, 0.5), max: quantile(loads, 1) },
      steady: report(differences.steady),
      moving: report(differences.moving),
      track_changes: pages.map(({ gaps }) =>
        gaps.map(({ atMs, frames }) => ({
          at_s: Math.round((atMs - startedAt) / 1000),
          silent_frames: frames
        }))
      ),
      splices: pages.map(({ last }) => last.spliceCount),
      reference_round_trip_ms: pages.map(({ references }) =>
        quantile(
          references.map(({ roundTripMs }) => roundTripMs),
          0.5
        )
      ),
      clock: pages.map(({ last }) => last.clock),
      latency_ms: pages.map(({ last }) => last.outputLatencyMs)
    },
    null,
    1
  )
);
if (values.verbose) {
  const all = [...commands.map((c) => [(c.atMs - startedAt) / 1000, `-- ${c.name}`])];
  let bucket = -1;
  for (const [s, d] of timeline) {
    if (Math.floor(s) === bucket) continue;
    bucket = Math.floor(s);
    all.push([s, d.toFixed(2)]);
  }
  for (const [i, held] of pages.entries()) {
    for (const { atMs, status } of held.statuses) {
      if (/in-step|correcting/.test(status) && !values.verbose) continue;
      all.push([(atMs - startedAt) / 1000, `   page ${i + 1} ${status}`]);
    }
  }
  all.sort((a, b) => a[0] - b[0]);
  for (const [s, text] of all) console.log(s.toFixed(2).padStart(8), text);
}
for (const browser of browsers) await browser.close();
await nest.close();
