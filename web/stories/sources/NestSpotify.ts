import NestSpotify from '$lib/ui/sources/NestSpotify.svelte';
import { connection } from '../page/sources';
import { never, nothing, stories } from '../page/story';

const CLIENT_ID = 'GET /api/v1/nests/main/spotify-client-id';
const answers = { 'GET /api/v1/me/spotify': connection() };
export default stories(NestSpotify, {
  loading: { props: { code: 'main' }, answers: { ...answers, [CLIENT_ID]: never }, shows: '.skeleton' },
  none: {
    props: { code: 'main' },
    answers: { ...answers, [CLIENT_ID]: nothing },
    shows: 'ol'
  },
  brought: {
    props: { code: 'main' },
    answers: {
      ...answers,
      [CLIENT_ID]: { client_id: '0123456789abcdef0123456789abcdef', has_secret: false, people: 1 }
    },
    shows: '.brought'
  }
});
