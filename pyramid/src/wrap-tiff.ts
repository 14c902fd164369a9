import type { PyramidLevel } from './pyramid-level.ts';

/** Tiles of a level: columns and rows from one place on. */
export type TileBlock = { readonly column: number; readonly row: number; readonly across: number; readonly down: number };

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const HEADER = 8;
const ENTRY = 12;

/**
 * Some tiles of a level as a small TIFF of their own, so that a decoder sees no more of the file than it needs. The tiles stay as they are stored.
 *
 * @param tiles as stored, row by row
 */
export function wrapTiff(level: PyramidLevel, block: TileBlock, tiles: readonly Buffer[]): Buffer {
  const { tileWidth, tileHeight, compression, photometric, samples, bits, predictor, tables } = level;
  const entries: [tag: number, type: number, values: readonly number[] | Buffer][] = [
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
    [324, LONG, tiles.map(() => 0)],
    [325, LONG, tiles.map(({ length }) => length)],
    ...(tables ? [[347, UNDEFINED, tables] satisfies [number, number, Buffer]] : []),
  ];
  const directoryEnd = HEADER + 2 + entries.length * ENTRY + 4;
  let at = directoryEnd;
  const placed = entries.map(([tag, type, values]) => {
    const bytes = Buffer.isBuffer(values) ? values.length : values.length * (type === SHORT ? 2 : 4);
    const place = bytes > 4 ? at : undefined;
    if (place !== undefined) at += bytes + (bytes % 2);
    return { tag, type, values, place };
  });
  const file = Buffer.alloc(at);
  file.write('II', 0, 'latin1');
  file.writeUInt16LE(42, 2);
  file.writeUInt32LE(HEADER, 4);
  file.writeUInt16LE(entries.length, HEADER);
  for (const [n, { tag, type, values, place }] of placed.entries()) {
    const entry = HEADER + 2 + n * ENTRY;
    file.writeUInt16LE(tag, entry);
    file.writeUInt16LE(type, entry + 2);
    file.writeUInt32LE(values.length, entry + 4);
    if (place !== undefined) file.writeUInt32LE(place, entry + 8);
    const target = place ?? entry + 8;
    if (Buffer.isBuffer(values)) values.copy(file, target);
    else if (tag === 324) {
      let offset = file.length;
      for (const [tile, { length }] of tiles.entries()) {
        file.writeUInt32LE(offset, target + tile * 4);
        offset += length;
      }
    } else
      for (const [place, value] of values.entries())
        type === SHORT ? file.writeUInt16LE(value, target + place * 2) : file.writeUInt32LE(value, target + place * 4);
  }
  return Buffer.concat([file, ...tiles]);
}
