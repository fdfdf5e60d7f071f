/**
 * Listening in step: hear the same moment of the same track as everybody in the nest.
 *
 * ```ts
 * const engine = new ListeningEngine({
 *   askClock: async () => (await centrifuge.rpc('clock', {})).data,
 *   onStatus: (status) => { listening = status; }
 * });
 * button.onclick = () => engine.start();                       // must be a tap or a key press
 * engine.update({ playing: state.playing, next: state.queue[0] }); // on every change of the nest
 * client.on('connected', () => engine.setConnected(true));
 * client.on('disconnected', () => engine.setConnected(false));
 * onDestroy(() => engine.dispose());
 * ```
 *
 * `update()` may be called before `start()`; nothing is fetched until then. Media Session is the caller's: while the
 * engine is started it keeps a media element playing, so that lock screens and media keys see the page.
 */

export { ListeningEngine, NUDGE_MS_MAX } from './engine';
export { HornSpeaker } from './horn-speaker';
export type { ListeningOptions } from './engine';
export { positionAt } from './timeline';
export type {
  ClockAnswer,
  ClockDiagnostics,
  Diagnostics,
  ErrorSample,
  IdleReason,
  ListeningEntry,
  ListeningNest,
  ListeningStatus,
  OutputMode,
  PlayableTrack,
  Playback
} from './status';
