/**
 * The two decks: the entry that should sound and the one that comes. Never more is held.
 */
import { Deck } from './deck';
import type { Stage } from './stage';
import type { ListeningEntry } from './status';
import type { Surroundings } from './surroundings';

/** The next track is loaded this long before its turn at the latest. */
const PREPARE_AHEAD_MS = 45_000;
/** Where memory allows, it is loaded when it has been the next one for this long, so that a skip is instant. */
const PREPARE_EARLY_AFTER_MS = 1_500;

/** Makes, promotes and drops decks. */
export class Decks {
  current: Deck | null = null;
  next: Deck | null = null;
  #stage: Stage;
  #surroundings: Surroundings;
  #onChange: () => void;
  #volume = 1;
  #nextWanted: ListeningEntry | null = null;
  #nextSinceMs = 0;
  #movesBefore = 0;

  constructor(stage: Stage, surroundings: Surroundings, onChange: () => void) {
    this.#stage = stage;
    this.#surroundings = surroundings;
    this.#onChange = onChange;
  }

  /** How often sound was moved by a splice or a seek, since `resetCount`. */
  get moveCount(): number {
    return this.#movesBefore + (this.current?.moveCount ?? 0);
  }

  /** Bytes of decoded sound held. */
  get decodedBytes(): number {
    return (this.current?.decodedBytes ?? 0) + (this.next?.decodedBytes ?? 0);
  }

  /** Begins counting moves at 0. */
  resetCount(): void {
    this.#movesBefore = -(this.current?.moveCount ?? 0);
  }

  /** The deck of the entry that should sound, promoting the next one if that is it. */
  takeCurrent(entry: ListeningEntry): Deck {
    if (this.current?.holds(entry)) return this.current;
    const before = this.current;
    if (this.next?.holds(entry)) {
      this.current = this.next;
      this.next = null;
    } else {
      this.current = this.#deck(entry);
    }
    if (before) {
      this.#movesBefore += before.moveCount;
      before.dispose();
    }
    return this.current;
  }

  /** The deck of the entry that comes, once it is time to load it; lets go of one that no longer comes. */
  takeNext(entry: ListeningEntry | null, remainingMs: number): Deck | null {
    const now = this.#surroundings.time.now();
    if (this.next && !(entry && this.next.holds(entry))) {
      this.next.dispose();
      this.next = null;
    }
    if (entry?.id !== this.#nextWanted?.id) this.#nextSinceMs = now;
    this.#nextWanted = entry;
    if (!entry || this.next) return this.next;
    const early =
      this.#surroundings.prepareEarly &&
      this.current?.ready === true &&
      now - this.#nextSinceMs > PREPARE_EARLY_AFTER_MS;
    if (early || remainingMs < PREPARE_AHEAD_MS) this.next = this.#deck(entry);
    return this.next;
  }

  /** Silence; what is loaded is kept. */
  hold(): void {
    this.current?.hold();
    this.next?.hold();
  }

  /** Silence; lets go of both. */
  drop(): void {
    this.#movesBefore += this.current?.moveCount ?? 0;
    this.current?.dispose();
    this.next?.dispose();
    this.current = null;
    this.next = null;
    this.#nextWanted = null;
  }

  /** From 0 to 1. */
  setVolume(volume: number): void {
    this.#volume = volume;
    this.current?.setVolume(volume);
    this.next?.setVolume(volume);
  }

  /** Tries again at once what waits for the network. */
  hurry(): void {
    this.current?.hurry();
    this.next?.hurry();
  }

  #deck(entry: ListeningEntry): Deck {
    return new Deck(entry, {
      stage: this.#stage,
      surroundings: this.#surroundings,
      volume: this.#volume,
      onChange: this.#onChange
    });
  }
}
