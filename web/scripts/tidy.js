// Holds the house's budgets for this folder: components up to 400 lines, TypeScript up to 300, scripts and mock up to 300;
// no state at module level in `.svelte.ts`, no inline styles, no `fetch` outside the API client; stories for every component.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const complaints = [];
const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((item) =>
    item.isDirectory() ? files(join(folder, item.name)) : [join(folder, item.name)]
  );

for (const file of ['src', 'mock', 'scripts', 'stories'].flatMap(files)) {
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
  if (/\bfetch\(/.test(text) && !/src\/lib\/api\/|service-worker|^mock|^scripts|^stories/.test(file)) {
    complain('speaks HTTP: only `lib/api` does');
  }
}

// Every component that draws has stories, and every story a component; none of them is ever in the app.
const UI = 'src/lib/ui';
const components = files(UI).filter((file) => file.endsWith('.svelte'));
const stories = files('stories').filter((file) => file.endsWith('.ts') && !file.startsWith('stories/page/'));
const storyOf = (component) => component.replace(UI, 'stories').replace(/\.svelte$/, '.ts');
for (const component of components) {
  if (!stories.includes(storyOf(component)))
    complaints.push(`${component}: no stories: ${storyOf(component)}`);
}
for (const story of stories) {
  const component = story.replace('stories', UI).replace(/\.ts$/, '.svelte');
  const drawn = `from '${component.replace('src/lib', '$lib')}'`;
  if (!components.includes(component)) complaints.push(`${story}: there is no ${component}`);
  else if (!readFileSync(story, 'utf8').includes(drawn))
    complaints.push(`${story}: does not show its component`);
}
for (const file of files('src')) {
  if (/from '[^']*\bstories\b/.test(readFileSync(file, 'utf8'))) complaints.push(`${file}: imports stories`);
}

if (complaints.length > 0) {
  console.error(complaints.join('\n'));
  process.exit(1);
}
