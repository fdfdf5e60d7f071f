import { ApiProblem } from '$lib/api/problem';
import type { Upload, UploadState } from '$lib/state/uploads.svelte';
import UploadTray from '$lib/ui/UploadTray.svelte';
import { ARABIC, LONG, nest, track } from './page/fixtures';
import { openNest } from './page/stage';
import { stories } from './page/story';

const file = (id: number, name: string, state: UploadState): Upload => ({
  id,
  file: new File([], name),
  state
});

export default stories(UploadTray, {
  empty: { props: {} },
  'every fate': {
    props: {},
    app: (app) => {
      openNest(app, nest());
      app.uploads.list = [
        file(1, `${LONG}.flac`, { kind: 'sending', share: 0.42 }),
        file(2, `${ARABIC}.mp3`, { kind: 'waiting' }),
        file(3, 'three.ogg', { kind: 'working' }),
        file(4, 'four.wav', { kind: 'done', track: track('Four'), duplicate: false }),
        file(5, 'five.wav', { kind: 'done', track: track('Five'), duplicate: true }),
        file(6, 'notes.txt', {
          kind: 'failed',
          problem: new ApiProblem({
            code: 'unsupported_format',
            status: 415,
            detail: 'This is no audio file.'
          })
        }),
        file(7, 'huge.wav', {
          kind: 'failed',
          problem: new ApiProblem({ code: 'too_large', status: 413, detail: '' })
        }),
        file(8, 'eight.m4a', { kind: 'cancelled' })
      ];
    }
  },
  'all done': {
    props: {},
    app: (app) => {
      app.uploads.list = [file(1, 'one.flac', { kind: 'done', track: track('One'), duplicate: false })];
    }
  },
  'nothing came through': {
    props: {},
    app: (app) => {
      const problem = new ApiProblem({ code: 'damaged_file', status: 422, detail: '' });
      app.uploads.list = [
        file(1, 'one.flac', { kind: 'failed', problem }),
        file(2, 'two.flac', { kind: 'failed', problem })
      ];
    }
  },
  'three hundred files': {
    props: {},
    app: (app) => {
      app.uploads.list = Array.from({ length: 300 }, (_, at) => file(at, `${at}.flac`, { kind: 'waiting' }));
    }
  }
});
