/**
 * Spotify's player in this browser (Web Playback SDK): another device of one's account. Its script comes from Spotify
 * alone, and only when somebody wants it.
 */

const SCRIPT = 'https://sdk.scdn.co/spotify-player.js';
const TIMEOUT_MS = 15_000;

/** Why it cannot be had. */
export type BrowserFault = 'not-loaded' | 'not-possible' | 'account' | 'sign-in';

export class BrowserPlayerFault extends Error {
  readonly fault: BrowserFault;

  constructor(fault: BrowserFault) {
    super(fault);
    this.fault = fault;
  }
}

/** As much of the SDK as is needed. */
interface SdkPlayer {
  connect(): Promise<boolean>;
  disconnect(): void;
  setVolume(volume: number): Promise<void>;
  activateElement?(): Promise<void>;
  addListener(event: string, heard: (about: { device_id?: string; message?: string }) => void): boolean;
}
interface Sdk {
  Player: new (options: {
    name: string;
    volume: number;
    getOAuthToken: (give: (token: string) => void) => void;
  }) => SdkPlayer;
}
declare global {
  interface Window {
    Spotify?: Sdk;
    onSpotifyWebPlaybackSDKReady?: () => void;
  }
}

function load(): Promise<Sdk> {
  const { Spotify } = window;
  if (Spotify) return Promise.resolve(Spotify);
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const give = (sdk: Sdk | undefined): void => {
      clearTimeout(timer);
      if (sdk) return resolve(sdk);
      script.remove();
      reject(new BrowserPlayerFault('not-loaded'));
    };
    const timer = setTimeout(() => give(undefined), TIMEOUT_MS);
    window.onSpotifyWebPlaybackSDKReady = () => give(window.Spotify);
    script.onerror = () => give(undefined);
    script.src = SCRIPT;
    document.head.append(script);
  });
}

/** This browser as a device. */
export class BrowserPlayer {
  readonly #name: string;
  readonly #token: () => Promise<string>;
  #player: SdkPlayer | null = null;

  constructor(name: string, token: () => Promise<string>) {
    this.#name = name;
    this.#token = token;
  }

  /** Becomes a device; answers its id. Rejects with `BrowserPlayerFault`. */
  async start(volume: number): Promise<string> {
    this.stop();
    const { Player } = await load();
    const player = new Player({
      name: this.#name,
      volume,
      getOAuthToken: (give) => void this.#token().then(give, () => give(''))
    });
    this.#player = player;
    return new Promise((resolve, reject) => {
      const fail = (fault: BrowserFault) => (): void => {
        this.stop();
        reject(new BrowserPlayerFault(fault));
      };
      const timer = setTimeout(fail('not-loaded'), TIMEOUT_MS);
      player.addListener('ready', ({ device_id: id }) => {
        clearTimeout(timer);
        if (id !== undefined) resolve(id);
      });
      player.addListener('initialization_error', fail('not-possible'));
      player.addListener('authentication_error', fail('sign-in'));
      player.addListener('account_error', fail('account'));
      // Called within a press, it lets the browser sound later on without another.
      void player.activateElement?.();
      void player.connect();
    });
  }

  setVolume(volume: number): void {
    void this.#player?.setVolume(volume);
  }

  stop(): void {
    this.#player?.disconnect();
    this.#player = null;
  }
}
