import { expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { Track, UploadOutcome } from '$lib/api/types';
import { Uploads } from './uploads.svelte';

function stage() {
  const sent: {
    name: string;
    progress: (share: number) => void;
    resolve: (outcome: UploadOutcome) => void;
    reject: (error: unknown) => void;
  }[] = [];
  const uploads = new Uploads(
    (file, progress) => {
      let resolve!: (outcome: UploadOutcome) => void;
      let reject!: (error: unknown) => void;
      const done = new Promise<UploadOutcome>((yes, no) => {
        resolve = yes;
        reject = no;
      });
      sent.push({ name: file.name, progress, resolve, reject });
      return { done, cancel: () => reject(new ApiProblem({ code: 'cancelled', status: 0, detail: '' })) };
    },
    () => 10
  );
  const kinds = (): string[] => uploads.list.map((upload) => upload.state.kind);
  return { uploads, sent, kinds };
}

const file = (name: string, size = 1): File => new File(['x'.repeat(size)], name);

test('two files travel at a time and the next follows when one arrives', async () => {
  const { uploads, sent, kinds } = stage();
  uploads.add([file('a'), file('b'), file('c')]);
  expect(kinds()).toEqual(['sending', 'sending', 'waiting']);
  sent[0]!.progress(1);
  expect(kinds()[0]).toBe('working');
  sent[0]!.resolve({ track: {} as never, duplicate: false });
  await vi.waitFor(() => expect(kinds()).toEqual(['done', 'sending', 'sending']));
  expect(uploads.pending).toBe(2);
});

test('a track that becomes playable after its upload is known to be', async () => {
  const { uploads, sent } = stage();
  uploads.add([file('a')]);
  const track = { id: 't', playable: { state: 'pending' } } as Track;
  sent[0]!.resolve({ track, duplicate: false });
  await vi.waitFor(() => expect(uploads.pending).toBe(0));
  uploads.hear({ ...track, playable: { state: 'ready' } });
  uploads.hear({ ...track, id: 'other', playable: { state: 'pending' } });
  expect(uploads.list[0]?.state).toMatchObject({ track: { id: 't', playable: { state: 'ready' } } });
});

test('a file over the limit never leaves', () => {
  const { uploads, sent, kinds } = stage();
  uploads.add([file('big', 11)]);
  expect(kinds()).toEqual(['failed']);
  expect(sent).toEqual([]);
});

test('one refusal does not hold up the others, and can be tried again', async () => {
  const { uploads, sent, kinds } = stage();
  uploads.add([file('a'), file('b')]);
  sent[0]!.reject(new ApiProblem({ code: 'damaged_file', status: 422, detail: '' }));
  await vi.waitFor(() => expect(kinds()).toEqual(['failed', 'sending']));
  uploads.retry(uploads.list[0]!.id);
  expect(kinds()).toEqual(['sending', 'sending']);
});

test('waiting and travelling files can be cancelled', async () => {
  const { uploads, kinds } = stage();
  uploads.add([file('a'), file('b'), file('c')]);
  uploads.cancel(uploads.list[2]!.id);
  uploads.cancel(uploads.list[0]!.id);
  await vi.waitFor(() => expect(kinds()).toEqual(['cancelled', 'sending', 'cancelled']));
  uploads.clear();
  expect(kinds()).toEqual(['sending']);
});
