import Reactions from '$lib/ui/nest/Reactions.svelte';
import { ADA, ARABIC, BEN, GUS, LONG, entry, person } from '../page/fixtures';
import { jams, talk } from '../page/people';
import { stories } from '../page/story';

const given = { refused: null, onjam: () => undefined, ontalk: () => undefined };

export default stories(Reactions, {
  none: { props: { ...given, entry: entry(2) } },
  'some of both': {
    props: { ...given, entry: entry(2, { jams: jams(BEN, GUS), comments: talk(BEN, ADA) }) }
  },
  'I am among many': {
    props: {
      ...given,
      entry: entry(2, {
        jams: jams(ADA, BEN, GUS, person(LONG), person(ARABIC), person('🦉')),
        comments: talk(BEN, ADA)
      })
    }
  },
  'larger faces, and more of them': {
    props: { ...given, entry: entry(2, { jams: jams(ADA, BEN, GUS) }), faceSize: 2, facesShown: 5 }
  }
});
