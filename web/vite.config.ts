import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { chunks } from './scripts/chunks.js';

const server = process.env.ROOKERY_URL ?? 'http://127.0.0.1:21700';

/** The kit's announcer comes with an inline style, which the content security policy refuses; `app.css` hides it instead. */
const announcerWithoutStyle: Plugin = {
  name: 'announcer-without-style',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/generated/root.svelte')
      ? code.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1')
      : null
};

export default defineConfig({
  plugins: [announcerWithoutStyle, sveltekit(), chunks()],
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: {
    port: 21701,
    strictPort: true,
    proxy: { '/api': { target: server, ws: true }, '/playing/': server }
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' }
});
