/**
 * Silence as a file.
 */

const SECONDS = 10;
const FRAMES_PER_SECOND = 8_000;

/** Ten seconds of silence: shorter ones are not shown on lock screens. 80 kB, 8 bits, one channel. */
export function silentWav(): Blob {
  const frames = SECONDS * FRAMES_PER_SECOND;
  const bytes = new Uint8Array(44 + frames).fill(128, 44);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i += 1) view.setUint8(at + i, value.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, 36 + frames, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, FRAMES_PER_SECOND, true);
  view.setUint32(28, FRAMES_PER_SECOND, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, 'data');
  view.setUint32(40, frames, true);
  return new Blob([bytes], { type: 'audio/wav' });
}
