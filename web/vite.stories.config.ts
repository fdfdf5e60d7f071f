/** The page of stories. It is built apart from the app, so that nothing of it is ever in what the server embeds. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('stories'),
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  resolve: { alias: { $lib: here('src/lib'), $app: here('stories/page/app') } },
  publicDir: here('static'),
  build: { target: 'es2022', outDir: process.env.STORIES_OUT ?? here('stories/build'), emptyOutDir: true },
  server: { port: 21702, strictPort: true }
});
