import { describe, expect, it } from 'vitest';
import { TrackRefused, fetchTrack } from './fetch-track';
import { SimulatedTime } from './simulation/time';

const whole = new Uint8Array(1_000).map((_, index) => index % 251);

/** What one request is answered with. */
type Answer = (request: { range: string | null; ifRange: string | null }) => Response;

function broken(bytes: Uint8Array<ArrayBuffer>, init: ResponseInit): Response {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    pull: (controller) => controller.error(new TypeError('network'))
  });
  return new Response(body, init);
}

const full: Answer = () => new Response(whole, { headers: { etag: '"a"', 'content-length': '1000' } });
const cutAt =
  (count: number): Answer =>
  () =>
    broken(whole.slice(0, count), { headers: { etag: '"a"', 'content-length': '1000' } });

function fetching(answers: Answer[]) {
  const time = new SimulatedTime();
  const abort = new AbortController();
  const requests: { range: string | null; ifRange: string | null }[] = [];
  const troubles: boolean[] = [];
  const progress: (number | null)[] = [];
  let hurry = () => {};
  const result = fetchTrack('/track', {
    surroundings: {
      time,
      fetch: async (_url, init) => {
        const headers = new Headers(init.headers);
        const request = { range: headers.get('range'), ifRange: headers.get('if-range') };
        requests.push(request);
        const answer = answers[requests.length - 1];
        if (!answer) throw new TypeError('failed to fetch');
        return answer(request);
      }
    },
    signal: abort.signal,
    onProgress: (value) => progress.push(value),
    onTrouble: (value) => troubles.push(value),
    onHurry: (callback) => {
      hurry = callback;
    }
  });
  result.catch(() => {});
  return { time, abort, requests, troubles, progress, result, hurry: () => hurry() };
}

describe('fetching a track', () => {
  it('gives the bytes and says how far it is', async () => {
    const { result, progress } = fetching([full]);
    expect(new Uint8Array(await result)).toEqual(whole);
    expect(progress.at(-1)).toBe(1);
  });

  it('goes on where it broke off', async () => {
    const rest: Answer = () =>
      new Response(whole.slice(400), {
        status: 206,
        headers: { etag: '"a"', 'content-length': '600' }
      });
    const { time, result, requests, troubles } = fetching([cutAt(400), rest]);
    await time.advance(1_000);
    expect(new Uint8Array(await result)).toEqual(whole);
    expect(requests[1]).toEqual({ range: 'bytes=400-', ifRange: '"a"' });
    expect(troubles).toEqual([false, true, false]);
  });

  it('begins anew when the file is another by then', async () => {
    const { time, result } = fetching([cutAt(400), full]);
    await time.advance(1_000);
    expect(new Uint8Array(await result)).toEqual(whole);
  });

  it('notices a file that ends too early', async () => {
    const short: Answer = () => new Response(whole.slice(0, 10), { headers: { 'content-length': '1000' } });
    const { time, result, requests } = fetching([short, full]);
    await time.advance(1_000);
    await result;
    expect(requests).toHaveLength(2);
  });

  it('asks again later when the server is busy, and less and less often', async () => {
    const busy: Answer = () => new Response('', { status: 503 });
    const { time, result, requests } = fetching([...Array<Answer>(6).fill(busy), full]);
    await time.advance(5_000);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.length).toBeLessThan(7);
    await time.advance(30_000);
    expect((await result).byteLength).toBe(1_000);
  });

  it('does not wait when the network is back', async () => {
    const { time, requests, hurry } = fetching([]);
    await time.advance(20_000);
    const before = requests.length;
    hurry();
    await time.advance(1);
    expect(requests.length).toBe(before + 1);
  });

  it('gives up when the server says no', async () => {
    const { result, requests } = fetching([() => new Response('', { status: 404 })]);
    await expect(result).rejects.toBeInstanceOf(TrackRefused);
    expect(requests).toHaveLength(1);
  });

  it('stops when it is no longer wanted, also between attempts', async () => {
    const { time, abort, result, requests } = fetching([]);
    await time.advance(10);
    abort.abort();
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    await time.advance(60_000);
    expect(requests).toHaveLength(1);
    expect(time.timerCount).toBe(0);
  });
});
