import { en, type Catalogue, type Key } from '$lib/i18n/en';
import { compose, type Values } from '$lib/i18n/message';
import { oneOf, recall, remember } from '$lib/preferences';
import type { ApiProblem } from '$lib/api/problem';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

type Arguments<K extends Key> = keyof Values<(typeof en)[K]> extends never ? [] : [Values<(typeof en)[K]>];

function preferred(): Language {
  const language = navigator.languages.find((tag) => tag.slice(0, 2) in LANGUAGES)?.slice(0, 2);
  return (language as Language | undefined) ?? 'en';
}

/** The language people read. English comes with the first load, others when they are chosen. */
export class I18n {
  language: Language = $state('en');
  /** The language with the person's region, for times and numbers. */
  readonly locale = $derived(
    navigator.languages.find((tag) => tag.slice(0, 2) === this.language) ?? (this.language as string)
  );
  #catalogue: Catalogue = $state.raw(en);

  /** Switches to the remembered language or the browser's. */
  async start(): Promise<void> {
    await this.use(recall('language', oneOf('en', 'de'), preferred()));
  }

  async use(language: Language): Promise<void> {
    this.#catalogue = language === 'de' ? (await import('$lib/i18n/de')).de : en;
    this.language = language;
    document.documentElement.lang = language;
  }

  /** Switches and remembers. */
  async choose(language: Language): Promise<void> {
    remember('language', language);
    await this.use(language);
  }

  /** A sentence in the person's language. */
  t = <K extends Key>(key: K, ...values: Arguments<K>): string =>
    compose(this.#catalogue[key], (values[0] ?? {}) as Record<string, string | number>, this.language);

  /** What somebody did, by the name the audit log has for it; a name of a later server stays as it is. */
  act = (action: string): string => {
    const key = `audit.act.${action}`;
    return key in this.#catalogue ? compose(this.#catalogue[key as Key], {}, this.language) : action;
  };

  /** A kind sentence for what the server refused. */
  problem = (problem: ApiProblem): string => {
    if (problem.code === 'rate_limited' && problem.retryAfterS !== null) {
      return this.t('problem.rate_limited_s', { seconds: problem.retryAfterS });
    }
    if (problem.code === 'invalid_input') return this.t('problem.invalid_input', { detail: problem.message });
    const key = `problem.${problem.code}`;
    if (key in this.#catalogue) {
      return compose(this.#catalogue[key as Key], {}, this.language);
    }
    return problem.message || this.t('problem.unexpected_answer');
  };
}
