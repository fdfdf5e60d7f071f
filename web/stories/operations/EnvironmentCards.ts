import EnvironmentCards from '$lib/ui/operations/EnvironmentCards.svelte';
import { UNBROKEN } from '../page/fixtures';
import { environment, environments } from '../page/operations';
import { stories } from '../page/story';

export default stories(EnvironmentCards, {
  three: { props: { environments: environments() } },
  'one, on a platform': {
    props: {
      environments: [
        environment('production', { target: 'fly', machine: 'fly.io/our-music', trigger: 'manual' })
      ]
    }
  },
  'words without end': {
    props: { environments: [environment(UNBROKEN, { url: `https://${UNBROKEN.toLowerCase()}.example` })] }
  },
  none: { props: { environments: [] } }
});
