import { COMPRESSION, PHOTOMETRIC, type PyramidLevel, type Size } from './pyramid-level.ts';

/** Tiles of a level: columns and rows from one place on. */
export type TileBlock = { readonly column: number; readonly row: number; readonly across: number; readonly down: number };

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const HEADER = 8;
const ENTRY = 12;
const STRIP_OFFSETS = 273;
const TILE_OFFSETS = 324;
const PROFILE = 34_675;

/** Values as numbers, or as bytes; then `count` says how many they are, where they are not bytes. */
type Entry = readonly [tag: number, type: number, values: readonly number[] | Buffer, count?: number];

/**
 * Some tiles of a level as a small TIFF of their own, so that a decoder sees no more of the file than it needs. The tiles stay as they are stored.
 *
 * @param tiles as stored, row by row
 * @param profile where a decoder is to know what colours they are
 */
export function wrapTiff(level: PyramidLevel, block: TileBlock, tiles: readonly Buffer[], profile?: Buffer): Buffer {
  const { tileWidth, tileHeight, compression, photometric, samples, bits, predictor, tables } = level;
  return tiffOf(
    [
      [256, LONG, [block.across * tileWidth]],
      [257, LONG, [block.down * tileHeight]],
      [258, SHORT, Array.from({ length: samples }, () => bits)],
      [259, SHORT, [compression]],
      [262, SHORT, [photometric]],
      [277, SHORT, [samples]],
      [284, SHORT, [1]],
      [317, SHORT, [predictor]],
      [322, LONG, [tileWidth]],
      [323, LONG, [tileHeight]],
      [TILE_OFFSETS, LONG, tiles.map(() => 0)],
      [325, LONG, tiles.map(({ length }) => length)],
      ...(tables ? [[347, UNDEFINED, tables] satisfies Entry] : []),
      ...(profile ? [[PROFILE, UNDEFINED, profile] satisfies Entry] : []),
    ],
    TILE_OFFSETS,
    tiles,
  );
}

/** Pixels of a byte a sample as a TIFF that says what colours they are. */
export function profiledTiff(data: Buffer, { width, height }: Size, channels: 1 | 3, profile: Buffer): Buffer {
  return tiffOf(
    [
      [256, LONG, [width]],
      [257, LONG, [height]],
      [258, SHORT, Array.from({ length: channels }, () => 8)],
      [259, SHORT, [COMPRESSION.none]],
      [262, SHORT, [channels === 1 ? PHOTOMETRIC.blackIsZero : PHOTOMETRIC.rgb]],
      [STRIP_OFFSETS, LONG, [0]],
      [277, SHORT, [channels]],
      [278, LONG, [height]],
      [279, LONG, [data.length]],
      [284, SHORT, [1]],
      [PROFILE, UNDEFINED, profile],
    ],
    STRIP_OFFSETS,
    [data],
  );
}

export type KeptEntry = { readonly tag: number; readonly type: number; readonly count: number; readonly value: Buffer };

/**
 * Strips, one below the other, as a TIFF of their own.
 *
 * @param kept what else its directory says, little endian
 * @param rows of each strip
 */
export function stripsTiff(kept: readonly KeptEntry[], rows: number, strips: readonly Buffer[]): Buffer {
  const entries: Entry[] = [
    ...kept.map(({ tag, type, count, value }): Entry => [tag, type, value, count]),
    [257, LONG, [rows * strips.length]],
    [STRIP_OFFSETS, LONG, strips.map(() => 0)],
    [278, LONG, [rows]],
    [279, LONG, strips.map(({ length }) => length)],
  ];
  return tiffOf(
    entries.toSorted(([a], [b]) => a - b),
    STRIP_OFFSETS,
    strips,
  );
}

/** A TIFF of one directory and the pieces of its picture behind it, whose places stand under `offsets` (TIFF 6.0, section 2). */
function tiffOf(entries: readonly Entry[], offsets: number, pieces: readonly Buffer[]): Buffer {
  const directoryEnd = HEADER + 2 + entries.length * ENTRY + 4;
  let at = directoryEnd;
  const placed = entries.map(([tag, type, values, count = values.length]) => {
    const bytes = Buffer.isBuffer(values) ? values.length : values.length * (type === SHORT ? 2 : 4);
    const place = bytes > 4 ? at : undefined;
    if (place !== undefined) at += bytes + (bytes % 2);
    return { tag, type, values, count, place };
  });
  const file = Buffer.alloc(at);
  file.write('II', 0, 'latin1');
  file.writeUInt16LE(42, 2);
  file.writeUInt32LE(HEADER, 4);
  file.writeUInt16LE(entries.length, HEADER);
  for (const [n, { tag, type, values, count, place }] of placed.entries()) {
    const entry = HEADER + 2 + n * ENTRY;
    file.writeUInt16LE(tag, entry);
    file.writeUInt16LE(type, entry + 2);
    file.writeUInt32LE(count, entry + 4);
    if (place !== undefined) file.writeUInt32LE(place, entry + 8);
    const target = place ?? entry + 8;
    if (Buffer.isBuffer(values)) values.copy(file, target);
    else if (tag === offsets) {
      let offset = file.length;
      for (const [piece, { length }] of pieces.entries()) {
        file.writeUInt32LE(offset, target + piece * 4);
        offset += length;
      }
    } else
      for (const [place, value] of values.entries())
        type === SHORT ? file.writeUInt16LE(value, target + place * 2) : file.writeUInt32LE(value, target + place * 4);
  }
  return Buffer.concat([file, ...pieces]);
}
