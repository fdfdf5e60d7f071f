import type { SourcesApi } from '$lib/api/sources';
import { ApiProblem } from '$lib/api/problem';
import type { Link, Source, SourceCollection, SourceKind, SourcePage, SourceResults } from '$lib/api/types';

export type Answer<T> =
  | { kind: 'idle' }
  | { kind: 'loading' }
  | { kind: 'ready'; found: T }
  | { kind: 'failed'; problem: ApiProblem };

/** Services count what is asked of them: typing has to pause for this long. */
const TYPING_MS = 450;

const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : ApiProblem.unreachable();

/** A question that the next one takes the place of. */
class Question<T> {
  answer: Answer<T> = $state.raw({ kind: 'idle' });
  #abort: AbortController | null = null;
  #typing: ReturnType<typeof setTimeout> | undefined;

  later(ask: (signal: AbortSignal) => Promise<T>): void {
    this.forget();
    this.answer = { kind: 'loading' };
    this.#typing = setTimeout(() => void this.now(ask), TYPING_MS);
  }

  async now(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.forget();
    const abort = (this.#abort = new AbortController());
    this.answer = { kind: 'loading' };
    try {
      const found = await ask(abort.signal);
      if (!abort.signal.aborted) this.answer = { kind: 'ready', found };
    } catch (error) {
      if (!abort.signal.aborted) this.answer = { kind: 'failed', problem: problemOf(error) };
    }
  }

  forget(): void {
    clearTimeout(this.#typing);
    this.#abort?.abort();
    this.answer = { kind: 'idle' };
  }
}

/** Looking for songs at one service, and opening what holds several. */
export class SourceSearch {
  /** Which kind is looked for; null: all that the service has. */
  kind: SourceKind | null = $state(null);
  /** The list that is open; null: what was found is shown. */
  opened: SourceCollection | null = $state.raw(null);
  /** Whether the next page is on its way. */
  turning = $state(false);
  readonly #source: Source;
  readonly #api: Pick<SourcesApi, 'search' | 'open'>;
  readonly #results = new Question<SourceResults>();
  readonly #page = new Question<SourcePage>();
  #query = '';

  constructor(source: Source, api: Pick<SourcesApi, 'search' | 'open'>) {
    this.#source = source;
    this.#api = api;
  }

  get results(): Answer<SourceResults> {
    return this.#results.answer;
  }

  get page(): Answer<SourcePage> {
    return this.#page.answer;
  }

  /** Looks for it when the person pauses typing. */
  look(query: string): void {
    const text = query.trim();
    if (text === this.#query) return;
    this.#query = text;
    this.close();
    if (text === '' || this.#source.search.length === 0) this.#results.forget();
    else this.#results.later((signal) => this.#ask(signal));
  }

  /** Looks at once. */
  async again(): Promise<void> {
    if (this.#query === '' || this.#source.search.length === 0) return;
    await this.#results.now((signal) => this.#ask(signal));
  }

  async choose(kind: SourceKind | null): Promise<void> {
    this.kind = kind;
    this.close();
    await this.again();
  }

  /** Opens an album, an artist, a playlist or a show. */
  async open(list: SourceCollection): Promise<void> {
    this.opened = list;
    await this.#page.now(() => this.#api.open(list.service, list.kind, list.id, 0));
  }

  /** Back to what was found. */
  close(): void {
    this.opened = null;
    this.#page.forget();
  }

  /** Adds the next page of what is open. What goes wrong is thrown. */
  async more(): Promise<void> {
    const { opened, page } = this;
    if (opened === null || page.kind !== 'ready' || page.found.next_offset == null || this.turning) return;
    this.turning = true;
    try {
      const next = await this.#api.open(opened.service, opened.kind, opened.id, page.found.next_offset);
      if (this.opened !== opened) return;
      this.#page.answer = {
        kind: 'ready',
        found: { ...next, tracks: [...page.found.tracks, ...next.tracks] }
      };
    } finally {
      this.turning = false;
    }
  }

  dispose(): void {
    this.#results.forget();
    this.#page.forget();
  }

  #ask(signal: AbortSignal): Promise<SourceResults> {
    return this.#api.search(this.#source.service, this.#query, this.kind === null ? [] : [this.kind], signal);
  }
}

/** Reading the links of a text. */
export class LinkReading {
  readonly #api: Pick<SourcesApi, 'links'>;
  readonly #links = new Question<Link[]>();
  #text = '';

  constructor(api: Pick<SourcesApi, 'links'>) {
    this.#api = api;
  }

  get links(): Answer<Link[]> {
    return this.#links.answer;
  }

  read(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#links.later((signal) => this.#ask(signal));
  }

  async again(): Promise<void> {
    await this.#links.now((signal) => this.#ask(signal));
  }

  dispose(): void {
    this.#links.forget();
  }

  async #ask(signal: AbortSignal): Promise<Link[]> {
    return (await this.#api.links(this.#text, signal)).links;
  }
}
