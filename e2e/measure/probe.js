/**
 * Reads what is really rendered: with tracks whose samples say where they are, one sample a block is the position.
 */
class Probe extends AudioWorkletProcessor {
  #blocks = 0;
  #sign = 0;
  #silentFrames = 0;

  process(inputs) {
    this.#blocks += 1;
    const samples = inputs[0]?.[0];
    if (this.#blocks % 32 === 0) {
      this.port.postMessage({ contextS: currentFrame / sampleRate, value: samples ? samples[0] : 0 });
    }
    if (samples) this.#watchSilence(samples);
    return true;
  }

  /** Tells how many silent frames lay between two tracks, which have different signs. */
  #watchSilence(samples) {
    for (const sample of samples) {
      const sign = Math.sign(sample);
      if (sign === 0) {
        this.#silentFrames += 1;
        continue;
      }
      if (this.#sign !== 0 && sign !== this.#sign) this.port.postMessage({ gapFrames: this.#silentFrames });
      this.#sign = sign;
      this.#silentFrames = 0;
    }
  }
}

registerProcessor('probe', Probe);
