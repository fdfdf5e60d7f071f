import type { Translation } from '../message';
import type { history as english } from '../en/history';

/** The sentences of a search in what was played, in German. */
export const history: Translation<typeof english> = {
  'history.allTitle': 'Verlauf aller Nester',
  'history.in': 'in {nest}',
  'history.membersOnly': 'Der Verlauf aller Nester ist für Mitglieder.',
  'history.search': 'Im Gespielten suchen',
  'history.words': 'Titel, Interpret oder Album',
  'history.filter': 'Filtern',
  'history.filterCount': { one: '{count} Filter', other: '{count} Filter' },
  'history.by': 'Hinzugefügt von',
  'history.everybody': 'Allen',
  'history.chosenBy': 'Ausgesucht von',
  'history.anyChooser': 'Leuten und dem Nest',
  'history.chooser.people': 'Leuten',
  'history.chooser.autofill': 'Dem Nest selbst',
  'history.source': 'Quelle',
  'history.anySource': 'Jede',
  'history.source.library': 'Bibliothek',
  'history.source.spotify': 'Spotify',
  'history.source.youtube': 'YouTube',
  'history.source.soundcloud': 'SoundCloud',
  'history.from': 'Von',
  'history.to': 'Bis',
  'history.clear': 'Alles zeigen',
  'history.table': 'Als Tabelle laden (CSV)',
  'history.tableHint': 'Was hier steht, höchstens ein Jahr',
  'history.none': 'Nichts Gespieltes ist so.'
};
