import LinkList from '$lib/ui/sources/LinkList.svelte';
import { FOUND, found, list, ways } from '../page/sources';
import { LONG } from '../page/fixtures';
import { never, refused, stories } from '../page/story';

const given = () => ({ text: 'https://youtu.be/dQw4w9WgXcQ', ...ways() });
const LINKS = 'POST /api/v1/links';
const several = {
  links: [
    {
      text: 'https://open.spotify.com/album/1',
      service: 'spotify',
      tracks: FOUND,
      collection: list(LONG),
      left_out: 3
    },
    {
      text: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
      service: 'youtube',
      tracks: [found('Rooks at dawn', { service: 'youtube', album: '' })],
      left_out: 0
    },
    {
      text: `https://tidepool.example/${LONG.replaceAll(' ', '')}`,
      tracks: [],
      left_out: 0,
      refused: { code: 'not_a_link', detail: 'This link leads to a service that is not known here.' }
    },
    {
      text: 'https://soundcloud.com/rooks/dawn',
      service: 'soundcloud',
      tracks: [],
      left_out: 0,
      refused: { code: 'source_not_set_up', detail: 'SoundCloud is not set up here.' }
    }
  ]
};

export default stories(LinkList, {
  reading: { props: given, answers: { [LINKS]: never }, shows: '.skeleton' },
  several: { props: given, answers: { [LINKS]: several }, shows: 'section' },
  'in German': {
    props: given,
    app: (app) => app.i18n.use('de'),
    answers: { [LINKS]: several },
    shows: 'section'
  },
  refused: { props: given, answers: { [LINKS]: refused(502, 'source_away') }, shows: '.button' }
});
