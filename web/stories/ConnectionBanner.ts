import ConnectionBanner from '$lib/ui/ConnectionBanner.svelte';
import { stories } from './page/story';

export default stories(ConnectionBanner, {
  'all is well': { props: {} },
  'the line is down': { props: {}, app: (app) => void (app.realtime.state = 'connecting'), shows: 'p' },
  'no network': {
    props: {},
    app: () => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, value: false });
      window.dispatchEvent(new Event('offline'));
      return () => {
        Reflect.deleteProperty(navigator, 'onLine');
        window.dispatchEvent(new Event('online'));
      };
    },
    shows: 'p'
  }
});
