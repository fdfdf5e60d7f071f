// What a first visit to a nest's page costs, compressed: the page, the styles and the scripts it loads. Fails above the limit.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_BYTES = 150_000;
const APP = 'build/_app/immutable';
const compressed = (file) => {
  try {
    return statSync(`${file}.br`).size;
  } catch {
    return statSync(file).size;
  }
};

// Everything reachable by static imports from the start, plus every page: more than any one visit loads.
const seen = new Set(['build/index.html', 'build/theme.js']);
const follow = (file) => {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, path] of text.matchAll(/(?:from|import)\s*["']([^"']+\.js)["']/g))
    follow(join(file, '..', path));
};
for (const folder of ['entry', 'nodes']) {
  for (const name of readdirSync(join(APP, folder)))
    if (name.endsWith('.js')) follow(join(APP, folder, name));
}
for (const name of readdirSync(join(APP, 'assets')))
  if (name.endsWith('.css')) seen.add(join(APP, 'assets', name));

const total = [...seen].reduce((sum, file) => sum + compressed(file), 0);
const kilobytes = (count) => `${(count / 1000).toFixed(1)} kB`;
for (const file of [...seen].sort((a, b) => compressed(b) - compressed(a)).slice(0, 6)) {
  console.log(`${kilobytes(compressed(file)).padStart(9)}  ${file.replace('build/', '')}`);
}
console.log(`${kilobytes(total).padStart(9)}  first load of any page, limit ${kilobytes(LIMIT_BYTES)}`);
if (total > LIMIT_BYTES) process.exit(1);
