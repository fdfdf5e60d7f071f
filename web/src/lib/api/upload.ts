import { ApiProblem } from './problem';
import type { UploadOutcome } from './types';

/** An upload under way. `done` rejects with an `ApiProblem`; after `cancel` its code is `cancelled`. */
export interface Transfer {
  done: Promise<UploadOutcome>;
  cancel(): void;
}

/** Sends a file as it is. `XMLHttpRequest`, because `fetch` does not tell how much of a body has left. */
export function upload(file: File, onProgress: (share: number) => void): Transfer {
  const request = new XMLHttpRequest();
  const done = new Promise<UploadOutcome>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.total === 0 ? 1 : event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(JSON.parse(request.responseText) as UploadOutcome);
      } else reject(ApiProblem.fromText(request.status, request.responseText));
    };
    request.onerror = () => reject(ApiProblem.unreachable());
    request.onabort = () => reject(new ApiProblem({ code: 'cancelled', status: 0, detail: '' }));
    request.open('POST', `/api/v1/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
