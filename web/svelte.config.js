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
    // The content security policy is the server's header alone. Said in the page as well, it would keep browsers from
    // looking ahead: they fetch nothing of a page that has a policy in it until they have read that far, script by script.
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
