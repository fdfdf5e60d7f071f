import type { FollowingState, SpotifyDevice } from '$lib/api/types';
import { SourcesApi } from '$lib/api/sources';
import { Hearing } from '$lib/state/hearing.svelte';
import DeviceDialog from '$lib/ui/sources/DeviceDialog.svelte';
import { LONG } from '../page/fixtures';
import { never, press, refused, stories } from '../page/story';

const DEVICES = 'GET /api/v1/me/spotify/devices';
const device = (name: string, changes: Partial<SpotifyDevice> = {}): SpotifyDevice => ({
  id: name,
  name,
  kind: 'computer',
  active: false,
  steerable: true,
  ...changes
});
const given = (state: FollowingState | null = null) => {
  const hearing = new Hearing('main', new SourcesApi());
  if (state) hearing.following = { device: 'a', device_name: 'Kitchen', state, detail: '' };
  return { hearing, open: true };
};
const found = [
  device('Kitchen', { active: true }),
  device(LONG),
  device('Car', { id: null, steerable: false })
];

export default stories(DeviceDialog, {
  looking: { props: () => given(), answers: { [DEVICES]: never } },
  several: { props: () => given('in_step'), answers: { [DEVICES]: found }, shows: 'li + li' },
  'in German': {
    props: () => given('taken_over_other_track'),
    app: (app) => app.i18n.use('de'),
    answers: { [DEVICES]: found },
    shows: 'li + li'
  },
  none: { props: () => given(), answers: { [DEVICES]: [] }, shows: 'ul + .hint' },
  refused: {
    props: () => given(),
    answers: { [DEVICES]: refused(502, 'source_away') },
    shows: '[role=alert]'
  },
  'no player in this browser': {
    props: () => given(),
    answers: { [DEVICES]: [] },
    act: async (root) => {
      // Spotify's script says at once that this browser cannot.
      class Refuses {
        heard = new Map<string, () => void>();
        addListener(event: string, heard: () => void): boolean {
          this.heard.set(event, heard);
          return true;
        }
        async connect(): Promise<boolean> {
          this.heard.get('initialization_error')?.();
          return false;
        }
        disconnect(): void {}
      }
      Object.assign(window, { Spotify: { Player: Refuses } });
      await press(root, 'Play on This browser');
    },
    shows: '[role=alert]'
  }
});
