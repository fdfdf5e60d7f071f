import type { Entry } from '$lib/api/types';
import VoteButtons from '$lib/ui/nest/VoteButtons.svelte';
import { ADA, LONG, by, entry, song } from '../page/fixtures';
import { stories } from '../page/story';

const votes = (shown: Entry) => ({ entry: shown, allowed: true, onvote: () => undefined });

export default stories(VoteButtons, {
  'no votes': { props: votes(entry(2)) },
  'my vote up': { props: votes(entry(2, { votes: { up: [ADA.id], down: [] }, tally: 1 })) },
  'my vote down': { props: votes(entry(2, { votes: { up: [], down: [ADA.id] }, tally: -1 })) },
  'my own song': { props: votes(entry(2, { added_by: by(ADA), tally: 3 })) },
  'no voting': { props: { ...votes(entry(2)), allowed: false } },
  'many votes': { props: votes(entry(2, { track: song(LONG), tally: 12_345 })) }
});
