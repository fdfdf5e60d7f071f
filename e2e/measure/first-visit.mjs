/**
 * What a first visit to a nest costs on a phone: a processor four times slower than this one, a slow mobile network, nothing
 * kept from before.
 *
 *     node measure/first-visit.mjs [--runs 5] [--locale de-DE] [--verbose]
 *
 * Every run is a new profile with the administrator's cookie. Figures are medians; the load of the machine is printed
 * beside them, because a starved browser is slow whoever wrote the page. The server is the tests' (`ROOKERY_BIN`).
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Scene } from '../support/scene.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    locale: { type: 'string', default: 'en-GB' },
    path: { type: 'string', default: '/nest/main' },
    verbose: { type: 'boolean', default: false }
  }
});
/** Slow 4G as Chromium's own tools have it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms, each a little worse for every request. */
const NETWORK = {
  offline: false,
  latency: 150 * 3.75,
  downloadThroughput: (1.6 * 1024 * 1024 * 0.9) / 8,
  uploadThroughput: (750 * 1024 * 0.9) / 8
};
const CPU_SLOWDOWN = 4;
/** After the page is there, so that what comes late is counted too. */
const AFTER_MS = 3000;

/** Runs in the page before anything else. */
function watch() {
  const seen = { fcp: null, lcp: null, cls: 0, blockedMs: 0, tasks: [], there: null };
  const observe = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('paint', ({ name, startTime }) => name === 'first-contentful-paint' && (seen.fcp = startTime));
  observe('largest-contentful-paint', ({ startTime, element }) => {
    seen.lcp = startTime;
    seen.what = element && `${element.tagName.toLowerCase()}.${element.className}`;
  });
  observe('layout-shift', (shift) => {
    if (!shift.hadRecentInput) seen.cls += shift.value;
  });
  observe('longtask', ({ startTime, duration }) => {
    seen.blockedMs += duration - 50;
    seen.tasks.push(`${Math.round(startTime)}+${Math.round(duration)}`);
  });
  const look = () => {
    if (document.querySelector('.stage .title')) seen.there = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.visit = seen;
}

async function visit(scene) {
  const phone = await scene.visitor({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    locale: options.locale
  });
  await phone.context.addCookies(await scene.administrator.context.cookies());
  await phone.context.addInitScript(watch);
  const devtools = await phone.context.newCDPSession(phone.page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', NETWORK);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  const requests = new Map();
  devtools.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) =>
    requests.set(requestId, { url: request.url, from: timestamp })
  );
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength, timestamp }) => {
    const request = requests.get(requestId);
    bytes += encodedDataLength;
    if (request) Object.assign(request, { bytes: encodedDataLength, to: timestamp });
  });
  await phone.page.goto(`${scene.server.url}${options.path}`, { waitUntil: 'commit' });
  await phone.page.waitForFunction(() => window.visit?.there !== null, null, { timeout: 60_000 });
  const before = [...requests.values()].filter(({ to }) => to !== undefined).length;
  await phone.page.waitForTimeout(AFTER_MS);
  const seen = await phone.page.evaluate('window.visit');
  if (options.verbose) {
    const [first] = requests.values();
    const at = (time) => (time === undefined ? '…' : String(Math.round((time - first.from) * 1000)));
    for (const { url, from, to, bytes: size } of requests.values())
      console.log(`${at(from).padStart(6)} ${at(to).padStart(6)} ${String(size ?? '').padStart(7)}  ${url.slice(scene.server.url.length)}`);
    console.log(`long tasks: ${seen.tasks.join(' ')}; largest: ${seen.what}`);
  }
  await phone.context.close();
  return { ...seen, requests: before, kilobytes: bytes / 1000 };
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const scene = await Scene.open();
try {
  const [first, ...rest] = await scene.tracks(3);
  await scene.play(first.id, ...rest.slice(0, 2).map(({ id }) => id));
  await scene.act('pause');
  const runs = [];
  for (let run = 0; run < Number(options.runs); run += 1) runs.push(await visit(scene));
  const of = (name) => median(runs.map((run) => run[name] ?? NaN));
  console.log(`load ${loadavg()[0].toFixed(1)}, ${runs.length} runs of ${options.path}, ${options.locale}`);
  console.log(`first paint        ${of('fcp').toFixed(0)} ms`);
  console.log(`the song is there  ${of('there').toFixed(0)} ms, after ${of('requests')} requests`);
  console.log(`largest paint      ${of('lcp').toFixed(0)} ms`);
  console.log(`blocked            ${of('blockedMs').toFixed(0)} ms`);
  console.log(`layout moved       ${of('cls').toFixed(3)}`);
  console.log(`in all             ${of('kilobytes').toFixed(0)} kB until 3 s later`);
} finally {
  await scene.close().catch(() => {});
}
