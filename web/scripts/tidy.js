// Holds the house's budgets for this folder: components up to 400 lines, TypeScript up to 300, scripts and mock up to 300;
// no state at module level in `.svelte.ts`, no inline styles, no `fetch` outside the API client.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const complaints = [];
const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((item) =>
    item.isDirectory() ? files(join(folder, item.name)) : [join(folder, item.name)]
  );

for (const file of [...files('src'), ...files('mock'), ...files('scripts')]) {
  if (!/\.(svelte|ts|js)$/.test(file) || file.endsWith('schema.d.ts')) continue;
  const text = readFileSync(file, 'utf8');
  const limit = file.endsWith('.svelte') ? 400 : 300;
  const lines = text.split('\n').length;
  const complain = (what) => complaints.push(`${file}: ${what}`);
  const catalogue = /i18n\/(en|de)\.ts$/.test(file);
  if (lines > limit && !catalogue && !file.includes('.test.'))
    complain(`${lines} lines, the limit is ${limit}`);
  if (file.includes('lib/listening')) continue;
  if (file.endsWith('.svelte.ts') && /^(export )?(const|let) \w+ = new /m.test(text)) {
    complain('state at module level: hand it out by context');
  }
  if (file.endsWith('.svelte') && /<[^>]+\sstyle="[^"]*"/.test(text)) {
    complain('an inline style: the content security policy forbids it; use `style:`');
  }
  if (/\bfetch\(/.test(text) && !/src\/lib\/api\/|service-worker|^mock|^scripts/.test(file)) {
    complain('speaks HTTP: only `lib/api` does');
  }
}

if (complaints.length > 0) {
  console.error(complaints.join('\n'));
  process.exit(1);
}
