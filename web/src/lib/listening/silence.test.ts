import { expect, it } from 'vitest';
import { silentWav } from './silence';

it('is a WAV file of ten seconds in which every sample is the middle', async () => {
  const bytes = new Uint8Array(await silentWav().arrayBuffer());
  const view = new DataView(bytes.buffer);
  expect(String.fromCharCode(...bytes.slice(0, 4), ...bytes.slice(8, 16))).toBe('RIFFWAVEfmt ');
  expect(view.getUint32(4, true)).toBe(bytes.length - 8);
  expect(view.getUint32(40, true) / view.getUint32(28, true)).toBe(10);
  expect(new Set(bytes.slice(44))).toEqual(new Set([128]));
});
