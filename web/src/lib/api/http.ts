import { ApiProblem } from './problem';

/** The one place that speaks HTTP with JSON. Everything that is not 2xx is thrown as `ApiProblem`. */
export class Http {
  readonly #fetch: typeof fetch;

  constructor(fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = fetcher;
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#send<T>('GET', path, undefined, signal);
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.#send<T>('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>('PATCH', path, body);
  }

  delete(path: string): Promise<void> {
    return this.#send<void>('DELETE', path);
  }

  async #send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(`/api/v1${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal
      });
      text = await response.text();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw ApiProblem.unreachable();
    }
    if (!response.ok) throw ApiProblem.fromText(response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
