// Writes into the built page which files its first visitors will need beyond what the kit names: those of a nest's page, which
// invitations lead to, and the words of a language that is not English. `static/theme.js` asks for them at once.
import { readFileSync, writeFileSync } from 'node:fs';

const PAGE = 'build/index.html';
const SCRIPT = '<script src="/theme.js"';
const manifest = JSON.parse(readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8'));
const app = readFileSync('.svelte-kit/generated/client-optimized/app.js', 'utf8');
const html = readFileSync(PAGE, 'utf8');

/** The files that come with a part of the build, by static imports, without those that the page names already. */
function files(key, found = new Set()) {
  const part = manifest[key];
  if (part === undefined) throw new Error(`the build has no ${key}`);
  if (found.has(part.file)) return found;
  for (const file of [part.file, ...(part.css ?? [])]) if (!html.includes(file)) found.add(file);
  for (const next of part.imports ?? []) if (!html.includes(manifest[next].file)) files(next, found);
  return found;
}
const list = (key) => [...files(key)].map((file) => `/${file}`).join(' ');

const node = /"\/nest\/\[code\]": \[(\d+)/.exec(app)?.[1];
if (node === undefined) throw new Error('the page of a nest is not where it was');
if (html.split(SCRIPT).length !== 2) throw new Error(`${PAGE} does not have its first script once`);
const nest = list(`.svelte-kit/generated/client-optimized/nodes/${node}.js`);
const de = list('src/lib/i18n/de.ts');
writeFileSync(PAGE, html.replace(SCRIPT, `${SCRIPT} data-nest="${nest}" data-de="${de}"`));
