import RoomVolume from '$lib/ui/nest/RoomVolume.svelte';
import { stories } from '../page/story';

export default stories(RoomVolume, {
  'for whoever may set it': { props: { percent: 95, onset: () => Promise.resolve(true) } },
  'for everybody else, who follow': {
    props: { percent: 30, onset: null },
    app: ({ player }) => player.followRoom(true)
  },
  'long words': { props: { percent: 100, onset: null }, app: (app) => app.i18n.use('de') }
});
