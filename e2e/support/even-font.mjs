/**
 * A font in which every character is the same box, made here. With it a page's layout does not depend on which fonts a
 * machine has: only on the page and on the browser's rules.
 */
const UNITS_PER_EM = 1000;
const ADVANCE = 520;
const ASCENT = 930;
const DESCENT = 250;

const u16 = (...values) => Buffer.concat(values.map((value) => Buffer.from([(value >> 8) & 255, value & 255])));
const u32 = (...values) =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    })
  );

/** A square from the baseline up. */
const glyph = Buffer.concat([
  u16(1, 60, 0, ADVANCE - 60, 620),
  u16(3, 0),
  Buffer.from([1, 1, 1, 1]),
  u16(60, 0, ADVANCE - 120, 0),
  u16(0, 620, 0, -620)
]);

function name() {
  const texts = [
    [1, 'Even'],
    [2, 'Regular'],
    [4, 'Even'],
    [6, 'Even']
  ].map(([id, text]) => [id, Buffer.from(text, 'utf16le').swap16()]);
  let at = 0;
  const records = texts.map(([id, text]) => {
    const record = u16(3, 1, 0x409, id, text.length, at);
    at += text.length;
    return record;
  });
  return Buffer.concat([
    u16(0, texts.length, 6 + 12 * texts.length),
    ...records,
    ...texts.map(([, text]) => text)
  ]);
}

/** Every code point is glyph 1: a "many to one" character map (format 13). */
function characters() {
  const map = Buffer.concat([u16(13, 0), u32(16 + 12 * 2, 0, 2), u32(0x20, 0xd7ff, 1), u32(0xe000, 0x10fffd, 1)]);
  return Buffer.concat([u16(0, 1, 3, 10), u32(12), map]);
}

function tables() {
  const long = Buffer.alloc(8);
  return {
    'OS/2': Buffer.concat([
      u16(4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
      Buffer.alloc(10),
      u32(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff),
      Buffer.from('NONE'),
      u16(0x40, 0x20, 0xffff, ASCENT, -DESCENT, 0, ASCENT, DESCENT),
      u32(1, 0),
      u16(500, 620, 0, 0x20, 1)
    ]),
    cmap: characters(),
    glyf: Buffer.concat([glyph, Buffer.alloc(glyph.length % 2)]),
    head: Buffer.concat([
      u32(0x10000, 0x10000, 0, 0x5f0f3cf5),
      u16(3, UNITS_PER_EM),
      long,
      long,
      u16(0, 0, ADVANCE, 620, 0, 8, 2, 0, 0)
    ]),
    hhea: Buffer.concat([u32(0x10000), u16(ASCENT, -DESCENT, 0, ADVANCE, 0, 0, ADVANCE, 1, 0, 0, 0, 0, 0, 0, 0, 1)]),
    hmtx: u16(ADVANCE, 0, 60),
    loca: u16(0, 0, Math.ceil(glyph.length / 2)),
    maxp: Buffer.concat([u32(0x10000), u16(2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)]),
    name: name(),
    post: Buffer.concat([u32(0x30000, 0), u16(-100, 50), u32(0, 0, 0, 0, 0)])
  };
}

function sum(bytes) {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 4) total = (total + bytes.readUInt32BE(at)) >>> 0;
  return total;
}

/** The font as a TrueType file. */
export function evenFont() {
  const made = Object.entries(tables()).sort(([a], [b]) => (a < b ? -1 : 1));
  let at = 12 + 16 * made.length;
  const directory = [Buffer.concat([u32(0x10000), u16(made.length, 128, 3, made.length * 16 - 128)])];
  const bodies = [];
  for (const [tag, table] of made) {
    const body = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    directory.push(Buffer.from(tag), u32(sum(body), at, table.length));
    bodies.push(body);
    at += body.length;
  }
  const font = Buffer.concat([...directory, ...bodies]);
  // The whole file's sum is wanted in `head`, eight bytes in.
  const head = made.slice(0, made.findIndex(([tag]) => tag === 'head')).reduce(
    (offset, [, table]) => offset + Math.ceil(table.length / 4) * 4,
    12 + 16 * made.length
  );
  font.writeUInt32BE((0xb1b0afba - sum(font)) >>> 0, head + 8);
  return font;
}

/** The style sheet that writes everything in it, without hinting: that rounds widths on some machines. */
export const evenStyle = () => `
  @font-face {
    font-family: Even;
    src: url(data:font/ttf;base64,${evenFont().toString('base64')});
    font-weight: 1 1000;
  }
  *, *::before, *::after { font-family: Even !important; text-rendering: geometricPrecision !important; }
`;
