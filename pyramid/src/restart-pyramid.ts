import { COMPRESSION, type Size } from './pyramid-level.ts';
import { restartRows } from './restart-rows.ts';
import { jpegPrefix } from './splice-jpeg.ts';
import { type ReadRange, type TiffDirectory, TiffFile } from './tiff-file.ts';

/** Writes at a place of the new file, behind or over what was written before. */
export type WriteAt = (bytes: Buffer, at: number) => Promise<void>;

const TAG = { compression: 259, photometric: 262, offsets: 324, counts: 325, subDirectories: 330, tables: 347 } as const;
const MAX_DIRECTORIES = 64;
const MAX_TILES = 16_000_000;
const MAX_TABLES = 65_536;
const MAX_VALUE = 256 * 1024 * 1024;
const CLASSIC_END = 2 ** 32;
const LONG = 4;
const LONG8 = 16;

/**
 * A pyramid whose tiles restart at each row of units (restart-rows.ts), all else as it was: every tag of every directory is kept.
 *
 * Undefined, and what was written is worth nothing, where a tile is not of a kind that this is done for, or the file is laid out in sub-directories
 * or big-endian; else the unit of each directory.
 *
 * @throws Problem `derivative-damaged`
 */
export async function restartPyramid(read: ReadRange, write: WriteAt): Promise<Size[] | undefined> {
  const file = await TiffFile.open(read);
  if (!file.little) return undefined;
  const units: Size[] = [];
  const places = directoryLayout(file.big);
  let at: number = places.header;
  let pointer: number = places.firstAt;
  for (let next = file.first; next !== 0; ) {
    const directory = await file.directory(next);
    next = directory.next;
    const tiles = await restartedTiles(file, directory, read, write, at);
    if (!tiles || units.length === MAX_DIRECTORIES) return undefined;
    units.push(tiles.unit);
    const directoryAt = tiles.end + (tiles.end % 2);
    const bytes = await directoryBytes(file, directory, tiles, directoryAt);
    at = directoryAt + bytes.length;
    if (!file.big && at > CLASSIC_END) return undefined;
    await write(bytes, directoryAt);
    await write(places.pointer(directoryAt), pointer);
    pointer = directoryAt + places.count + directory.entries.size * places.entry;
  }
  await write(await read(0, places.firstAt), 0);
  return units;
}

type RestartedTiles = { readonly offsets: Float64Array; readonly counts: Float64Array; readonly end: number; readonly unit: Size };

async function restartedTiles(
  file: TiffFile,
  { entries }: TiffDirectory,
  read: ReadRange,
  write: WriteAt,
  start: number,
): Promise<RestartedTiles | undefined> {
  const [compression] = await file.values(entries.get(TAG.compression), 1);
  if (compression !== COMPRESSION.jpeg || entries.has(TAG.subDirectories)) return undefined;
  const [photometric = 0] = await file.values(entries.get(TAG.photometric), 1);
  const prefix = jpegPrefix({ tables: await file.bytes(entries.get(TAG.tables), MAX_TABLES), photometric });
  const offsets = await file.values(entries.get(TAG.offsets), MAX_TILES);
  const counts = await file.values(entries.get(TAG.counts), MAX_TILES);
  let unit: Size | undefined;
  let at = start;
  for (let tile = 0; tile < offsets.length; tile++) {
    const [from = 0, count = 0] = [offsets[tile], counts[tile]];
    const restarted = restartRows(await read(from, from + count), prefix);
    if (!restarted) return undefined;
    unit ??= restarted.unit;
    if (restarted.unit.width !== unit.width || restarted.unit.height !== unit.height) return undefined;
    await write(restarted.bytes, at);
    [offsets[tile], counts[tile]] = [at, restarted.bytes.length];
    at += restarted.bytes.length;
  }
  return unit && { offsets, counts, end: at, unit };
}

/** A directory and its values behind it, to lie at a place (TIFF 6.0, section 2); the next one's place is still to be written. */
async function directoryBytes(file: TiffFile, { entries }: TiffDirectory, tiles: RestartedTiles, place: number): Promise<Buffer> {
  const { count, entry, word, pointer } = directoryLayout(file.big);
  const bytes = Buffer.alloc(count + entries.size * entry + word);
  if (file.big) bytes.writeBigUInt64LE(BigInt(entries.size));
  else bytes.writeUInt16LE(entries.size);
  const values: Buffer[] = [bytes];
  let valueAt = place + bytes.length;
  let at: number = count;
  for (const [tag, described] of entries) {
    const list = tag === TAG.offsets ? tiles.offsets : tag === TAG.counts ? tiles.counts : undefined;
    const type = list ? (file.big ? LONG8 : LONG) : described.type;
    const value = list ? numbers(list, file.big) : await file.raw(described, MAX_VALUE);
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    const length = pointer(list?.length ?? described.count);
    length.copy(bytes, at + 4);
    if (value.length <= word) value.copy(bytes, at + 4 + word);
    else {
      pointer(valueAt).copy(bytes, at + 4 + word);
      const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
      values.push(padded);
      valueAt += padded.length;
    }
    at += entry;
  }
  return Buffer.concat(values);
}

/** Sizes and places in bytes: TIFF 6.0, section 2, and BigTIFF. */
function directoryLayout(big: boolean) {
  const word = big ? 8 : 4;
  return {
    header: big ? 16 : 8,
    firstAt: big ? 8 : 4,
    count: big ? 8 : 2,
    entry: 4 + 2 * word,
    word,
    pointer: (value: number) => numbers(Float64Array.of(value), big),
  };
}

function numbers(list: Float64Array, big: boolean): Buffer {
  const bytes = Buffer.alloc(list.length * (big ? 8 : 4));
  for (const [n, value] of list.entries())
    if (big) bytes.writeBigUInt64LE(BigInt(value), n * 8);
    else bytes.writeUInt32LE(value, n * 4);
  return bytes;
}
