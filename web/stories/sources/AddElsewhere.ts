import AddElsewhere from '$lib/ui/sources/AddElsewhere.svelte';
import { found, SPOTIFY } from '../page/sources';
import { stories } from '../page/story';

export default stories(AddElsewhere, {
  'a service': { props: { code: 'main', source: SPOTIFY, text: '' } },
  'a link': {
    props: { code: 'main', source: null, text: 'https://open.spotify.com/track/1' },
    answers: {
      'POST /api/v1/links': {
        links: [
          {
            text: 'https://open.spotify.com/track/1',
            service: 'spotify',
            tracks: [found('Dawn')],
            left_out: 0
          }
        ]
      }
    },
    shows: 'section'
  }
});
