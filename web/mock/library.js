// The mock's library: made-up tracks, and what is uploaded becomes one more of them.
const SONGS = [
  ['Slow Light', 'Mara Venn', 'Harbour', 41],
  ['Paper Boats', 'The Quiet Hours', 'Rain Letters', 58],
  ['Cinder Path', 'Oskar Lund', 'North Window', 73],
  [
    'Half a Moon and a Very Long Title That Has to Be Cut Somewhere',
    'Ines Kappel & the Weather',
    'Tides',
    64
  ],
  ['Wintering', 'Mara Venn', 'Harbour', 95],
  ['Salt Road', 'Juno Ardent', 'Salt Road', 82],
  ['Glass Orchard', 'Nils Aurel', 'Glass Orchard', 47],
  ['Evening Arithmetic', 'The Quiet Hours', 'Rain Letters', 66],
  ['Owl Post', 'Petra Sound', 'Night Mail', 53],
  ['A Small Fire', 'Ines Kappel & the Weather', 'Tides', 78],
  ['Kitchen Radio', 'Oskar Lund', 'North Window', 61],
  ['First Train', 'Juno Ardent', 'Salt Road', 90],
  ['Understory', 'Nils Aurel', 'Glass Orchard', 72],
  ['Blue Hour', 'Petra Sound', 'Night Mail', 69]
];

export const summary = ({
  id,
  title,
  artist,
  album,
  duration_ms,
  artwork_url,
  stream_url,
  source,
  match
}) => ({
  id,
  title,
  artist,
  album,
  duration_ms,
  artwork_url,
  stream_url,
  source,
  match
});

export class Library {
  tracks = [];
  hasDemo = false;

  track(id) {
    return this.tracks.find((track) => track.id === id);
  }

  make(title, artist, album, seconds, withCover) {
    const seed = this.tracks.length + 1;
    const id = `t${String(seed).padStart(4, '0')}`;
    const track = {
      id,
      seed,
      title,
      artist,
      album,
      genre: '',
      year: 2020 + (seed % 6),
      track_number: null,
      disc_number: null,
      duration_ms: seconds * 1000,
      format: 'flac',
      size_bytes: seconds * 90_000,
      playable: { state: 'ready' },
      artwork_url: withCover ? `/api/v1/artwork/${seed}` : null,
      stream_url: `/api/v1/tracks/${id}/stream`,
      loudness_lufs: -14,
      added_at_ms: Date.now() - (40 - seed) * 3_600_000
    };
    this.tracks.push(track);
    return track;
  }

  /** Brings the next song of the list; undefined after the last. */
  demoSong(index) {
    const song = SONGS[index];
    return song && this.make(...song, index % 4 !== 2);
  }

  page(params) {
    const words = (params.get('query') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const sort = params.get('sort') ?? 'newest';
    const limit = Number(params.get('limit') ?? 50);
    const from = Number(params.get('cursor') ?? 0);
    const found = this.tracks.filter((track) =>
      words.every((word) => `${track.title} ${track.artist} ${track.album}`.toLowerCase().includes(word))
    );
    found.sort((a, b) =>
      sort === 'newest' ? b.added_at_ms - a.added_at_ms : a[sort].localeCompare(b[sort])
    );
    const tracks = found.slice(from, from + limit).map(publicTrack);
    return { tracks, next_cursor: from + limit < found.length ? String(from + limit) : null };
  }
}

export function publicTrack({ seed: _, ...track }) {
  return track;
}
