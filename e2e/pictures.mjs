/**
 * The pictures of the documentation, of an evening with people: `npm run screenshots` writes `docs/images/`, or only
 * those whose names are given. The server must have the services outside as fakes (the feature `fakes`), for the picture of a
 * search.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { company, evening, past } from './support/evening.mjs';
import { eventually, Scene } from './support/scene.mjs';

const IMAGES = fileURLToPath(new URL('../docs/images/', import.meta.url));
const BYTES_MAX = 300_000;
const QUALITY = 0.95;
const DESK = { viewport: { width: 1280, height: 850 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DARK = { colorScheme: 'dark' };

/** Everything looked for at once, as nobody's page has it when it opens. */
async function search(page) {
  const box = page.getByLabel('Add a song', { exact: true }).and(page.locator('input'));
  await box.click();
  await page.getByRole('button', { name: 'Spotify', exact: true }).click();
  await box.fill('rook');
  await page.getByTitle('Morning Roost').waitFor();
}

/** Name, address, what browser, and what to do before the picture is taken. */
const PICTURES = [
  ['nest-light', '/nest/main', DESK],
  ['nest-dark', '/nest/main', { ...DESK, ...DARK }],
  ['nest-phone', '/nest/main', PHONE],
  ['sources-light', '/nest/main', DESK, search],
  ['library-dark', '/library', { ...DESK, ...DARK }],
  ['library-phone', '/library', PHONE],
  ['history-light', '/nest/main/history', DESK],
  ['numbers-light', '/stats', DESK],
  ['help-light', '/help', DESK]
];

const wanted = process.argv.slice(2);
const scene = await Scene.open({ settings: () => ({ ROOKERY_FAKES: 'true' }) });
try {
  await mkdir(IMAGES, { recursive: true });
  await past(scene);
  const friends = await company(scene);
  const writer = await (await scene.browser.newContext()).newPage();
  for (const [name, path, options, act] of PICTURES) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const visitor = await scene.visitor(options);
    visitor.expectedStatuses.add(502).add(404);
    await visitor.context.addCookies(await scene.administrator.context.cookies());
    if (path === '/nest/main') await evening(scene, friends);
    const { page } = visitor;
    await page.goto(`${scene.server.url}${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await eventually('loaded', () =>
      page.evaluate(
        () =>
          !document.querySelector('.skeleton, [aria-busy="true"]') &&
          [...document.images].every(({ complete, loading }) => complete || loading === 'lazy')
      )
    );
    await act?.(page);
    await page.waitForTimeout(500);
    const bytes = await webp(writer, await page.screenshot());
    if (bytes.length > BYTES_MAX) throw new Error(`${name} has ${bytes.length} bytes`);
    await writeFile(`${IMAGES}${name}.webp`, bytes);
    console.log(`${name}.webp  ${Math.round(bytes.length / 1000)} kB`);
    await visitor.page.close();
  }
} finally {
  await scene.close();
}

/** A picture as WebP, which keeps covers and letters in a third of the bytes. */
async function webp(page, png) {
  const base64 = await page.evaluate(
    async ([png, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      canvas.getContext('2d').drawImage(image, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
      const reader = new FileReader();
      return new Promise((done) => {
        reader.onload = () => done(reader.result.split(',')[1]);
        reader.readAsDataURL(blob);
      });
    },
    [png.toString('base64'), QUALITY]
  );
  return Buffer.from(base64, 'base64');
}
