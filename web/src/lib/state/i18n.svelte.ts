import { en } from '$lib/i18n/en';
import {
  fetchMessages,
  type Area,
  type Fetched,
  type Key,
  type Language,
  type MessageOf
} from '$lib/i18n/catalogue';
import { compose, type Message, type Values } from '$lib/i18n/message';
import { oneOf, recall, remember } from '$lib/preferences';
import type { ApiProblem } from '$lib/api/problem';

export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };
export type { Language };

/** Longer waits are said in minutes. */
const SECONDS_SAID_MAX = 90;

type Arguments<K extends Key> = keyof Values<MessageOf<K>> extends never ? [] : [Values<MessageOf<K>>];

function preferred(): Language {
  const language = navigator.languages.find((tag) => tag.slice(0, 2) in LANGUAGES)?.slice(0, 2);
  return (language as Language | undefined) ?? 'en';
}

/**
 * The language people read. English comes with the first load, other languages when they are chosen, and what only some
 * pages say with those pages.
 */
export class I18n {
  language: Language = $state('en');
  /** The language with the person's region, for times and numbers. */
  readonly locale = $derived(
    navigator.languages.find((tag) => tag.slice(0, 2) === this.language) ?? (this.language as string)
  );
  #fetched: Fetched = $state.raw(en);
  #wanted: Language = 'en';
  readonly #areas = new Set<Area>(['core']);
  readonly #there = new Set<Area>(['core']);

  /** Switches to the remembered language or the browser's. Out of reach, it stays English. */
  async start(): Promise<void> {
    await this.use(recall('language', oneOf('en', 'de'), preferred())).catch(() => undefined);
  }

  async use(language: Language): Promise<void> {
    this.#wanted = language;
    if (language !== this.language) await this.#bring();
    document.documentElement.lang = this.language;
  }

  /** Fetches what these areas say, in every language from here on; whatever is shown waits for it. */
  async need(...areas: Area[]): Promise<void> {
    for (const area of areas) this.#areas.add(area);
    if (!areas.every((area) => this.#there.has(area))) await this.#bring();
  }

  /** Languages and areas may be asked for while others are on their way: the last word counts. */
  async #bring(): Promise<void> {
    for (;;) {
      const language = this.#wanted;
      const areas = [...this.#areas];
      const fetched = await fetchMessages(language, areas);
      if (language !== this.#wanted || areas.length !== this.#areas.size) continue;
      this.#fetched = fetched;
      this.language = language;
      for (const area of areas) this.#there.add(area);
      return;
    }
  }

  /** Switches and remembers. */
  async choose(language: Language): Promise<void> {
    remember('language', language);
    await this.use(language);
  }

  /** A sentence in the person's language. */
  t = <K extends Key>(key: K, ...values: Arguments<K>): string =>
    this.#say(key, (values[0] ?? {}) as Record<string, string | number>) ?? key;

  /** What somebody did, by the name the audit log has for it; a name of a later server stays as it is. */
  act = (action: string): string => this.#say(`audit.act.${action}`) ?? action;

  /** What a horn's sound is called; one of a later server has the name the server gives it. */
  sound = (name: string, label: string): string => this.#say(`horn.sound.${name}`) ?? label;

  /** A kind sentence for what the server refused. */
  problem = (problem: ApiProblem): string => {
    const { code, retryAfterS } = problem;
    if (retryAfterS !== null) {
      const wait =
        retryAfterS < SECONDS_SAID_MAX
          ? this.#say(`problem.${code}_s`, { seconds: retryAfterS })
          : this.#say(`problem.${code}_min`, { minutes: Math.ceil(retryAfterS / 60) });
      if (wait !== null) return wait;
    }
    if (code === 'invalid_input') return this.t('problem.invalid_input', { detail: problem.message });
    const said = this.#say(`problem.${code}`);
    return said ?? (problem.message || this.t('problem.unexpected_answer'));
  };

  #say(key: string, values: Record<string, string | number> = {}): string | null {
    const message = this.#fetched[key as Key] as Message | undefined;
    return message === undefined ? null : compose(message, values, this.language);
  }
}
