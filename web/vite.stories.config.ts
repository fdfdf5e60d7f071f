/** The page of stories. It is built apart from the app, so that nothing of it is ever in what the server embeds. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Everybody's picture. Who builds the page and serves it otherwise answers this address too. */
const faces: Plugin = {
  name: 'faces',
  configureServer: (server) =>
    void server.middlewares.use((request, response, next) => {
      if (!/^\/api\/v1\/members\/[^/]+\/avatar/.test(request.url ?? '')) return next();
      response.setHeader('content-type', 'image/svg+xml');
      response.end(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#246"/><circle cx="4" cy="4" r="2" fill="#9bd"/></svg>'
      );
    })
};

export default defineConfig({
  root: here('stories'),
  base: './',
  plugins: [faces, svelte({ configFile: false, compilerOptions: { runes: true } })],
  resolve: { alias: { $lib: here('src/lib'), $app: here('stories/page/app') } },
  publicDir: here('static'),
  build: { target: 'es2022', outDir: process.env.STORIES_OUT ?? here('stories/build'), emptyOutDir: true },
  server: { port: 21702, strictPort: true }
});
