import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { SourcesApi } from '$lib/api/sources';
import type { Following, FollowingState, SourceTrack } from '$lib/api/types';
import { Hearing, insteadOf, standing } from './hearing.svelte';
import { BrowserPlayer, BrowserPlayerFault } from './spotify-browser';

const problem = (status: number, code: string): ApiProblem => new ApiProblem({ code, status, detail: '' });
const on = (state: FollowingState): Following => ({ device: 'a', device_name: 'A', state, detail: '' });
const song = (source: string): SourceTrack => ({
  source,
  service: 'youtube',
  kind: 'track',
  title: '',
  artist: '',
  album: '',
  explicit: false,
  page_url: ''
});

const api = {
  following: vi.fn<SourcesApi['following']>(),
  follow: vi.fn<SourcesApi['follow']>(),
  letGo: vi.fn<SourcesApi['letGo']>(),
  devices: vi.fn<SourcesApi['devices']>(),
  token: vi.fn<SourcesApi['token']>(),
  elsewhere: vi.fn<SourcesApi['elsewhere']>()
};
const browser = { start: vi.fn<BrowserPlayer['start']>(), stop: vi.fn(), setVolume: vi.fn() };
let hearing: Hearing;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  hearing = new Hearing('main', api, browser as unknown as BrowserPlayer);
});
afterEach(() => {
  hearing.dispose();
  vi.useRealTimers();
});

describe('a device that follows', () => {
  test('is asked after while there is one, and not any more when it is given up', async () => {
    api.following.mockResolvedValue(on('starting'));
    await hearing.look();
    expect(hearing.isHeard).toBe(true);
    api.following.mockResolvedValue(on('taken_over_paused'));
    await vi.advanceTimersByTimeAsync(6000);
    expect([hearing.following?.state, hearing.isHeard]).toEqual(['taken_over_paused', false]);
    api.letGo.mockResolvedValue();
    await hearing.letGo();
    const asked = api.following.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([hearing.following, api.following.mock.calls.length]).toEqual([null, asked]);
  });

  test('stays what it was while the server is out of reach, and is gone when the server says so', async () => {
    api.following.mockResolvedValueOnce(on('in_step')).mockRejectedValueOnce(ApiProblem.unreachable());
    await hearing.look();
    await vi.advanceTimersByTimeAsync(6000);
    expect(hearing.following?.state).toBe('in_step');
    api.following.mockResolvedValueOnce(null);
    await vi.advanceTimersByTimeAsync(6000);
    expect(hearing.following).toBeNull();
    api.following.mockResolvedValueOnce(on('in_step')).mockRejectedValueOnce(problem(404, 'not_found'));
    await hearing.look();
    await vi.advanceTimersByTimeAsync(6000);
    expect(hearing.following).toBeNull();
  });

  test('one that is gone already can be given up', async () => {
    api.letGo.mockRejectedValue(problem(404, 'not_found'));
    await hearing.letGo();
    api.letGo.mockRejectedValue(problem(502, 'source_away'));
    await expect(hearing.letGo()).rejects.toThrow();
  });
});

describe('this browser as a device', () => {
  test('is chosen once the service knows it', async () => {
    browser.start.mockResolvedValue('here');
    api.follow.mockRejectedValueOnce(problem(409, 'no_device')).mockResolvedValueOnce(on('starting'));
    const chosen = hearing.chooseBrowser(0.5);
    await vi.advanceTimersByTimeAsync(2000);
    await chosen;
    expect(api.follow.mock.calls).toEqual([
      ['main', 'here'],
      ['main', 'here']
    ]);
    expect(hearing.following?.state).toBe('starting');
  });

  test('is let go of when it may not follow', async () => {
    browser.start.mockResolvedValue('here');
    api.follow.mockRejectedValue(problem(403, 'premium_required'));
    await expect(hearing.chooseBrowser(1)).rejects.toThrow(ApiProblem);
    expect(browser.stop).toHaveBeenCalledOnce();
    expect(api.follow).toHaveBeenCalledOnce();
  });

  test('says so when its script cannot be loaded', async () => {
    const script = { onerror: (): void => undefined, remove: vi.fn(), src: '' };
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {
      createElement: () => script,
      head: { append: () => setTimeout(() => script.onerror(), 10) }
    });
    const started = new BrowserPlayer('here', async () => 'token').start(1);
    const refused = expect(started).rejects.toEqual(new BrowserPlayerFault('not-loaded'));
    await vi.advanceTimersByTimeAsync(20);
    await refused;
    expect([script.src, script.remove.mock.calls.length]).toEqual([
      'https://sdk.scdn.co/spotify-player.js',
      1
    ]);
    vi.unstubAllGlobals();
  });
});

describe('what is heard instead', () => {
  test('the library before a video, a video before nothing', () => {
    expect(insteadOf({ library: 'l', tracks: [song('youtube:dQw4w9WgXcQ')] })).toEqual({
      kind: 'library',
      trackId: 'l'
    });
    expect(insteadOf({ tracks: [song('soundcloud:1'), song('youtube:dQw4w9WgXcQ')] })).toEqual({
      kind: 'video',
      id: 'dQw4w9WgXcQ'
    });
    expect(insteadOf({ tracks: [song('soundcloud:1')] })).toBeNull();
    const streamed = { ...song('soundcloud:1'), service: 'soundcloud' as const, id: 'there' };
    expect(insteadOf({ tracks: [song('youtube:dQw4w9WgXcQ'), streamed] })).toEqual({
      kind: 'stream',
      trackId: 'there'
    });
  });

  test('is asked once for a song, and again when nobody answered', async () => {
    api.elsewhere.mockRejectedValueOnce(problem(429, 'rate_limited')).mockResolvedValue({ tracks: [] });
    expect(await hearing.instead('t')).toBeNull();
    await hearing.instead('t');
    await hearing.instead('t');
    expect(api.elsewhere).toHaveBeenCalledTimes(2);
  });
});

test('every state is well, stepped back, or stuck', () => {
  expect(
    (['in_step', 'library_plays', 'taken_over_jumped', 'no_device', 'ended_premium_required'] as const).map(
      standing
    )
  ).toEqual(['well', 'well', 'stepped-back', 'stuck', 'stuck']);
});
