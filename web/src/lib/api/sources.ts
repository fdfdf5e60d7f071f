import { done, openHttp, perhaps, take, type Http } from './http';
import type { MusicService, SourceKind } from './types';

/** The routes of the music services: searches, links, accounts, devices. Apart from `Api`, so that they come when needed. */
export class SourcesApi {
  readonly #http: Http;

  constructor(http: Http = openHttp()) {
    this.#http = http;
  }

  search = (source: MusicService, query: string, kinds: readonly SourceKind[], signal?: AbortSignal) =>
    take(
      this.#http.GET('/api/v1/sources/{source}/search', {
        params: { path: { source }, query: { query, kinds: kinds.join(',') || undefined } },
        signal
      })
    );
  open = (source: MusicService, kind: SourceKind, id: string, offset: number) =>
    take(
      this.#http.GET('/api/v1/sources/{source}/{kind}/{id}', {
        params: { path: { source, kind, id }, query: { offset } }
      })
    );
  links = (text: string, signal?: AbortSignal) =>
    take(this.#http.POST('/api/v1/links', { body: { text }, signal }));
  add = (code: string, source: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/add', { ...at({ code }), body: { source } }));

  elsewhere = (id: string) => take(this.#http.GET('/api/v1/tracks/{id}/elsewhere', at({ id })));
  outsideStream = (id: string) => take(this.#http.GET('/api/v1/tracks/{id}/outside-stream', at({ id })));

  spotify = () => take(this.#http.GET('/api/v1/me/spotify'));
  connectSpotify = (return_to: string, nest: string | null) =>
    take(this.#http.POST('/api/v1/me/spotify/connect', { body: { return_to, nest } }));
  disconnectSpotify = () => done(this.#http.DELETE('/api/v1/me/spotify'));
  bringClientId = (client_id: string, client_secret: string | null) =>
    take(this.#http.PUT('/api/v1/me/spotify/client-id', { body: { client_id, client_secret } }));
  removeClientId = () => done(this.#http.DELETE('/api/v1/me/spotify/client-id'));
  nestClientId = (code: string) =>
    perhaps(this.#http.GET('/api/v1/nests/{code}/spotify-client-id', at({ code })));
  bringNestClientId = (code: string, client_id: string, client_secret: string | null) =>
    take(
      this.#http.PUT('/api/v1/nests/{code}/spotify-client-id', {
        ...at({ code }),
        body: { client_id, client_secret }
      })
    );
  removeNestClientId = (code: string) =>
    done(this.#http.DELETE('/api/v1/nests/{code}/spotify-client-id', at({ code })));

  devices = () => take(this.#http.GET('/api/v1/me/spotify/devices'));
  token = () => take(this.#http.POST('/api/v1/me/spotify/token'));
  following = (code: string) => perhaps(this.#http.GET('/api/v1/nests/{code}/device', at({ code })));
  follow = (code: string, device: string) =>
    take(this.#http.PUT('/api/v1/nests/{code}/device', { ...at({ code }), body: { device } }));
  letGo = (code: string) => done(this.#http.DELETE('/api/v1/nests/{code}/device', at({ code })));
}

/** The names that a path has in braces. */
function at<P>(path: P): { params: { path: P } } {
  return { params: { path } };
}
