import type { Api, TrackSort } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { ServerPublication, Track } from '$lib/api/types';

export type TrackListStatus =
  { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

const PAGE_SIZE = 60;
const TYPING_MS = 160;

/** The tracks of the library that match a search, page by page, kept true by what the server publishes. */
export class TrackList {
  status: TrackListStatus = $state.raw({ kind: 'loading' });
  tracks: Track[] = $state.raw([]);
  query = $state('');
  sort: TrackSort = $state('newest');
  cursor: string | null = $state(null);
  /** Whether what is shown is for an earlier query than the one typed. */
  stale = $state(false);
  readonly #api: Pick<Api, 'tracks'>;
  #abort: AbortController | null = null;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<Api, 'tracks'>) {
    this.#api = api;
  }

  /** Loads the first page again. What is shown stays until the answer is here. */
  async load(): Promise<void> {
    clearTimeout(this.#typing);
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    try {
      const page = await this.#api.tracks(
        { query: this.query.trim(), sort: this.sort, limit: PAGE_SIZE },
        abort.signal
      );
      if (abort.signal.aborted) return;
      this.tracks = page.tracks;
      this.cursor = page.next_cursor ?? null;
      this.stale = false;
      this.status = { kind: 'ready' };
    } catch (error) {
      if (abort.signal.aborted) return;
      this.status = {
        kind: 'failed',
        problem: error instanceof ApiProblem ? error : ApiProblem.unreachable()
      };
    }
  }

  /** Searches when the person pauses typing. */
  search(query: string): void {
    this.query = query;
    this.stale = true;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.load(), TYPING_MS);
  }

  async sortBy(sort: TrackSort): Promise<void> {
    this.sort = sort;
    await this.load();
  }

  /** Adds the next page, if there is one. */
  async more(): Promise<void> {
    if (this.cursor === null) return;
    const page = await this.#api.tracks({
      query: this.query.trim(),
      sort: this.sort,
      limit: PAGE_SIZE,
      cursor: this.cursor
    });
    const known = new Set(this.tracks.map((track) => track.id));
    this.tracks = [...this.tracks, ...page.tracks.filter((track) => !known.has(track.id))];
    this.cursor = page.next_cursor ?? null;
  }

  hear(publication: ServerPublication): void {
    if (publication.type === 'library_changed') void this.load();
    else if (publication.type === 'track_deleted') {
      this.tracks = this.tracks.filter((track) => track.id !== publication.id);
    } else if (publication.type === 'track_changed') this.#upsert(publication.track);
  }

  #upsert(changed: Track): void {
    if (this.tracks.some((track) => track.id === changed.id)) {
      this.tracks = this.tracks.map((track) => (track.id === changed.id ? changed : track));
    } else if (this.sort === 'newest' && this.query.trim() === '') {
      this.tracks = [changed, ...this.tracks];
    }
  }

  /** Stops whatever is under way. */
  dispose(): void {
    clearTimeout(this.#typing);
    this.#abort?.abort();
  }
}
