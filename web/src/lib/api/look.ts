import type { NestLook } from './types';

/** A nest as somebody may see it who has not come in. */
export interface Glimpse {
  /** What plays; null where nothing does. */
  playing: { title: string; artist: string } | null;
  /** Who listens, its name, the cover. */
  nest: NestLook;
}

/**
 * A look through the window of a nest that is open to strangers; null where nothing is to be seen from outside. What the
 * song is called the native API tells no stranger: that is the onlookers' route of EchoNest's dialect.
 */
export async function look(code: string): Promise<Glimpse | null> {
  try {
    const nest = await fetch(`/api/v1/nests/${encodeURIComponent(code)}/look`);
    if (!nest.ok) return null;
    const playing = await fetch(`/playing/?nest=${encodeURIComponent(code)}`, {
      headers: { accept: 'application/json' }
    });
    return {
      nest: (await nest.json()) as NestLook,
      playing: playing.ok ? glimpse(await playing.json()) : null
    };
  } catch {
    return null;
  }
}

/** What an answer says of what plays; where nothing does, its title is empty. */
export function glimpse(answer: unknown): Glimpse['playing'] {
  const { title, artist } = (answer ?? {}) as Record<string, unknown>;
  if (typeof title !== 'string' || title === '') return null;
  return { title, artist: typeof artist === 'string' ? artist : '' };
}

/** The name of the nest this page was loaded for, which the server writes into the page of one that is open to strangers. */
export function nameInPage(code: string, server: string): string | null {
  const said = (property: string): string =>
    document.querySelector<HTMLMetaElement>(`meta[property="og:${property}"]`)?.content ?? '';
  const [title, end] = [said('title'), ` · ${server}`];
  const named = said('url').endsWith(`/nest/${code}`) && title.endsWith(end);
  return named ? title.slice(0, -end.length) : null;
}
