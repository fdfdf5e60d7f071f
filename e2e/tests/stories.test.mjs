/**
 * Every drawing component in every state its stories show: nothing in the console, nothing cut off, nothing too small to
 * touch, nothing that axe complains of, and the layout that was agreed on.
 *
 * `UPDATE_STORIES=1` writes the agreed layouts anew; look at the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { launch } from '../support/browser.mjs';
import { evenStyle } from '../support/even-font.mjs';
import { misfits, outline } from '../support/outline.mjs';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const AGREED = fileURLToPath(new URL('../stories/', import.meta.url));
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const UPDATE = process.env.UPDATE_STORIES === '1';
const SCREENS = {
  desktop: { viewport: { width: 1280, height: 850 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
};
/** How many stories are looked at at the same time, each on every screen. */
const HANDS = 2;
const TARGET_PX = 44;
/** What has not changed for so long is not going to. */
const REST_MS = 500;
/** Browsers round differently by this much. */
const TOLERANCE_PX = 1;
const AXE_RULES = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] };
/** All that another colour scheme can change. */
const AXE_COLOUR_RULES = { type: 'rule', values: ['color-contrast'] };
/** A piece of a page has no landmarks, and starts with whatever heading it has. */
const AXE_PAGE_RULES = ['region', 'landmark-one-main', 'page-has-heading-one', 'heading-order'];
/** A name that stands for every server: links that a page shows are the same in every run. */
const ORIGIN = 'http://rookery.example';
/** What everybody's picture is. */
const FACE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#246"/><circle cx="4" cy="4" r="2" fill="#9bd"/></svg>';
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

let folder;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rookery-stories-'));
  const vite = join(WEB, 'node_modules/vite/bin/vite.js');
  assert.ok(existsSync(vite), 'the stories are built with the web UI: run `npm ci` in web/ first');
  const built = spawnSync(process.execPath, [vite, 'build', '--config', 'vite.stories.config.ts'], {
    cwd: WEB,
    env: { ...process.env, STORIES_OUT: folder },
    encoding: 'utf8'
  });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A page of stories on a screen, with a list of what was complained of since it was last emptied. */
async function openStories(screen) {
  const context = await browser.newContext({
    ...SCREENS[screen],
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    colorScheme: 'light'
  });
  await context.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (/^\/api\/v1\/members\/[^/]+\/avatar$/.test(pathname))
      return route.fulfill({ body: FACE, contentType: 'image/svg+xml' });
    const path = pathname === '/' ? '/index.html' : pathname;
    const body = await readFile(join(folder, path)).catch(() => null);
    await route.fulfill(body === null ? { status: 404 } : { body, contentType: TYPES[extname(path)] });
  });
  // A video is a black picture; nothing is asked of others.
  await context.route('https://www.youtube-nocookie.com/**', (route) =>
    route.fulfill({ body: '<body style="background: black">', contentType: 'text/html' })
  );
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.stack ?? error}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  await page.goto(`${ORIGIN}/`);
  await page.addStyleTag({ content: evenStyle() });
  await page.evaluate(() => document.fonts.load('16px Even'));
  await page.evaluate(AXE);
  await page.waitForFunction(() => window.stories !== undefined);
  return { page, faults };
}

/** What axe finds, in few words. */
const findings = (page, runOnly) =>
  page.evaluate(async ([ignored, runOnly]) => {
    const { violations } = await window.axe.run('#story', {
      runOnly,
      resultTypes: ['violations'],
      // Style sheets would be fetched anew each time, for rules that are not asked for.
      preload: false,
      rules: runOnly.type === 'tag' ? Object.fromEntries(ignored.map((rule) => [rule, { enabled: false }])) : {}
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target.join(' ')} (${any[0]?.message ?? ''})`).join(', ')}`);
  }, [AXE_PAGE_RULES, runOnly]);

/** The layout of the next frame, at the end of whatever moves: those that go on for ever have none. */
const nextFrame = `new Promise((done) =>
  requestAnimationFrame(() => {
    for (const moving of document.getAnimations())
      if (moving.effect.getComputedTiming().endTime < Infinity) moving.finish();
    done((${outline})(document.getElementById('story')));
  })
)`;

/**
 * What is drawn as soon as it is what was `expected`, or else once it rests: pictures and code that are loaded later
 * change it.
 */
async function drawn(page, expected) {
  let last;
  for (let changedAt = Date.now(); ; ) {
    const lines = await page.evaluate(nextFrame);
    if (expected && differences(expected, lines).length === 0) return lines;
    if (last?.join('\n') !== lines.join('\n')) changedAt = Date.now();
    if (Date.now() - changedAt > REST_MS) return lines;
    last = lines;
  }
}

/** Looks at one story on one screen in both colours. Answers its layout and what is wrong with it. */
async function look({ page, faults }, screen, name, agreed) {
  const complaints = [];
  const say = (what) => complaints.push(`${name}, ${screen}: ${what}`);
  faults.length = 0;
  await page.emulateMedia({ colorScheme: 'light' });
  const shown = await page.evaluate((story) => window.stories.show(story).then(() => ''), name).catch(String);
  if (shown !== '') say(shown);
  const layout = await drawn(page, agreed);
  for (const misfit of await page.evaluate(`(${misfits})(document.getElementById('story'), ${TARGET_PX})`)) say(misfit);
  for (const finding of await findings(page, AXE_RULES)) say(`light: axe: ${finding}`);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await drawn(page, layout);
  for (const finding of await findings(page, AXE_COLOUR_RULES)) say(`dark: axe: ${finding}`);
  for (const difference of differences(layout, dark)) say(`dark is laid out otherwise: ${difference}`);
  for (const fault of faults) say(fault);
  return { layout, complaints };
}

