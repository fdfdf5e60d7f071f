/** The network contract's types, by the names they have in `crates/protocol`. */

export type AudioFormat = 'mp3' | 'flac' | 'vorbis' | 'opus' | 'aac' | 'alac' | 'wav' | 'aiff';
export type Playable = { state: 'ready' } | { state: 'pending' } | { state: 'failed'; reason: string };

export interface TrackSummary {
  id: string;
  title: string;
  artist: string;
  album: string;
  duration_ms: number;
  artwork_url?: string | null;
  stream_url: string;
}

export interface Track extends TrackSummary {
  genre: string;
  year?: number | null;
  track_number?: number | null;
  disc_number?: number | null;
  format: AudioFormat;
  size_bytes: number;
  playable: Playable;
  loudness_lufs?: number | null;
  added_at_ms: number;
}

export interface TrackPage {
  tracks: Track[];
  next_cursor?: string | null;
}
export interface Waveform {
  peaks: number[];
}
export interface UploadOutcome {
  track: Track;
  duplicate: boolean;
}

export type Action = 'add' | 'vote' | 'remove_others' | 'clear' | 'pause' | 'skip' | 'seek' | 'configure';

export interface NestSettings {
  name: string;
  autofill: boolean;
  guests_allowed: boolean;
  queue_entries_max: number;
  member_actions: Action[];
  guest_actions: Action[];
}

export type Contributor = { kind: 'person'; id: string; name: string } | { kind: 'autofill' };
export interface Votes {
  up: string[];
  down: string[];
}
export interface Entry {
  id: number;
  track: TrackSummary;
  added_by: Contributor;
  added_at_ms: number;
  score: number;
  tally: number;
  votes: Votes;
}
export interface Standing {
  entry: number;
  score: number;
}
export type Playback = { state: 'running'; started_at_ms: number } | { state: 'paused'; position_ms: number };
export interface Playing {
  entry: Entry;
  playback: Playback;
}
export interface NestState {
  code: string;
  settings: NestSettings;
  host?: string | null;
  playing?: Playing | null;
  queue: Entry[];
  closed: boolean;
}
export interface NestSnapshot {
  epoch: string;
  offset: number;
  server_time_ms: number;
  state: NestState;
}
export interface NestSummary {
  code: string;
  name: string;
  url: string;
  listener_count: number;
  queue_count: number;
  playing?: TrackSummary | null;
  guests_allowed: boolean;
  created_at_ms: number;
}
export interface Accepted {
  offset: number;
  entry?: number | null;
}
export type VoteDirection = 'up' | 'down' | 'none';
export interface ConfigureBody {
  name?: string | null;
  autofill?: boolean | null;
  guests_allowed?: boolean | null;
  queue_entries_max?: number | null;
  member_actions?: Action[] | null;
  guest_actions?: Action[] | null;
}
export type Outcome = 'finished' | 'skipped' | 'unplayable';
export interface Play {
  id: string;
  track: TrackSummary;
  added_by: Contributor;
  started_at_ms: number;
  outcome?: Outcome | null;
}
export interface PlayPage {
  plays: Play[];
  next_cursor?: string | null;
}

export type ServerRole = 'guest' | 'member' | 'administrator';
export interface Person {
  id: string;
  name: string;
  role: ServerRole;
}
export interface Session {
  person?: Person | null;
  device_id?: string | null;
}
export interface CreateInvitationBody {
  role: ServerRole;
  uses_max: number;
  expires_in_s: number;
}
export interface Invitation {
  id: string;
  role: ServerRole;
  uses_left: number;
  expires_at_ms: number;
  created_at_ms: number;
}
export interface CreatedInvitation {
  invitation: Invitation;
  url: string;
}
export interface InvitationPreview {
  server_name: string;
  invited_by: string;
  role: ServerRole;
  signs_in_as?: string | null;
}
export interface SignInLink {
  url: string;
  expires_at_ms: number;
}
export interface Device {
  id: string;
  label: string;
  created_at_ms: number;
  last_seen_at_ms: number;
  current: boolean;
}
export type Scope = 'listen' | 'add' | 'control' | 'administer';
export interface CreateTokenBody {
  label: string;
  scopes: Scope[];
  expires_in_s?: number | null;
}
export interface ApiToken {
  id: string;
  label: string;
  scopes: Scope[];
  created_at_ms: number;
  last_used_at_ms?: number | null;
  expires_at_ms?: number | null;
}
export interface CreatedToken {
  token: ApiToken;
  secret: string;
}
export interface ServerInfo {
  name: string;
  version: string;
  protocol: number;
  needs_setup: boolean;
  track_count: number;
  has_demo: boolean;
  upload_bytes_max: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  hint?: string | null;
  request_id?: string | null;
  retry_after_s?: number | null;
}

export type PlaybackChange = 'paused' | 'resumed' | 'seeked';
export type NestEvent =
  | { type: 'opened'; settings: NestSettings; host?: string | null }
  | { type: 'entry_added'; entry: Entry; rescored: Standing[] }
  | { type: 'entry_removed'; entry: number }
  | { type: 'entry_restored'; entry: Entry }
  | { type: 'queue_cleared' }
  | {
      type: 'vote_cast';
      entry: number;
      voter: string;
      direction: VoteDirection;
      tally: number;
      rescored: Standing[];
    }
  | { type: 'playback_started'; entry: number; started_at_ms: number }
  | { type: 'playback_changed'; change: PlaybackChange; playback: Playback }
  | { type: 'playback_ended'; entry: number; outcome: Outcome }
  | { type: 'settings_changed'; settings: NestSettings }
  | { type: 'host_changed'; host?: string | null }
  | { type: 'closed' };
export interface NestPublication {
  at_ms: number;
  by?: string | null;
  event: NestEvent;
}
export type ServerPublication =
  | { type: 'nest_changed'; nest: NestSummary }
  | { type: 'nest_closed'; code: string }
  | { type: 'track_changed'; track: Track }
  | { type: 'track_deleted'; id: string }
  | { type: 'library_changed'; track_count: number };
export interface ListenerInfo {
  name: string;
}
export interface ClockSample {
  received_us: number;
  sent_us: number;
}
