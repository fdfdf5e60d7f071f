import ProcessFacts from '$lib/ui/operations/ProcessFacts.svelte';
import { NOW_MS } from '../page/now';
import { bare, well } from '../page/operations';
import { stories } from '../page/story';

export default stories(ProcessFacts, {
  'of a release': { props: { process: well().process, nowMs: NOW_MS } },
  'by itself': { props: { process: bare().process, nowMs: NOW_MS } },
  'of a later server': {
    props: { process: { ...well().process, engine: 'other', stance: 'dreaming' }, nowMs: NOW_MS }
  }
});
