import type { Message } from '../message';

/** The sentences of the library, in English. */
export const library = {
  'library.title': 'Library',
  'library.count': { one: '{count} song', other: '{count} songs' },
  'library.search': 'Search title, artist, album',
  'library.sort': 'Sort by',
  'library.sort.newest': 'Newest',
  'library.sort.artist': 'Artist',
  'library.sort.album': 'Album',
  'library.sort.title': 'Title',
  'library.upload': 'Upload',
  'library.none': 'No song matches “{query}”.',
  'library.failed': 'The library could not be loaded.',
  'library.unplayable': 'Cannot be played: {reason}',
  'library.addTo': 'Add {title} to {nest}',
  'library.delete': 'Delete {title}',
  'library.deleteTitle': 'Delete “{title}”?',
  'library.deleteSure': 'It leaves the library for everybody. This cannot be undone.',
  'library.deleted': '{title} was deleted.'
} as const satisfies Record<string, Message>;
