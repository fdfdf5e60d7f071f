import createClient from 'openapi-fetch';
import { ApiProblem } from './problem';
import type { paths } from './schema';

/** The client that is typed by the server's document. Paths and bodies that it does not know do not compile. */
export type Http = ReturnType<typeof createClient<paths>>;

export const openHttp = (fetcher?: typeof fetch, baseUrl?: string): Http =>
  createClient<paths>({ fetch: fetcher, baseUrl });

type Answer = { data?: unknown; error?: unknown; response: Response };

/** What was answered. Everything that is not 2xx, and silence, is thrown as `ApiProblem`. */
export async function take<A extends Answer>(asked: Promise<A>): Promise<NonNullable<A['data']>> {
  const { data, error, response } = await asked.catch((fault: unknown): never => {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault;
    throw ApiProblem.unreachable();
  });
  if (!response.ok) throw ApiProblem.from(response.status, error);
  return data as NonNullable<A['data']>;
}

/** The same where nothing is answered but that it was done. */
export async function done(asked: Promise<Answer>): Promise<void> {
  await take(asked);
}
