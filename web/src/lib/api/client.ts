import { Http } from './http';
import type * as wire from './types';

export type TrackSort = 'newest' | 'artist' | 'album' | 'title';
export interface TrackQuery {
  query?: string;
  sort?: TrackSort;
  cursor?: string;
  limit?: number;
}

const part = encodeURIComponent;

function search(values: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return pairs.length === 0
    ? ''
    : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** Every route the web UI uses, as typed methods. Components and state never see a path or a status code. */
export class Api {
  readonly #http: Http;

  constructor(http: Http = new Http()) {
    this.#http = http;
  }

  server = () => this.#http.get<wire.ServerInfo>('/server');
  loadDemo = () => this.#http.post<void>('/demo');

  // People.
  session = () => this.#http.get<wire.Session>('/session');
  setup = (token: string, name: string) => this.#http.post<wire.Session>('/setup', { token, name });
  signOut = () => this.#http.delete('/session');
  rename = (name: string) => this.#http.patch<wire.Session>('/session', { name });
  joinAsGuest = (name: string, nest: string) => this.#http.post<wire.Session>('/guests', { name, nest });
  devices = () => this.#http.get<wire.Device[]>('/session/devices');
  signOutDevice = (id: string) => this.#http.delete(`/session/devices/${part(id)}`);
  createSignInLink = () => this.#http.post<wire.SignInLink>('/session/links');
  invitations = () => this.#http.get<wire.Invitation[]>('/invitations');
  createInvitation = (body: wire.CreateInvitationBody) =>
    this.#http.post<wire.CreatedInvitation>('/invitations', body);
  deleteInvitation = (id: string) => this.#http.delete(`/invitations/${part(id)}`);
  previewInvitation = (token: string) =>
    this.#http.post<wire.InvitationPreview>('/invitations/preview', { token });
  redeem = (token: string, name: string | null) =>
    this.#http.post<wire.Session>('/invitations/redeem', name === null ? { token } : { token, name });
  tokens = () => this.#http.get<wire.ApiToken[]>('/tokens');
  createToken = (body: wire.CreateTokenBody) => this.#http.post<wire.CreatedToken>('/tokens', body);
  deleteToken = (id: string) => this.#http.delete(`/tokens/${part(id)}`);

  // Library.
  tracks = (query: TrackQuery, signal?: AbortSignal) =>
    this.#http.get<wire.TrackPage>(`/tracks${search({ ...query })}`, signal);
  deleteTrack = (id: string) => this.#http.delete(`/tracks/${part(id)}`);
  waveform = (id: string, signal?: AbortSignal) =>
    this.#http.get<wire.Waveform>(`/tracks/${part(id)}/waveform`, signal);

  // Nests.
  nests = () => this.#http.get<wire.NestSummary[]>('/nests');
  openNest = (name: string) => this.#http.post<wire.NestSnapshot>('/nests', { name });
  nest = (code: string) => this.#http.get<wire.NestSnapshot>(`/nests/${part(code)}`);
  closeNest = (code: string) => this.#http.delete(`/nests/${part(code)}`);
  plays = (code: string, cursor?: string, limit = 50) =>
    this.#http.get<wire.PlayPage>(`/nests/${part(code)}/plays${search({ cursor, limit })}`);
  add = (code: string, track_id: string) => this.#command(code, 'add', { track_id });
  remove = (code: string, entry: number) => this.#command(code, 'remove', { entry });
  restore = (code: string, entry: number | null) =>
    this.#command(code, 'restore', entry === null ? {} : { entry });
  clear = (code: string) => this.#command(code, 'clear', {});
  vote = (code: string, entry: number, direction: wire.VoteDirection) =>
    this.#command(code, 'vote', { entry, direction });
  pause = (code: string) => this.#command(code, 'pause', {});
  resume = (code: string) => this.#command(code, 'resume', {});
  skip = (code: string, entry: number) => this.#command(code, 'skip', { entry });
  seek = (code: string, position_ms: number) => this.#command(code, 'seek', { position_ms });
  configure = (code: string, body: wire.ConfigureBody) => this.#command(code, 'configure', body);
  handOver = (code: string, member: string) => this.#command(code, 'hand-over', { member });

  #command(code: string, name: string, body: object): Promise<wire.Accepted> {
    return this.#http.post<wire.Accepted>(`/nests/${part(code)}/${name}`, body);
  }
}
