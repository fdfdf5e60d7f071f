import LovedSongs from '$lib/ui/stats/LovedSongs.svelte';
import { numbers } from '../page/numbers';
import { stories } from '../page/story';

export default stories(LovedSongs, {
  some: { props: { songs: numbers(7).songs } },
  none: { props: { songs: [] } },
  'long words': { props: { songs: numbers(7).songs }, app: (app) => app.i18n.use('de') }
});
