import type { App } from '$lib/state/app.svelte';
import SignInButtons from '$lib/ui/SignInButtons.svelte';
import { UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

const offered =
  (...names: string[]) =>
  (app: App): void => {
    const server = app.session.server;
    if (server)
      app.session.server = { ...server, sign_in: names.map((name, at) => ({ id: `service-${at}`, name })) };
  };

export default stories(SignInButtons, {
  one: { props: {}, app: offered('Google') },
  'several, with awkward names': { props: {}, app: offered('Google', 'id.example.org', UNBROKEN) }
});
