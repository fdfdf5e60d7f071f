/**
 * Everything of the browser that the engine touches, as one argument, so that tests can be a browser.
 */
import { silentWav } from './silence';
import { browserTime } from './time';
import type { Cancel, Time } from './time';

/** What may happen to the page that listening cares about. */
export type PageEvent = 'visible' | 'hidden' | 'online';

/** The browser, as the engine sees it. */
export interface Surroundings {
  time: Time;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** null where there is no Web Audio. */
  createContext(): AudioContext | null;
  createElement(): HTMLAudioElement;
  /** A URL under which there is silence, until it is released. */
  createSilence(): string;
  releaseSilence(url: string): void;
  /** Where the nudge is remembered; null when storage is forbidden. */
  storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** Calls `listener` on every such event until cancelled. */
  onPage(listener: (event: PageEvent) => void): Cancel;
  /** Safari reports too little output latency. */
  safari: boolean;
  /** How much decoded sound one track may take, in bytes. */
  decodedBytesMax: number;
  /** Whether the next track is decoded long before its turn, so that a skip is instant. */
  prepareEarly: boolean;
}

/** About 10 minutes of stereo at 44.1 kHz; two tracks are held at most. */
const DECODED_BYTES_MAX = 210 * 1024 * 1024;
/** Phones end pages that take much more. */
const DECODED_BYTES_MAX_PHONE = 110 * 1024 * 1024;

function storageIfAllowed(): Surroundings['storage'] {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function onPage(listener: (event: PageEvent) => void): Cancel {
  const visibility = () => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
  const online = () => listener('online');
  // A page that comes out of the back/forward cache was asleep, whatever its visibility says.
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) listener('visible');
  };
  document.addEventListener('visibilitychange', visibility);
  window.addEventListener('online', online);
  window.addEventListener('pageshow', shown);
  return () => {
    document.removeEventListener('visibilitychange', visibility);
    window.removeEventListener('online', online);
    window.removeEventListener('pageshow', shown);
  };
}

/** The browser this runs in. */
export function browserSurroundings(): Surroundings {
  const agent = navigator.userAgent;
  const memoryGb = (navigator as Navigator & { deviceMemory?: number }).deviceMemory ?? 8;
  const small = memoryGb <= 2 || window.matchMedia('(pointer: coarse)').matches;
  return {
    time: browserTime,
    fetch: (url, init) => window.fetch(url, init),
    createContext: () => {
      if (typeof AudioContext === 'undefined') return null;
      // Says to Safari that this is a player: sound goes on with the ring switch off and the screen locked.
      const session = (navigator as Navigator & { audioSession?: { type: string } }).audioSession;
      if (session) session.type = 'playback';
      // Larger blocks under-run less; their latency is known and compensated.
      return new AudioContext({ latencyHint: 'playback' });
    },
    createElement: () => new Audio(),
    createSilence: () => URL.createObjectURL(silentWav()),
    releaseSilence: (url) => URL.revokeObjectURL(url),
    storage: storageIfAllowed(),
    onPage,
    safari: /Safari\//.test(agent) && !/Chrom(e|ium)\/|Android/.test(agent),
    decodedBytesMax: small ? DECODED_BYTES_MAX_PHONE : DECODED_BYTES_MAX,
    prepareEarly: !small
  };
}
