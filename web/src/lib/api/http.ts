import createClient from 'openapi-fetch';
import { ApiProblem } from './problem';
import type { paths } from './schema';

/** The client that is typed by the server's document. Paths and bodies that it does not know do not compile. */
export type Http = ReturnType<typeof createClient<paths>>;

export const openHttp = (fetcher: (request: Request) => Promise<Response> = ask, baseUrl?: string): Http =>
  createClient<paths>({ fetch: fetcher, baseUrl });

/** Asks the server, or takes what `static/theme.js` has asked before this code was there; that is good once. */
export async function ask(request: Request): Promise<Response> {
  const early = globalThis.early;
  const path = new URL(request.url).pathname;
  const answer = request.method === 'GET' ? early?.get(path) : undefined;
  if (answer === undefined) return fetch(request);
  early?.delete(path);
  return answer.catch(() => fetch(request));
}

type Answer = { data?: unknown; error?: unknown; response: Response };

/** What was answered. Everything that is not 2xx, and silence, is thrown as `ApiProblem`. */
export async function take<A extends Answer>(asked: Promise<A>): Promise<NonNullable<A['data']>> {
  return (await perhaps(asked)) as NonNullable<A['data']>;
}

/** The same where there may be nothing: null for an answer without a body. */
export async function perhaps<A extends Answer>(asked: Promise<A>): Promise<NonNullable<A['data']> | null> {
  const { data, error, response } = await asked.catch((fault: unknown): never => {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault;
    throw ApiProblem.unreachable();
  });
  if (!response.ok) throw ApiProblem.from(response.status, error);
  return data ?? null;
}

/** The same where nothing is answered but that it was done. */
export async function done(asked: Promise<Answer>): Promise<void> {
  await take(asked);
}
