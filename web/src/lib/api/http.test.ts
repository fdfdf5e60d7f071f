import { afterEach, describe, expect, test, vi } from 'vitest';
import { Api } from './client';
import { ask, openHttp } from './http';
import { ApiProblem } from './problem';

/** An API whose server always answers this; what it was asked is kept. */
function answering(answer: () => Response | Promise<Response>) {
  const asked: Request[] = [];
  const fetcher = (async (request: Request) => {
    asked.push(request);
    return answer();
  }) as typeof fetch;
  // A browser resolves paths against its page; here there is none.
  const http = openHttp(fetcher, 'http://rookery.test');
  return { api: new Api(http), asked };
}

const problemOf = (work: Promise<unknown>): Promise<ApiProblem> =>
  work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as ApiProblem
  );

test('a command sends its body to its path', async () => {
  const { api, asked } = answering(() => Response.json({ offset: 4 }));
  expect(await api.vote('main', 7, 'up')).toEqual({ offset: 4 });
  expect([asked[0]?.method, new URL(asked[0]?.url ?? '').pathname]).toEqual([
    'POST',
    '/api/v1/nests/main/vote'
  ]);
  expect(await asked[0]?.json()).toEqual({ entry: 7, direction: 'up' });
});

test('a command without a body sends an empty object', async () => {
  const { api, asked } = answering(() => Response.json({ offset: 4 }));
  await api.pause('main');
  expect(await asked[0]?.text()).toBe('{}');
});

test('an empty search asks for everything', async () => {
  const { api, asked } = answering(() => Response.json({ tracks: [] }));
  await api.tracks({ query: '', sort: 'title' });
  expect(new URL(asked[0]?.url ?? '').search).toBe('?sort=title');
});

test('what must be deleted answers with nothing', async () => {
  const { api } = answering(() => new Response(null, { status: 204 }));
  await expect(api.deleteTrack('a/b')).resolves.toBeUndefined();
});

test('a refusal keeps its code, status and patience', async () => {
  const body = { code: 'rate_limited', status: 429, detail: 'too many', retry_after_s: 3 };
  const { api } = answering(() => Response.json(body, { status: 429 }));
  const problem = await problemOf(api.skip('main', 1));
  expect([problem.code, problem.status, problem.retryAfterS]).toEqual(['rate_limited', 429, 3]);
});

test('an answer that is no problem document is not shown to people as it is', async () => {
  const { api } = answering(() => new Response('<h1>Oops</h1>', { status: 500 }));
  expect((await problemOf(api.nests())).code).toBe('unexpected_answer');
});

test('a proxy whose server is away counts as silence', async () => {
  const { api } = answering(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  expect((await problemOf(api.nests())).code).toBe('unreachable');
});

test('silence is a problem of its own', async () => {
  const { api } = answering(() => Promise.reject(new TypeError('Failed to fetch')));
  expect((await problemOf(api.nests())).code).toBe('unreachable');
});

describe('what the page has asked before the app was there', () => {
  const SESSION = 'http://rookery.test/api/v1/session';
  const server = vi.fn<typeof fetch>(async () => new Response('late'));
  const asks = async (request: Request): Promise<string> => (await ask(request)).text();
  vi.stubGlobal('fetch', server);
  afterEach(() => {
    server.mockClear();
    globalThis.early = undefined;
  });

  test('is taken once, and asked again after that', async () => {
    globalThis.early = new Map([['/api/v1/session', Promise.resolve(new Response('early'))]]);
    expect([await asks(new Request(SESSION)), await asks(new Request(SESSION))]).toEqual(['early', 'late']);
    expect(server).toHaveBeenCalledOnce();
  });

  test('is no answer to anything else', async () => {
    globalThis.early = new Map([['/api/v1/session', Promise.resolve(new Response('early'))]]);
    expect(await asks(new Request(SESSION, { method: 'DELETE' }))).toBe('late');
    expect(await asks(new Request('http://rookery.test/api/v1/nests'))).toBe('late');
  });

  test('is asked again when nobody answered', async () => {
    globalThis.early = new Map([['/api/v1/session', Promise.reject(new TypeError('Failed to fetch'))]]);
    expect(await asks(new Request(SESSION))).toBe('late');
  });
});
