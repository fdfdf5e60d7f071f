import SchemaSteps from '$lib/ui/operations/SchemaSteps.svelte';
import { NOW_MS } from '../page/now';
import { well } from '../page/operations';
import { stories } from '../page/story';

const { schema } = well();
const open = (root: HTMLElement) => root.querySelectorAll('details').forEach((one) => (one.open = true));

export default stories(SchemaSteps, {
  'as it should be': { props: { schema, nowMs: NOW_MS } },
  'missing ones, and those of a later release': {
    props: {
      nowMs: NOW_MS,
      schema: {
        ...schema,
        steps: [
          ...schema.steps,
          { name: '0099_later', state: 'unknown', applied_at_ms: NOW_MS - 90_000 },
          { name: '0016_missing', state: 'pending', applied_at_ms: null }
        ]
      }
    },
    act: open
  },
  'the database does not answer': {
    props: {
      nowMs: NOW_MS,
      schema: { ...schema, database_min_reader: null, steps: [], fault: 'the database does not answer' }
    }
  }
});
