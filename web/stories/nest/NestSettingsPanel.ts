import type { NestState } from '$lib/api/types';
import type { App, OpenNest } from '$lib/state/app.svelte';
import NestSettingsPanel from '$lib/ui/nest/NestSettingsPanel.svelte';
import { ADA, BEN, LONG, UNBROKEN, nest, person, settings } from '../page/fixtures';
import { openNest } from '../page/stage';
import { press, stories } from '../page/story';
import { webhook } from '../page/webhooks';

const panel = (state: NestState) => (app: App) => ({ state, nest: app.nest as OpenNest, open: true });
const main = (app: App): void => openNest(app, nest());
const answers = {
  'GET /api/v1/nests/main/webhooks': [webhook()],
  'GET /api/v1/nests/ABCDE/webhooks': [],
  'GET /api/v1/nests/main/kicked': [],
  'GET /api/v1/nests/ABCDE/kicked': []
};

export default stories(NestSettingsPanel, {
  'the main nest': { props: panel(nest()), app: main, answers, shows: '.webhooks li' },
  'a nest with a host': {
    props: panel(nest({ code: 'ABCDE', host: ADA.id })),
    app: (app) =>
      openNest(app, nest({ code: 'ABCDE', host: ADA.id }), [ADA, BEN, person(LONG), person(UNBROKEN)]),
    answers,
    shows: '.webhooks .button'
  },
  'asks before it closes a nest': {
    props: panel(nest({ code: 'ABCDE', host: ADA.id, settings: settings({ name: LONG.slice(0, 60) }) })),
    app: (app) => openNest(app, nest({ code: 'ABCDE', host: ADA.id })),
    answers,
    act: (root) => press(root, 'Close this nest'),
    shows: '[role="alert"]'
  },
  closed: { props: (app) => ({ ...panel(nest())(app), open: false }), app: main },
  'long words': {
    props: panel(nest()),
    app: async (app) => {
      main(app);
      await app.i18n.use('de');
    },
    answers,
    shows: '.webhooks li'
  }
});
