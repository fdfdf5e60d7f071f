import type { Translation } from '../message';
import type { library as english } from '../en/library';

/** The sentences of the library, in German. */
export const library: Translation<typeof english> = {
  'library.title': 'Bibliothek',
  'library.count': { one: '{count} Stück', other: '{count} Stücke' },
  'library.search': 'Titel, Künstler, Album suchen',
  'library.sort': 'Sortieren nach',
  'library.sort.newest': 'Neueste',
  'library.sort.artist': 'Künstler',
  'library.sort.album': 'Album',
  'library.sort.title': 'Titel',
  'library.upload': 'Hochladen',
  'library.none': 'Kein Stück passt zu „{query}“.',
  'library.failed': 'Die Bibliothek konnte nicht geladen werden.',
  'library.unplayable': 'Nicht spielbar: {reason}',
  'library.addTo': '{title} zu {nest} hinzufügen',
  'library.delete': '{title} löschen',
  'library.deleteTitle': '„{title}“ löschen?',
  'library.deleteSure': 'Es verlässt die Bibliothek für alle. Das lässt sich nicht rückgängig machen.',
  'library.deleted': '{title} wurde gelöscht.'
};
