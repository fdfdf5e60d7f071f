import Facts from '$lib/ui/operations/Facts.svelte';
import { LONG, UNBROKEN } from '../page/fixtures';
import { stories } from '../page/story';

export default stories(Facts, {
  some: {
    props: {
      facts: [
        { name: 'Version', value: '0.1.0' },
        { name: 'Release', value: '20260517T170700Z-b50df30-ba7816bf', code: true },
        { name: 'Drill', value: 'failed', tone: 'bad' },
        { name: 'Copy', value: 'sound', tone: 'good', english: true }
      ]
    }
  },
  'awkward words': {
    props: {
      facts: [
        { name: UNBROKEN, value: LONG },
        { name: LONG, value: UNBROKEN, code: true }
      ]
    }
  }
});
