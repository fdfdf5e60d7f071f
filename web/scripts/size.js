// What a first visit costs, compressed, for each page: the document, the styles and scripts of the layout and of that page,
// and the words it says in the language that needs most. Dialogs come later. Fails when any page is above the limit.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_BYTES = 150_000;
const LANGUAGES = ['en', 'de'];
const manifest = JSON.parse(readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8'));
const compressed = (file) => {
  const path = join('build', file);
  try {
    return statSync(`${path}.br`).size;
  } catch {
    return statSync(path).size;
  }
};

/** The files that come with a part of the build, by static imports. */
function together(key, files = new Set()) {
  const part = manifest[key];
  if (part === undefined) throw new Error(`the build has no ${key}`);
  if (files.has(part.file)) return files;
  files.add(part.file);
  for (const style of part.css ?? []) files.add(style);
  for (const next of part.imports ?? []) together(next, files);
  return files;
}

const parts = Object.keys(manifest);
const NODES = /client-optimized\/nodes\/(\d+)\.js$/;
const nodes = parts.filter((key) => NODES.test(key));
// The first two are the layout and the page of errors.
const layout = nodes.find((key) => key.endsWith('/0.js'));
const start = parts.filter((key) => manifest[key].isEntry && !NODES.test(key));
const always = [...start, layout].reduce((files, key) => together(key, files), new Set());
const documents = ['index.html', 'theme.js'];

/** The words that come apart from the code, in the language that needs most. */
function words(key) {
  const areas = [
    ...readFileSync(join('build', manifest[key].file), 'utf8').matchAll(/\.need\(([^)]*)\)/g)
  ].flatMap(([, list]) => [...list.matchAll(/\w+/g)].map(([area]) => area));
  const costs = LANGUAGES.map((language) =>
    [`src/lib/i18n/${language}.ts`, ...areas.map((area) => `src/lib/i18n/${language}/${area}.ts`)]
      .filter((name) => name in manifest)
      .reduce((sum, name) => sum + compressed(manifest[name].file), 0)
  );
  return Math.max(...costs);
}

const pages = nodes
  .filter((key) => !/\/[01]\.js$/.test(key))
  .map((key) => {
    const files = [...documents, ...together(key, new Set(always))];
    const route = /src\/routes\/?(.*?)\/?\+page\.svelte/.exec(readFileSync(key, 'utf8'))?.[1] ?? key;
    return { route: `/${route}`, bytes: files.reduce((sum, file) => sum + compressed(file), words(key)) };
  })
  .sort((a, b) => b.bytes - a.bytes);

const kilobytes = (count) => `${(count / 1000).toFixed(1)} kB`;
for (const { route, bytes } of pages) console.log(`${kilobytes(bytes).padStart(9)}  ${route}`);
console.log(
  `${kilobytes(pages[0].bytes).padStart(9)}  the heaviest first load, limit ${kilobytes(LIMIT_BYTES)}`
);
if (pages[0].bytes > LIMIT_BYTES) process.exit(1);
