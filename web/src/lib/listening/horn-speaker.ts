/**
 * Short sounds over the music, on the music's own AudioContext: each is a node beside the track's, so that nothing of the
 * track waits, moves or ends for it. What cannot be had in time is not played; a horn is never worth an error.
 */

/** Sounds at the same time; more would only be louder. */
const VOICES_MAX = 4;
/** Asked to start this far ahead of what is rendered. */
const LEAD_S = 0.03;

/** What a speaker needs of the page. */
export interface HornSurroundings {
  /** The context that the music uses; null while this device does not listen. */
  shared(): AudioContext | null;
  /** A context of one's own, for somebody who does not listen; null where there is no Web Audio. */
  open(): AudioContext | null;
  load(url: string): Promise<ArrayBuffer>;
}

interface Voice {
  context: AudioContext;
  endS: number;
}

/** Plays horns. A sound is loaded when it is first needed, and kept. */
export class HornSpeaker {
  readonly #surroundings: HornSurroundings;
  readonly #sounds = new Map<string, Promise<AudioBuffer>>();
  #voices: Voice[] = [];

  constructor(surroundings: HornSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Plays a sound if this device listens. Resolves to whether it began. */
  async play(url: string, loudness: number): Promise<boolean> {
    const context = this.#surroundings.shared();
    return context !== null && this.#play(context, url, loudness, () => {});
  }

  /** Plays a sound whether this device listens or not: call it from a tap or a key press. Resolves to whether it began. */
  async playHere(url: string, loudness: number): Promise<boolean> {
    const shared = this.#surroundings.shared();
    if (shared?.state === 'running') return this.#play(shared, url, loudness, () => {});
    const own = this.#surroundings.open();
    if (own === null) return false;
    const close = (): void => void own.close().catch(() => {});
    // Within the gesture: after a pause for loading, a browser would refuse. It may also never answer.
    own.resume().catch(() => {});
    const began = await this.#play(own, url, loudness, close);
    if (!began) close();
    return began;
  }

  async #play(context: AudioContext, url: string, loudness: number, ended: () => void): Promise<boolean> {
    if (loudness <= 0 || this.#sounding() >= VOICES_MAX) return false;
    const buffer = await this.#sound(context, url);
    if (buffer === null || context.state !== 'running' || this.#sounding() >= VOICES_MAX) return false;
    const source = context.createBufferSource();
    const gain = context.createGain();
    source.buffer = buffer;
    gain.gain.value = Math.min(1, loudness);
    source.connect(gain).connect(context.destination);
    source.onended = () => {
      source.disconnect();
      gain.disconnect();
      ended();
    };
    const startS = context.currentTime + LEAD_S;
    const endS = startS + buffer.duration;
    source.start(startS, 0);
    source.stop(endS);
    this.#voices.push({ context, endS });
    return true;
  }

  /** How many sound now. A context that was closed told nobody that its sounds have ended. */
  #sounding(): number {
    this.#voices = this.#voices.filter(
      ({ context, endS }) => context.state !== 'closed' && context.currentTime < endS
    );
    return this.#voices.length;
  }

  async #sound(context: AudioContext, url: string): Promise<AudioBuffer | null> {
    let sound = this.#sounds.get(url);
    if (!sound) {
      sound = this.#surroundings.load(url).then((bytes) => context.decodeAudioData(bytes));
      this.#sounds.set(url, sound);
    }
    return sound.catch(() => {
      // The next time may be luckier.
      this.#sounds.delete(url);
      return null;
    });
  }
}