/** Lines that differ by more than the tolerance. */
function differences(agreed, now) {
  const same = (a, b) => {
    const numbers = (line) => (line.match(/-?\d+(?=,|x|$|\s)/g) ?? []).map(Number);
    const words = (line) => line.replace(/-?\d+,-?\d+ \d+x\d+/, '');
    const [before, after] = [numbers(a), numbers(b)];
    return (
      words(a) === words(b) && before.every((value, at) => Math.abs(value - (after[at] ?? NaN)) <= TOLERANCE_PX)
    );
  };
  const found = [];
  for (let at = 0; at < Math.max(agreed.length, now.length) && found.length < 4; at += 1) {
    if (agreed[at] === undefined) found.push(`new: ${now[at].trim()}`);
    else if (now[at] === undefined) found.push(`gone: ${agreed[at].trim()}`);
    else if (!same(agreed[at], now[at])) found.push(`agreed: ${agreed[at].trim()}; now: ${now[at].trim()}`);
  }
  return found;
}

/** Layouts by story and screen, as they are written down: a heading, then indented lines. */
function parse(text) {
  const sections = new Map();
  let lines = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('# ')) sections.set(line.slice(2), (lines = []));
    else if (line !== '') lines.push(line);
  }
  return sections;
}

const write = (sections) =>
  [...sections].map(([heading, lines]) => [`# ${heading}`, ...lines, ''].join('\n')).join('\n');

/** What was agreed on: the sections of every component. */
async function agreedLayouts() {
  const found = new Map();
  for (const file of await readdir(AGREED, { recursive: true }).catch(() => []))
    if (file.endsWith('.txt'))
      found.set(file.slice(0, -'.txt'.length), parse(await readFile(join(AGREED, file), 'utf8')));
  return found;
}

/** A story's name: its component, and which of its states. */
function cut(name) {
  const at = name.lastIndexOf('/');
  return [name.slice(0, at), name.slice(at + 1)];
}

test('every story looks as agreed on a desk and on a phone, in light and in dark', async () => {
  const hands = await Promise.all(
    Array.from({ length: HANDS }, () => Promise.all(Object.keys(SCREENS).map(openStories)))
  );
  const names = await hands[0][0].page.evaluate(() => window.stories.names());
  assert.ok(names.length > 100, `only ${names.length} stories were found`);
  const agreed = await agreedLayouts();
  const agreedOn = (name, screen) => {
    const [component, state] = cut(name);
    return agreed.get(component)?.get(`${state}, ${screen}`);
  };
  const seen = new Map();
  const left = [...names];
  await Promise.all(
    hands.map(async (pages) => {
      for (let name = left.shift(); name !== undefined; name = left.shift())
        seen.set(
          name,
          await Promise.all(
            Object.keys(SCREENS).map((screen, at) => look(pages[at], screen, name, agreedOn(name, screen)))
          )
        );
    })
  );
  const complaints = names.flatMap((name) => seen.get(name).flatMap((one) => one.complaints));
  const layouts = new Map();
  for (const name of names) {
    const [component, state] = cut(name);
    const sections = layouts.get(component) ?? new Map();
    Object.keys(SCREENS).forEach((screen, at) => sections.set(`${state}, ${screen}`, seen.get(name)[at].layout));
    layouts.set(component, sections);
  }
  assert.ok(!UPDATE || complaints.length === 0, complaints.join('\n'));
  if (UPDATE) await rm(AGREED, { recursive: true, force: true });
  for (const [shown, sections] of layouts) {
    if (UPDATE) {
      const file = join(AGREED, `${shown}.txt`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, write(sections));
      continue;
    }
    const before = agreed.get(shown) ?? new Map();
    for (const heading of new Set([...before.keys(), ...sections.keys()])) {
      if (!before.has(heading)) complaints.push(`${shown}/${heading}: its layout is not written down`);
      else if (!sections.has(heading)) complaints.push(`${shown}/${heading}: there is no such story any more`);
      else
        for (const difference of differences(before.get(heading), sections.get(heading)))
          complaints.push(`${shown}/${heading}: ${difference}`);
    }
  }
  for (const gone of UPDATE ? [] : [...agreed.keys()].filter((component) => !layouts.has(component)))
    complaints.push(`${gone}: there are no such stories any more`);
  assert.equal(complaints.length, 0, `UPDATE_STORIES=1 if this is meant:\n${complaints.join('\n')}`);
});

test('nothing of the stories is in what the server embeds', async () => {
  const build = join(WEB, 'build');
  for (const file of await readdir(build, { recursive: true })) {
    if (!/\.(js|html)$/.test(file)) continue;
    const text = await readFile(join(build, file), 'utf8');
    assert.ok(!text.includes('there is no story') && !text.includes('Donaudampfschiff'), file);
  }
});
