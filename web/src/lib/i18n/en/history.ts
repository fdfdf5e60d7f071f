import type { Message } from '../message';

/** The sentences of a search in what was played, in English. */
export const history = {
  'history.allTitle': 'History of all nests',
  'history.in': 'in {nest}',
  'history.membersOnly': 'The history of all nests is for members.',
  'history.search': 'Search what was played',
  'history.words': 'Title, artist or album',
  'history.filter': 'Filter',
  'history.filterCount': { one: '{count} filter', other: '{count} filters' },
  'history.by': 'Added by',
  'history.everybody': 'Everybody',
  'history.chosenBy': 'Chosen by',
  'history.anyChooser': 'People and the nest',
  'history.chooser.people': 'People',
  'history.chooser.autofill': 'The nest itself',
  'history.source': 'Source',
  'history.anySource': 'Any',
  'history.source.library': 'Library',
  'history.source.spotify': 'Spotify',
  'history.source.youtube': 'YouTube',
  'history.source.soundcloud': 'SoundCloud',
  'history.from': 'From',
  'history.to': 'Until',
  'history.clear': 'Show everything',
  'history.table': 'Download as a table (CSV)',
  'history.tableHint': 'These plays, of one year at most',
  'history.none': 'Nothing that was played is like that.'
} as const satisfies Record<string, Message>;
