import adapter from '@sveltejs/adapter-static';

/** @type {import('@sveltejs/kit').Config} */
export default {
  compilerOptions: { runes: true },
  kit: {
    adapter: adapter({
      pages: 'build',
      assets: 'build',
      fallback: 'index.html',
      precompress: false,
      strict: true
    }),
    csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
    serviceWorker: { register: false },
    version: { pollInterval: 0 },
    output: { bundleStrategy: 'split' },
    typescript: {
      config: (config) => {
        config.include.push('../stories/**/*.ts', '../stories/**/*.svelte');
      }
    }
  }
};
