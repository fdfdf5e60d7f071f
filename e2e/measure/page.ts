/**
 * A page that listens and reports what its loudspeaker gets, measured beside the engine, not by it.
 *
 * `?mode=element` makes the engine use media elements only.
 */
import { ListeningEngine } from '../../web/src/lib/listening';
import { browserSurroundings } from '../../web/src/lib/listening/surroundings';

interface Heard {
  /** Local milliseconds: when it was heard. */
  atMs: number;
  /** Which kind of track: 1 or -1. */
  sign: number;
  positionMs: number;
}

const FRAMES_MAX = 2 ** 24;
const FRAMES_PER_SECOND = 44_100;
const params = new URLSearchParams(location.search);
const heard: Heard[] = [];
/** Silent frames between one track and the next. */
const gaps: { atMs: number; frames: number }[] = [];
const statuses: { atMs: number; status: string }[] = [];
const surroundings = browserSurroundings();
const elements: HTMLAudioElement[] = [];

/** The context's loudspeaker, with a probe before it. */
function probed(): AudioContext {
  const context = new AudioContext({ latencyHint: 'playback' });
  const tap = context.createGain();
  tap.connect(context.destination);
  Object.defineProperty(context, 'destination', { value: tap });
  void context.audioWorklet.addModule('/probe.js').then(() => {
    const probe = new AudioWorkletNode(context, 'probe', { numberOfOutputs: 0 });
    tap.connect(probe);
    probe.port.onmessage = ({ data }) => {
      if (data.gapFrames !== undefined) {
        gaps.push({ atMs: performance.now(), frames: data.gapFrames });
        return;
      }
      const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
      if (data.value === 0 || contextTime === 0) return;
      heard.push({
        atMs: performanceTime + (data.contextS - contextTime) * 1000,
        sign: Math.sign(data.value),
        positionMs: (Math.abs(data.value) * FRAMES_MAX * 1000) / FRAMES_PER_SECOND
      });
    };
  });
  return context;
}

/** Elements have no probe; their own clock, read often, must do. */
function watchElements(): void {
  for (const element of elements) {
    const track = /track\/(\d+)/.exec(element.src);
    if (!track || element.paused || element.seeking || element.currentTime === 0) continue;
    heard.push({
      atMs: performance.now(),
      sign: Number(track[1]) % 2 ? -1 : 1,
      positionMs: element.currentTime * 1000
    });
  }
  setTimeout(watchElements, 50);
}

const engine = new ListeningEngine({
  askClock: () => ask(),
  onStatus: (status) => statuses.push({ atMs: performance.now(), status: JSON.stringify(status) }),
  surroundings: {
    ...surroundings,
    createContext: probed,
    decodedBytesMax: params.get('mode') === 'element' ? 0 : surroundings.decodedBytesMax,
    createElement: () => {
      const element = surroundings.createElement();
      elements.push(element);
      return element;
    }
  }
});

/**
 * The quickest of several exchanges with the server, which is on this machine, now and then: the relation of this
 * page's clock to the server's within half its round trip. `performance.timeOrigin` will not do: it is off by
 * milliseconds when the browser was busy while it opened the page.
 */
const references: { atMs: number; offsetMs: number; roundTripMs: number }[] = [];

async function refer(): Promise<void> {
  let best = { atMs: 0, offsetMs: 0, roundTripMs: Infinity };
  for (let probe = 0; probe < 20 && socket.readyState === WebSocket.OPEN; probe += 1) {
    const sentMs = performance.now();
    const { received_us } = await ask();
    const receivedMs = performance.now();
    const roundTripMs = receivedMs - sentMs;
    if (roundTripMs < best.roundTripMs) {
      best = { atMs: sentMs, offsetMs: received_us / 1000 - (sentMs + receivedMs) / 2, roundTripMs };
    }
  }
  if (best.roundTripMs < Infinity) references.push(best);
  setTimeout(() => void refer(), 3_000);
}

let socket: WebSocket;
let questions = 0;
const waiting = new Map<number, (answer: { received_us: number; sent_us: number }) => void>();

function ask(): Promise<{ received_us: number; sent_us: number }> {
  if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('not connected'));
  questions += 1;
  const id = questions;
  socket.send(JSON.stringify({ id }));
  return new Promise((resolve) => waiting.set(id, resolve));
}

function connect(): void {
  socket = new WebSocket(location.origin.replace('http', 'ws'));
  socket.onopen = () => engine.setConnected(true);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.nest) engine.update(message.nest);
    else waiting.get(message.id)?.(message.clock);
    waiting.delete(message.id);
  };
  socket.onclose = () => {
    engine.setConnected(false);
    setTimeout(connect, 1_000);
  };
}

connect();
socket!.addEventListener('open', () => void refer(), { once: true });
if (params.get('mode') === 'element') watchElements();
document.querySelector('button')?.addEventListener('click', () => void engine.start());

Object.assign(window, {
  engine,
  drop: () => socket.close(),
  drain: () => ({
    heard: heard.splice(0),
    statuses: statuses.splice(0),
    gaps: gaps.splice(0),
    diagnostics: { ...engine.diagnostics(), errors: engine.diagnostics().errors.slice(-1) },
    references: references.splice(0)
  })
});
