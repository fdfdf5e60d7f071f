import ClientId from '$lib/ui/sources/ClientId.svelte';
import { stories, type } from '../page/story';

const given = {
  clientId: null,
  redirectUri: 'https://rookery.example/authentication/spotify_callback',
  onbring: () => Promise.resolve(true),
  onremove: () => Promise.resolve()
};
export default stories(ClientId, {
  none: { props: given },
  'in German': { props: given, app: (app) => app.i18n.use('de') },
  'no client id': { props: given, act: (root) => type(root, 'form input', 'rooks') },
  brought: {
    props: {
      ...given,
      clientId: { client_id: '0123456789abcdef0123456789abcdef', has_secret: true, people: 3 }
    }
  }
});
