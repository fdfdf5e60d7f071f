/** The hue (OKLCH degrees) that stands out most in pixels of RGBA, or null when they are all but grey. */
export function dominantHue(pixels: Uint8ClampedArray): number | null {
  const bins = new Float64Array(36);
  for (let index = 0; index + 3 < pixels.length; index += 4) {
    const [a, b, chroma] = labOf(pixels[index] ?? 0, pixels[index + 1] ?? 0, pixels[index + 2] ?? 0);
    if (chroma < 0.03) continue;
    const hue = (Math.atan2(b, a) * 180) / Math.PI;
    const bin = Math.floor(((hue + 360) % 360) / 10);
    bins[bin] = (bins[bin] ?? 0) + chroma;
  }
  let best = -1;
  let weight = 0;
  for (let bin = 0; bin < 36; bin += 1) {
    // Neighbours count half, so that a hue on the edge of two bins is not split.
    const sum = (bins[bin] ?? 0) + 0.5 * ((bins[(bin + 35) % 36] ?? 0) + (bins[(bin + 1) % 36] ?? 0));
    if (sum > weight) [best, weight] = [bin, sum];
  }
  return weight > (pixels.length / 4) * 0.004 ? best * 10 + 5 : null;
}

const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** OKLab's a and b, and the chroma they make. */
function labOf(red: number, green: number, blue: number): [number, number, number] {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const labA = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const labB = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [labA, labB, Math.hypot(labA, labB)];
}

const EDGE = 24;

/** The dominant hue of a picture of this origin; null when it cannot be had. */
export async function hueOfPicture(url: string): Promise<number | null> {
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    const canvas = new OffscreenCanvas(EDGE, EDGE);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) return null;
    context.drawImage(picture, 0, 0, EDGE, EDGE);
    return dominantHue(context.getImageData(0, 0, EDGE, EDGE).data);
  } catch {
    return null;
  }
}
