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
      rules: runOnly.type === 'tag' ? Object.fromEntries(ignored.map((rule) => [rule, { enabled: false }])) : {}
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target.join(' ')} (${any[0]?.message ?? ''})`).join(', ')}`);
  }, [AXE_PAGE_RULES, runOnly]);

/** What is drawn now. Taken again until it rests: pictures and code that are loaded later change it. */
async function drawn(page) {
  let last = null;
  for (;;) {
    const lines = await page.evaluate(
      `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done((${outline})(document.getElementById('story'))))))`
    );
    if (last !== null && last.join('\n') === lines.join('\n')) return lines;
    last = lines;
  }
}

/** Looks at one story on one screen in both colours. Answers its layout and what is wrong with it. */
async function look({ page, faults }, screen, name) {
  const complaints = [];
  const say = (what) => complaints.push(`${name}, ${screen}: ${what}`);
  faults.length = 0;
  await page.emulateMedia({ colorScheme: 'light' });
  const shown = await page.evaluate((story) => window.stories.show(story).then(() => ''), name).catch(String);
  if (shown !== '') say(shown);
  const layout = await drawn(page);
  for (const misfit of await page.evaluate(`(${misfits})(document.getElementById('story'), ${TARGET_PX})`)) say(misfit);
  for (const finding of await findings(page, AXE_RULES)) say(`light: axe: ${finding}`);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await drawn(page);
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

async function agreedComponents() {
  const files = await readdir(AGREED, { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith('.txt')).map((file) => file.slice(0, -'.txt'.length));
}

test('every story looks as agreed on a desk and on a phone, in light and in dark', async () => {
  const hands = await Promise.all(
    Array.from({ length: HANDS }, () => Promise.all(Object.keys(SCREENS).map(openStories)))
  );
  const names = await hands[0][0].page.evaluate(() => window.stories.names());
  assert.ok(names.length > 100, `only ${names.length} stories were found`);
  const seen = new Map();
  const left = [...names];
  await Promise.all(
    hands.map(async (pages) => {
      for (let name = left.shift(); name !== undefined; name = left.shift())
        seen.set(name, await Promise.all(Object.keys(SCREENS).map((screen, at) => look(pages[at], screen, name))));
    })
  );
  const complaints = names.flatMap((name) => seen.get(name).flatMap((one) => one.complaints));
  const layouts = new Map();
  for (const name of names) {
    const cut = name.lastIndexOf('/');
    const component = name.slice(0, cut);
    const sections = layouts.get(component) ?? new Map();
    Object.keys(SCREENS).forEach((screen, at) =>
      sections.set(`${name.slice(cut + 1)}, ${screen}`, seen.get(name)[at].layout)
    );
    layouts.set(component, sections);
  }
  assert.ok(!UPDATE || complaints.length === 0, complaints.join('\n'));
  if (UPDATE) await rm(AGREED, { recursive: true, force: true });
  for (const [shown, sections] of layouts) {
    const file = join(AGREED, `${shown}.txt`);
    if (UPDATE) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, write(sections));
      continue;
    }
    const agreed = existsSync(file) ? parse(await readFile(file, 'utf8')) : new Map();
    for (const heading of new Set([...agreed.keys(), ...sections.keys()])) {
      if (!agreed.has(heading)) complaints.push(`${shown}/${heading}: its layout is not written down`);
      else if (!sections.has(heading)) complaints.push(`${shown}/${heading}: there is no such story any more`);
      else
        for (const difference of differences(agreed.get(heading), sections.get(heading)))
          complaints.push(`${shown}/${heading}: ${difference}`);
    }
  }
  for (const gone of (await agreedComponents()).filter((name) => !layouts.has(name)))
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
