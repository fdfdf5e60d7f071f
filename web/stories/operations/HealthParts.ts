import HealthParts from '$lib/ui/operations/HealthParts.svelte';
import { LONG, UNBROKEN } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { needy, well } from '../page/operations';
import { stories } from '../page/story';

const given = ({ parts, alerts }: ReturnType<typeof well>) => ({ parts, alerts, nowMs: NOW_MS });

export default stories(HealthParts, {
  well: { props: given(well()) },
  'not well': { props: given(needy()) },
  'awkward words': {
    props: {
      ...given(well()),
      parts: [{ name: 'clock', state: 'wrong', value: UNBROKEN, advice: LONG }]
    }
  }
});
