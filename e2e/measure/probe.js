/**
 * Reads what is really rendered: with tracks whose samples say where they are, one sample a block is the position.
 */
class Probe extends AudioWorkletProcessor {
  #blocks = 0;

  process(inputs) {
    this.#blocks += 1;
    const samples = inputs[0]?.[0];
    if (this.#blocks % 32 === 0) {
      this.port.postMessage({ contextS: currentFrame / sampleRate, value: samples ? samples[0] : 0 });
    }
    return true;
  }
}

registerProcessor('probe', Probe);
