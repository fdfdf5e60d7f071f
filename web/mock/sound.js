// Sounds and pictures for development: chords as WAV, covers and faces as SVG, all made here from a number or a name.
const RATE = 22_050;

/** A calm chord sequence as a mono 16-bit WAV. */
export function wav(seed, durationMs) {
  const count = Math.floor((RATE * durationMs) / 1000);
  const buffer = Buffer.alloc(44 + count * 2);
  buffer.write('RIFF', 0);
  buffer.writeUInt32LE(36 + count * 2, 4);
  buffer.write('WAVEfmt ', 8);
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(1, 20);
  buffer.writeUInt16LE(1, 22);
  buffer.writeUInt32LE(RATE, 24);
  buffer.writeUInt32LE(RATE * 2, 28);
  buffer.writeUInt16LE(2, 32);
  buffer.writeUInt16LE(16, 34);
  buffer.write('data', 36);
  buffer.writeUInt32LE(count * 2, 40);
  const root = 110 * 2 ** ((seed % 12) / 12);
  const steps = [0, 5, 9, 7];
  for (let index = 0; index < count; index += 1) {
    const time = index / RATE;
    const step = steps[Math.floor(time / 2) % 4] ?? 0;
    const base = root * 2 ** (step / 12);
    const fade = Math.min(1, (time % 2) * 8) * Math.max(0, 1 - ((time % 2) - 0.5) / 2);
    const tone = [1, 1.26, 1.5, 2].reduce(
      (sum, ratio) => sum + Math.sin(2 * Math.PI * base * ratio * time),
      0
    );
    buffer.writeInt16LE(Math.round(tone * fade * 3800), 44 + index * 2);
  }
  return buffer;
}

/** Peaks of a made-up song: it swells, breaks and swells again. */
export function peaks(seed) {
  return Array.from({ length: 400 }, (_, index) => {
    const swell = 0.45 + 0.35 * Math.sin((index / 400) * Math.PI * (2 + (seed % 3)));
    const grain = Math.abs(Math.sin(index * (1.7 + seed * 0.13)) * Math.cos(index * 0.61));
    return Math.round(255 * Math.min(1, swell * (0.45 + 0.55 * grain)));
  });
}

/** A cover: two hues and a horizon. */
export function cover(seed) {
  const hue = (seed * 67) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="640" height="640">
<defs><linearGradient id="g" x2="0.4" y2="1"><stop stop-color="hsl(${hue} 62% 42%)"/><stop offset="1" stop-color="hsl(${(hue + 50) % 360} 70% 66%)"/></linearGradient></defs>
<rect width="100" height="100" fill="url(#g)"/><circle cx="${30 + ((seed * 13) % 40)}" cy="${34 + ((seed * 7) % 16)}" r="${12 + (seed % 9)}" fill="hsl(${(hue + 80) % 360} 85% 84%)"/>
<path d="M0 ${66 + (seed % 9)}q25 -${10 + (seed % 8)} 50 0t50 0V100H0z" fill="hsl(${(hue + 340) % 360} 58% 24%)" opacity=".85"/><path d="M0 ${79 + (seed % 6)}q30 -9 60 0t40 -2V100H0z" fill="hsl(${hue} 60% 14%)" opacity=".9"/></svg>`;
}

/** A face: two letters on a hue, as the server makes them. */
export function face(id, name) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193);
  const hue = (hash >>> 0) % 360;
  const firsts = name.split(/\s+/).map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '');
  const letters = firsts.length > 1 ? firsts[0] + firsts.at(-1) : firsts[0];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96"><rect width="96" height="96" fill="hsl(${hue} 45% 38%)"/>
<text x="48" y="48" dy=".36em" text-anchor="middle" font-family="system-ui, sans-serif" font-size="38" font-weight="650" fill="hsl(${hue} 60% 94%)">${letters.toUpperCase() || '?'}</text></svg>`;
}
