import { createRawSnippet } from 'svelte';
import Shell from '$lib/ui/Shell.svelte';
import { GUS, LONG, nest, person } from './page/fixtures';
import { become, openNest } from './page/stage';
import { stories } from './page/story';

const children = createRawSnippet(() => ({ render: () => '<h1>A page</h1>' }));

export default stories(Shell, {
  'a member': { props: { children } },
  'a guest': { props: { children }, app: (app) => become(app, GUS) },
  nobody: { props: { children }, app: (app) => become(app, null) },
  'a nest plays on': { props: { children }, app: (app) => openNest(app, nest()) },
  'long words': {
    props: { children },
    app: async (app) => {
      await app.i18n.use('de');
      if (app.session.server) app.session.server = { ...app.session.server, name: LONG };
      become(app, person(LONG));
    }
  },
  'before anybody is known': {
    props: { children },
    app: (app) => {
      app.session.status = { kind: 'loading' };
      app.session.server = null;
    }
  }
});
