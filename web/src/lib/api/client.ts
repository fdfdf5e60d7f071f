import { done, openHttp, take, type Http } from './http';
import type { PlayQuery } from '$lib/history';
import type * as wire from './types';

export type TrackSort = 'newest' | 'artist' | 'album' | 'title';
export interface TrackQuery {
  query?: string;
  sort?: TrackSort;
  cursor?: string;
  limit?: number;
}

/** Every route the web UI uses, as typed methods. Components and state never see a path or a status code. */
export class Api {
  readonly #http: Http;

  constructor(http: Http = openHttp()) {
    this.#http = http;
  }

  server = () => take(this.#http.GET('/api/v1/server'));
  sources = () => take(this.#http.GET('/api/v1/sources'));
  loadDemo = () => done(this.#http.POST('/api/v1/demo'));

  // People.
  session = () => take(this.#http.GET('/api/v1/session'));
  setup = (token: string, name: string) => take(this.#http.POST('/api/v1/setup', { body: { token, name } }));
  signOut = () => done(this.#http.DELETE('/api/v1/session'));
  rename = (name: string) => take(this.#http.PATCH('/api/v1/session', { body: { name } }));
  joinAsGuest = (name: string, nest: string) =>
    take(this.#http.POST('/api/v1/guests', { body: { name, nest } }));
  devices = () => take(this.#http.GET('/api/v1/session/devices'));
  signOutDevice = (id: string) => done(this.#http.DELETE('/api/v1/session/devices/{id}', named({ id })));
  createSignInLink = () => take(this.#http.POST('/api/v1/session/links'));
  invitations = () => take(this.#http.GET('/api/v1/invitations'));
  createInvitation = (body: wire.CreateInvitationBody) =>
    take(this.#http.POST('/api/v1/invitations', { body }));
  deleteInvitation = (id: string) => done(this.#http.DELETE('/api/v1/invitations/{id}', named({ id })));
  previewInvitation = (token: string) =>
    take(this.#http.POST('/api/v1/invitations/preview', { body: { token } }));
  redeem = (token: string, name: string | null) =>
    take(
      this.#http.POST('/api/v1/invitations/redeem', { body: name === null ? { token } : { token, name } })
    );
  tokens = () => take(this.#http.GET('/api/v1/tokens'));
  createToken = (body: wire.CreateTokenBody) => take(this.#http.POST('/api/v1/tokens', { body }));
  deleteToken = (id: string) => done(this.#http.DELETE('/api/v1/tokens/{id}', named({ id })));

  startSignIn = (provider: string, return_to: string, invitation: string | null) =>
    take(
      this.#http.POST('/api/v1/sign-in/{provider}', {
        ...named({ provider }),
        body: { return_to, invitation }
      })
    );
  identities = () => take(this.#http.GET('/api/v1/session/identities'));
  linkIdentity = (provider: string) =>
    take(this.#http.POST('/api/v1/session/identities', { body: { provider } }));
  unlinkIdentity = (id: string, even_if_last: boolean) =>
    done(
      this.#http.DELETE('/api/v1/session/identities/{id}', {
        params: { path: { id }, query: { even_if_last } }
      })
    );
  members = (cursor?: string) => take(this.#http.GET('/api/v1/members', { params: { query: { cursor } } }));
  changeMember = (id: string, role: wire.ServerRole) =>
    done(this.#http.PATCH('/api/v1/members/{id}', { ...named({ id }), body: { role } }));
  removeMember = (id: string) => done(this.#http.DELETE('/api/v1/members/{id}', named({ id })));
  audit = (action: string, cursor?: string) =>
    take(this.#http.GET('/api/v1/audit', { params: { query: { action: action || undefined, cursor } } }));

  operations = () => take(this.#http.GET('/api/v1/operations'));

  // Library.
  tracks = ({ query, ...rest }: TrackQuery, signal?: AbortSignal) =>
    take(
      this.#http.GET('/api/v1/tracks', { params: { query: { ...rest, query: query || undefined } }, signal })
    );
  deleteTrack = (id: string) => done(this.#http.DELETE('/api/v1/tracks/{id}', named({ id })));
  waveform = (id: string, signal?: AbortSignal) =>
    take(this.#http.GET('/api/v1/tracks/{id}/waveform', { ...named({ id }), signal }));

  // Nests.
  nests = () => take(this.#http.GET('/api/v1/nests'));
  openNest = (body: wire.OpenNestBody) => take(this.#http.POST('/api/v1/nests', { body }));
  nest = (code: string) => take(this.#http.GET('/api/v1/nests/{code}', named({ code })));
  look = (code: string) => take(this.#http.GET('/api/v1/nests/{code}/look', named({ code })));
  closeNest = (code: string) => done(this.#http.DELETE('/api/v1/nests/{code}', named({ code })));
  plays = (code: string, asked: PlayQuery, cursor?: string, limit = 50) =>
    take(
      this.#http.GET('/api/v1/nests/{code}/plays', {
        params: { path: { code }, query: { ...asked, cursor, limit } }
      })
    );
  allPlays = (asked: PlayQuery, cursor?: string, limit = 50) =>
    take(this.#http.GET('/api/v1/plays', { params: { query: { ...asked, cursor, limit } } }));
  add = (code: string, track_id: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/add', { ...named({ code }), body: { track_id } }));
  remove = (code: string, entry: number) =>
    take(this.#http.POST('/api/v1/nests/{code}/remove', { ...named({ code }), body: { entry } }));
  restore = (code: string, entry: number | null) =>
    take(
      this.#http.POST('/api/v1/nests/{code}/restore', {
        ...named({ code }),
        body: entry === null ? {} : { entry }
      })
    );
  clear = (code: string) => take(this.#http.POST('/api/v1/nests/{code}/clear', bare(code)));
  vote = (code: string, entry: number, direction: wire.VoteDirection) =>
    take(this.#http.POST('/api/v1/nests/{code}/vote', { ...named({ code }), body: { entry, direction } }));
  pause = (code: string) => take(this.#http.POST('/api/v1/nests/{code}/pause', bare(code)));
  resume = (code: string) => take(this.#http.POST('/api/v1/nests/{code}/resume', bare(code)));
  skip = (code: string, entry: number) =>
    take(this.#http.POST('/api/v1/nests/{code}/skip', { ...named({ code }), body: { entry } }));
  seek = (code: string, position_ms: number) =>
    take(this.#http.POST('/api/v1/nests/{code}/seek', { ...named({ code }), body: { position_ms } }));
  configure = (code: string, body: wire.ConfigureBody) =>
    take(this.#http.POST('/api/v1/nests/{code}/configure', { ...named({ code }), body }));
  jam = (code: string, entry: number, on: boolean) =>
    take(this.#http.POST('/api/v1/nests/{code}/jam', { ...named({ code }), body: { entry, on } }));
  comment = (code: string, entry: number, text: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/comment', { ...named({ code }), body: { entry, text } }));
  removeComment = (code: string, entry: number, comment: number) =>
    take(
      this.#http.POST('/api/v1/nests/{code}/remove-comment', {
        ...named({ code }),
        body: { entry, comment }
      })
    );
  queuePreview = (code: string, track_id: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/queue-preview', { ...named({ code }), body: { track_id } }));
  filterPreview = (code: string, track_id: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/filter-preview', { ...named({ code }), body: { track_id } }));
  unfilter = (code: string, track_id: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/unfilter', { ...named({ code }), body: { track_id } }));
  filtered = (code: string) => take(this.#http.GET('/api/v1/nests/{code}/filtered', named({ code })));
  horns = () => take(this.#http.GET('/api/v1/horns'));
  horn = (code: string, sound: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/horn', { ...named({ code }), body: { sound } }));
  volume = (code: string, percent: number) =>
    take(this.#http.POST('/api/v1/nests/{code}/volume', { ...named({ code }), body: { percent } }));
  lock = (code: string) => take(this.#http.POST('/api/v1/nests/{code}/lock', bare(code)));
  unlock = (code: string) => take(this.#http.POST('/api/v1/nests/{code}/unlock', bare(code)));
  kick = (code: string, member: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/kick', { ...named({ code }), body: { member } }));
  letIn = (code: string, member: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/let-in', { ...named({ code }), body: { member } }));
  kicked = (code: string) => take(this.#http.GET('/api/v1/nests/{code}/kicked', named({ code })));
  handOver = (code: string, member: string) =>
    take(this.#http.POST('/api/v1/nests/{code}/hand-over', { ...named({ code }), body: { member } }));

  // Webhooks.
  webhooks = (code: string) => take(this.#http.GET('/api/v1/nests/{code}/webhooks', named({ code })));
  createWebhook = (code: string, body: wire.CreateWebhookBody) =>
    take(this.#http.POST('/api/v1/nests/{code}/webhooks', { ...named({ code }), body }));
  deleteWebhook = (id: string) => done(this.#http.DELETE('/api/v1/webhooks/{id}', named({ id })));
  testWebhook = (id: string) => done(this.#http.POST('/api/v1/webhooks/{id}/test', named({ id })));
  resumeWebhook = (id: string) => done(this.#http.POST('/api/v1/webhooks/{id}/resume', named({ id })));

  // Numbers.
  stats = (nest: string | null, from_ms: number, to_ms: number) =>
    take(this.#http.GET('/api/v1/stats', { params: { query: { nest: nest ?? undefined, from_ms, to_ms } } }));
  providerStats = (from_ms: number, to_ms: number) =>
    take(this.#http.GET('/api/v1/stats/providers', { params: { query: { from_ms, to_ms } } }));
  signInStats = (from_ms: number, to_ms: number) =>
    take(this.#http.GET('/api/v1/stats/sign-ins', { params: { query: { from_ms, to_ms } } }));
}

/** The names that a path has in braces. */
function named<P>(path: P): { params: { path: P } } {
  return { params: { path } };
}

/** A command without a body. The server wants a JSON object all the same. */
function bare(code: string) {
  return { ...named({ code }), body: {} as never };
}
