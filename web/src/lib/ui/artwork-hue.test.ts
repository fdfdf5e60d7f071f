import { expect, test } from 'vitest';
import { dominantHue } from './artwork-hue';

const picture = (...colours: [number, number, number][]): Uint8ClampedArray =>
  new Uint8ClampedArray(colours.flatMap(([r, g, b]) => [r, g, b, 255]));

test('red, green and blue are told apart', () => {
  expect(dominantHue(picture([220, 30, 30]))).toBeCloseTo(25, -1);
  expect(dominantHue(picture([30, 180, 30]))).toBeCloseTo(145, -1);
  expect(dominantHue(picture([30, 60, 220]))).toBeCloseTo(265, -1);
});

test('grey pictures have no hue', () => {
  expect(dominantHue(picture([10, 10, 10], [200, 200, 200], [128, 127, 128]))).toBeNull();
});

test('a little strong colour outweighs a lot of grey', () => {
  const grey = Array.from({ length: 20 }, (): [number, number, number] => [90, 90, 90]);
  expect(dominantHue(picture(...grey, [230, 20, 20], [230, 20, 20]))).toBeCloseTo(25, -1);
});
