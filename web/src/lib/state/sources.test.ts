import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { SourcesApi } from '$lib/api/sources';
import type { Source, SourcePage, SourceTrack } from '$lib/api/types';
import { SourceAdding } from './source-adding.svelte';
import { LinkReading, SourceSearch } from './source-search.svelte';

const SPOTIFY: Source = {
  service: 'spotify',
  name: 'Spotify',
  search: ['track', 'album'],
  opens: ['album'],
  playback: 'device'
};
const track = (source: string): SourceTrack => ({
  source,
  service: 'spotify',
  kind: 'track',
  title: source,
  artist: '',
  album: '',
  explicit: false,
  page_url: ''
});
const problem = (code: string): ApiProblem => new ApiProblem({ code, status: 409, detail: '' });
const album = { service: 'spotify', kind: 'album', id: 'x', title: 'X', by: '' } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('searching a service', () => {
  test('asks once, when the typing pauses, and forgets an answer that comes too late', async () => {
    let answer: (found: never) => void = () => undefined;
    const search = vi
      .fn<SourcesApi['search']>()
      .mockReturnValueOnce(new Promise((resolve) => (answer = resolve as never)))
      .mockResolvedValue({ tracks: [track('b')], collections: [] });
    const finder = new SourceSearch(SPOTIFY, { search, open: vi.fn() });
    for (const text of ['r', 'ro', 'roo ']) finder.look(text);
    expect(search).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(search.mock.calls.map(([, query]) => query)).toEqual(['roo']);
    finder.look('rook');
    await vi.advanceTimersByTimeAsync(1000);
    answer({ tracks: [track('a')], collections: [] } as never);
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.results).toEqual({ kind: 'ready', found: { tracks: [track('b')], collections: [] } });
  });

  test('a kind is asked for alone, and what is refused can be asked again', async () => {
    const search = vi
      .fn<SourcesApi['search']>()
      .mockRejectedValueOnce(problem('source_rate_limited'))
      .mockResolvedValue({ tracks: [], collections: [] });
    const finder = new SourceSearch(SPOTIFY, { search, open: vi.fn() });
    finder.look('x');
    await vi.advanceTimersByTimeAsync(1000);
    expect(finder.results.kind).toBe('failed');
    await finder.choose('album');
    expect(search.mock.lastCall?.[2]).toEqual(['album']);
    expect(finder.results.kind).toBe('ready');
  });

  test('nothing is asked of a service that cannot search, nor for nothing', async () => {
    const search = vi.fn<SourcesApi['search']>();
    const finder = new SourceSearch({ ...SPOTIFY, search: [] }, { search, open: vi.fn() });
    finder.look('x');
    await vi.advanceTimersByTimeAsync(1000);
    await finder.again();
    expect([search.mock.calls.length, finder.results.kind]).toEqual([0, 'idle']);
  });

  test('a list is paged through, and typing leaves it', async () => {
    const page = (name: string, next?: number): SourcePage => ({
      tracks: [track(name)],
      tracks_count: 2,
      left_out: 0,
      next_offset: next
    });
    const open = vi.fn<SourcesApi['open']>().mockResolvedValueOnce(page('a', 1)).mockResolvedValue(page('b'));
    const search = vi.fn<SourcesApi['search']>().mockResolvedValue({ tracks: [], collections: [] });
    const finder = new SourceSearch(SPOTIFY, { search, open });
    await finder.open(album);
    await finder.more();
    await finder.more();
    expect(open.mock.calls.map(([, , , offset]) => offset)).toEqual([0, 1]);
    const shown = finder.page.kind === 'ready' ? finder.page.found.tracks : [];
    expect(shown.map(({ source }) => source)).toEqual(['a', 'b']);
    finder.look('other');
    expect(finder.opened).toBeNull();
  });
});

test('links are read when the text has come to rest', async () => {
  const links = vi.fn<SourcesApi['links']>().mockResolvedValue({ links: [] });
  const reading = new LinkReading({ links });
  reading.read('https://youtu.be/1');
  reading.read('https://youtu.be/12');
  await vi.advanceTimersByTimeAsync(1000);
  expect(links.mock.calls.map(([text]) => text)).toEqual(['https://youtu.be/12']);
  expect(reading.links).toEqual({ kind: 'ready', found: [] });
});

describe('adding songs', () => {
  test('one after the other, in their order', async () => {
    const add = vi.fn<SourcesApi['add']>().mockResolvedValue({} as never);
    const adding = new SourceAdding('main', { add });
    expect(await adding.add([track('a'), track('b')])).toEqual({ count: 2, problem: null });
    expect(add.mock.calls).toEqual([
      ['main', 'a'],
      ['main', 'b']
    ]);
    expect(adding.states).toEqual({ a: 'added', b: 'added' });
  });

  test('a full queue ends it; a song that only its service refuses is left out', async () => {
    const add = vi
      .fn<SourcesApi['add']>()
      .mockRejectedValueOnce(problem('not_in_this_market'))
      .mockResolvedValueOnce({} as never)
      .mockRejectedValueOnce(problem('queue_full'));
    const adding = new SourceAdding('main', { add });
    const { count, problem: met } = await adding.add(['a', 'b', 'c', 'd'].map(track));
    expect([count, met?.code, add.mock.calls.length]).toEqual([1, 'queue_full', 3]);
    expect([adding.states, adding.busy]).toEqual([{ b: 'added' }, false]);
  });
});
