import { beforeEach, expect, test, vi } from 'vitest';
import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { TrackSummary } from '$lib/api/types';
import { I18n } from './i18n.svelte';
import { NestActions } from './nest-actions';
import { Notices } from './notices.svelte';

const track: TrackSummary = {
  id: 't1',
  title: 'Nightjar',
  artist: '',
  album: '',
  duration_ms: 1000,
  stream_url: ''
};
const api = { filterPreview: vi.fn<Api['filterPreview']>(), unfilter: vi.fn<Api['unfilter']>() };
let notices: Notices;
let actions: NestActions;

beforeEach(() => {
  vi.resetAllMocks();
  vi.stubGlobal('navigator', { languages: ['en'] });
  api.filterPreview.mockResolvedValue({ offset: 1 });
  api.unfilter.mockResolvedValue({ offset: 2 });
  notices = new Notices(() => ({ stop: () => undefined }));
  actions = new NestActions('ABCDE', api as unknown as Api, notices, new I18n());
});

const said = (): string[] => notices.list.map(({ text }) => text);

test('what was filtered can be taken back by its notice', async () => {
  await actions.filterPreview(track, 7);
  expect(said()).toEqual(['Nightjar is not chosen again for 7 days.']);
  const [notice] = notices.list;
  expect(notice?.action?.label).toBe('Undo');
  if (notice) notices.act(notice);
  await vi.waitFor(() => expect(said()).toEqual(['Nightjar may be chosen again.']));
  expect(api.unfilter.mock.calls).toEqual([['ABCDE', 't1']]);
});

test('what is kept out for no time has no way back, nor what was refused', async () => {
  await actions.filterPreview(track, 0);
  api.filterPreview.mockRejectedValue(new ApiProblem({ code: 'other_preview', status: 409, detail: '' }));
  await actions.filterPreview(track, 7);
  expect(notices.list.map(({ tone, action }) => [tone, action])).toEqual([
    ['good', null],
    ['bad', null]
  ]);
});

test('taking back that is refused says why, and answers so', async () => {
  api.unfilter.mockRejectedValue(new ApiProblem({ code: 'not_allowed', status: 403, detail: '' }));
  expect(await actions.unfilter(track)).toBe(false);
  expect(notices.list.map(({ tone }) => tone)).toEqual(['bad']);
});
