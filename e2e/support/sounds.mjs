/**
 * Files to upload, made here.
 */

const FRAMES_PER_SECOND = 44_100;

/** A WAV file of 16 bits and one channel; `level` gives the sample at a time in seconds, from -1 to 1. */
function wav(seconds, level) {
  const frames = Math.round(seconds * FRAMES_PER_SECOND);
  const bytes = Buffer.alloc(44 + frames * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + frames * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(FRAMES_PER_SECOND, 24);
  bytes.writeUInt32LE(FRAMES_PER_SECOND * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(frames * 2, 40);
  for (let frame = 0; frame < frames; frame += 1) {
    const sample = Math.max(-1, Math.min(1, level(frame / FRAMES_PER_SECOND)));
    bytes.writeInt16LE(Math.round(sample * 32_767), 44 + frame * 2);
  }
  return bytes;
}

/** One click a second, each 5 ms of 1 kHz, in silence: two listeners compare when they hear one. */
export function clickTrack(seconds) {
  return wav(seconds, (at) => {
    const since = (at + 0.5) % 1;
    return since < 0.005 ? 0.9 * Math.sin(2 * Math.PI * 1_000 * since) : 0;
  });
}

/** A steady tone. */
export function tone(seconds, hertz = 440) {
  return wav(seconds, (at) => 0.5 * Math.sin(2 * Math.PI * hertz * at));
}

/** Something that calls itself music. */
export function notMusic() {
  return Buffer.from('<!doctype html><title>Not music</title><script>alert(1)</script>'.repeat(40));
}

/** Drops files onto the page, as from the desktop. */
export async function drop(page, files) {
  const transfer = await page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    },
    files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }))
  );
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('main', event, { dataTransfer: transfer });
  }
}
