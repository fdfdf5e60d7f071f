import SpotifyAccount from '$lib/ui/settings/SpotifyAccount.svelte';
import { LONG } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { connection } from '../page/sources';
import { never, press, refused, stories } from '../page/story';

const ASKED = 'GET /api/v1/me/spotify';
const account = {
  name: 'ada.rook',
  ended: false,
  premium: true,
  can_use_devices: true,
  can_play_in_browser: true,
  connected_at_ms: NOW_MS - 86_400_000
};
const shown = { props: {}, shows: 'details' };

export default stories(SpotifyAccount, {
  loading: { props: {}, answers: { [ASKED]: never } },
  'not connected': { ...shown, answers: { [ASKED]: connection() } },
  'no place left': { ...shown, answers: { [ASKED]: connection({ free_seats: 0 }) } },
  'in German': {
    ...shown,
    app: (app) => app.i18n.use('de'),
    answers: { [ASKED]: connection({ free_seats: 0 }) }
  },
  premium: { ...shown, answers: { [ASKED]: connection({ account }) } },
  free: {
    ...shown,
    answers: { [ASKED]: connection({ account: { ...account, name: LONG, premium: false } }) }
  },
  ended: { ...shown, answers: { [ASKED]: connection({ account: { ...account, ended: true } }) } },
  'granted less': {
    ...shown,
    answers: { [ASKED]: connection({ account: { ...account, premium: null, can_use_devices: false } }) }
  },
  leaving: {
    ...shown,
    answers: { [ASKED]: connection({ account }) },
    act: async (root) => {
      while (root.querySelector('.danger') === null) await new Promise((done) => setTimeout(done, 20));
      await press(root, 'Disconnect');
    }
  },
  refused: { props: {}, answers: { [ASKED]: refused(503, 'busy') }, shows: '.button' }
});
