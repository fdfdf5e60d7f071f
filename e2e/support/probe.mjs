/**
 * Runs in the page before anything else: listens in on Web Audio, so that a test knows what reaches the loudspeaker.
 *
 * Everything the page plays passes a recorder before the loudspeaker. It notes when a click of a click track (see
 * `sounds.mjs`) is heard, on the page's own clock; `Visitor.reference` relates that to the test's. Nothing of the
 * product is asked.
 */
export function probe() {
  const BLOCK_FRAMES = 1024;
  const CLICK_LEVEL = 0.2;
  const CLICK_APART_S = 0.5;
  const Real = window.AudioContext;
  const clicks = [];
  let loudness = 0;
  let stampedAtMs = null;

  class Recorded extends Real {
    #tap;

    constructor(options) {
      super(options);
      const real = super.destination;
      this.#tap = super.createGain();
      this.#tap.connect(real);
      const recorder = super.createScriptProcessor(BLOCK_FRAMES, 2, 1);
      this.#tap.connect(recorder);
      recorder.connect(real);
      let lastS = -1;
      recorder.onaudioprocess = ({ inputBuffer, playbackTime }) => {
        const samples = inputBuffer.getChannelData(0);
        const { contextTime, performanceTime } = this.getOutputTimestamp();
        let peak = 0;
        for (let frame = 0; frame < samples.length; frame += 1) {
          const level = Math.abs(samples[frame]);
          peak = Math.max(peak, level);
          const atS = playbackTime + frame / this.sampleRate;
          if (level < CLICK_LEVEL || atS - lastS < CLICK_APART_S) continue;
          lastS = atS;
          if (!contextTime) continue;
          clicks.push(performanceTime + (atS - contextTime) * 1000);
        }
        loudness = Math.max(peak, loudness * 0.8);
        stampedAtMs = performance.now();
      };
    }

    get destination() {
      return this.#tap ?? super.destination;
    }
  }

  window.AudioContext = Recorded;
  Object.defineProperty(window, 'e2e', {
    value: {
      /** Times at which clicks were heard, as `performance.now()`; each is given once. */
      clicks: () => clicks.splice(0),
      /** Peak of the last moments, 0 to 1; 0 when nothing has been rendered lately. */
      loudness: () => (stampedAtMs !== null && performance.now() - stampedAtMs < 500 ? loudness : 0)
    }
  });
}
