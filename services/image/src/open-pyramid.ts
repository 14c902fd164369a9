import type { BlobReader, Blobs } from '@vitrine/platform/blobs/port.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import { COMPRESSION, PHOTOMETRIC, type PyramidLevel, type Size } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { jpegPrefix } from '@vitrine/pyramid/splice-jpeg.ts';
import { indexLength, makeTileTable, readTileTable, type TileTable } from '@vitrine/pyramid/tile-table.ts';
import { extendTile } from './extend-tile.ts';
import { openJp2 } from './jp2/open-jp2.ts';
import type { Derivative } from './stores.ts';

/** Milliseconds in which storage must have given what an answer needs. */
export const STORAGE = 10_000;
/** Most tables are shorter; what is longer takes a second read. */
const INDEX_GUESS = 32 * 1024;
/** A stored tile without its start marker: that of the prefix stands before it. */
const START_MARKER = 2;
const END_MARKER = 0xffd9;
const READS_AT_ONCE = 16;
/** Bytes of one read, at the most, where tiles lie side by side. */
const RANGE = 1024 * 1024;

/** An image's derivative, open. Tiles by level and number; those at the edge as much as shows of them. */
export type OpenPyramid = TileTable & {
  readonly key: string;
  readonly modified: Date;
  /** The same as a header has it. */
  readonly lastModified: string;
  /** Whether a tile can be passed through at a size: it is whole, or was cropped to it when the table was made. */
  passes(level: number, tile: number, size: Size): boolean;
  /** How many bytes a tile at such a size has. */
  tileLength(level: number, tile: number, size: Size): number;
  /** A tile at such a size as a file of its own, by one read; at once, where storage answers at once just now. */
  tileNow(level: number, tile: number, size: Size): Buffer | undefined;
  /** The same into the end of a buffer that has room for it; false where storage doesn't answer at once. */
  tileInto(level: number, tile: number, size: Size, target: Buffer): boolean;
  tile(level: number, tile: number, size: Size): Promise<Buffer>;
  /** A tile whole, with the padding that its encoder put at the edge, as a file of its own. */
  wholeTile(level: number, tile: number): Promise<Buffer>;
  /** Some tiles as they are stored, those that lie side by side by one read; at once, where storage answers at once just now. */
  storedTiles(level: number, tiles: readonly number[]): Promise<Buffer[]>;
  storedTilesNow(level: number, tiles: readonly number[]): Buffer[] | undefined;
  /** The whole file, of what has no stored tiles. */
  whole(): Promise<Buffer>;
  /** What makes a stored tile a file of its own. */
  prefix(level: number): Buffer;
};

/** With what it takes in memory, by estimate. */
export type Opened = { readonly pyramid: OpenPyramid; readonly size: number; close(): void };

/** @throws Problem `derivative-damaged`, `blob-missing`, `port-unavailable` */
export async function openPyramid(blobs: Blobs, derivative: Derivative): Promise<Opened> {
  if (derivative.format === 'jp2') return openJp2(blobs, derivative);
  const { key, tiles } = derivative;
  const file = within(await blobs.reader(key));
  let tableFile: BlobReader | undefined;
  try {
    const [stat, named] = await Promise.all([blobs.stat(key), tiles === undefined ? undefined : blobs.reader(tiles)]);
    tableFile = within(named ?? (await ownTable(blobs, key, file)));
    const table = readTileTable(await readIndex(tableFile));
    const size = table.levels.reduce((sum, level) => sum + level.offsets.length * 12 + 4096, table.profile?.length ?? 0);
    const pyramid = pyramidOf({ key, file, tableFile, table, modified: stat?.modified ?? new Date(0) });
    return {
      pyramid,
      size,
      close: () => {
        file.close();
        tableFile?.close();
      },
    };
  } catch (thrown) {
    file.close();
    tableFile?.close();
    throw thrown;
  }
}

/** A reader that gives up on storage that does not answer. */
function within(reader: BlobReader): BlobReader {
  return { ...reader, read: (range) => withDeadline('storage', STORAGE, () => reader.read(range)) };
}

/** The table of a derivative that came without one: made once, and kept under the derivative's own name. */
async function ownTable(blobs: Blobs, key: string, file: BlobReader): Promise<BlobReader> {
  const tableKey = `image/tables/${key.slice(key.lastIndexOf('/') + 1).replace(/\.[a-z]+$/, '')}.tiles`;
  if ((await blobs.stat(tableKey)) === undefined) {
    const pyramid = await readPyramid((from, to) => file.read({ from, to }));
    const bytes = await makeTileTable(pyramid, {
      read: ({ offsets, counts }, tile) => {
        const from = offsets[tile] ?? 0;
        return file.read({ from, to: from + (counts[tile] ?? 0) });
      },
      extend: extendTile,
    });
    await blobs.put(tableKey, bytes).catch((thrown: unknown) => {
      // Another release made it otherwise: either is right.
      if (asProblem(thrown).code !== 'blob-exists') throw thrown;
    });
  }
  return blobs.reader(tableKey);
}

async function readIndex(file: BlobReader): Promise<Buffer> {
  const guess = await file.read({ from: 0, to: INDEX_GUESS });
  const length = indexLength(guess);
  return length <= guess.length ? guess : Buffer.concat([guess, await file.read({ from: guess.length, to: length })]);
}

type Parts = { key: string; file: BlobReader; tableFile: BlobReader; table: TileTable; modified: Date };
/** Stored tiles side by side: where in the file, and the place of each among those that were asked for. */
type StoredRange = { readonly from: number; to: number; readonly places: { readonly place: number; readonly count: number }[] };
/** Where the bytes of a tile are. */
type Place = { readonly from: BlobReader; readonly at: number; readonly end: number; readonly prefix: Buffer; readonly jpeg: boolean };

function pyramidOf({ key, file, tableFile, table, modified }: Parts): OpenPyramid {
  const prefixes = table.levels.map((level) =>
    level.compression === COMPRESSION.jpeg ? jpegPrefix(level, table.profile) : Buffer.alloc(0),
  );

  const ownPrefix = jpegPrefix({ tables: undefined, photometric: PHOTOMETRIC.ycbcr }, table.profile);

  function levelAt(index: number): PyramidLevel {
    const level = table.levels[index];
    if (!level) throw new RangeError(`no level ${index}`);
    return level;
  }

  function wholePlace(index: number, tile: number): Place {
    const { offsets, counts, compression } = levelAt(index);
    const [from, count] = [offsets[tile], counts[tile]];
    if (from === undefined || count === undefined) throw new RangeError(`no tile ${tile} on level ${index}`);
    const jpeg = compression === COMPRESSION.jpeg;
    return { from: file, at: from + (jpeg ? START_MARKER : 0), end: from + count, prefix: prefixes[index] ?? Buffer.alloc(0), jpeg };
  }

  const cropOf = (index: number, tile: number, { width, height }: Size) =>
    table.crops[index]?.get(tile)?.find((crop) => crop.width === width && crop.height === height);

  function place(index: number, tile: number, size: Size): Place {
    const crop = cropOf(index, tile, size);
    if (!crop) return wholePlace(index, tile);
    const prefix = crop.own ? ownPrefix : (prefixes[index] ?? ownPrefix);
    return { from: tableFile, at: crop.from + START_MARKER, end: crop.to, prefix, jpeg: true };
  }

  function demandWhole(bytes: Buffer, expected: number, jpeg: boolean): Buffer {
    if (bytes.length !== expected || (jpeg && bytes.readUInt16BE(bytes.length - 2) !== END_MARKER))
      throw new Problem('derivative-damaged', { detail: `${key}: a tile is not whole` });
    return bytes;
  }

  /** Tiles that lie side by side are one range; `places` are theirs among the tiles. */
  function rangesOf(index: number, tiles: readonly number[]): StoredRange[] {
    const { offsets, counts } = levelAt(index);
    const ranges: StoredRange[] = [];
    for (const [place, tile] of tiles.entries()) {
      const [from, count] = [offsets[tile], counts[tile]];
      if (from === undefined || count === undefined) throw new RangeError(`no tile ${tile} on level ${index}`);
      const before = ranges.at(-1);
      if (before?.to === from && from + count - before.from <= RANGE) {
        before.to += count;
        before.places.push({ place, count });
      } else ranges.push({ from, to: from + count, places: [{ place, count }] });
    }
    return ranges;
  }

  function split(index: number, { places }: StoredRange, bytes: Buffer, into: Buffer[]): void {
    const jpeg = levelAt(index).compression === COMPRESSION.jpeg;
    let at = 0;
    for (const { place, count } of places) {
      into[place] = demandWhole(bytes.subarray(at, at + count), count, jpeg);
      at += count;
    }
  }

  const lengthOf = ({ at, end, prefix }: Place) => prefix.length + end - at;

  function readInto({ from, at, end, prefix, jpeg }: Place, target: Buffer): boolean {
    const start = target.length - (end - at);
    prefix.copy(target, start - prefix.length);
    const count = from.readNow({ from: at, to: end }, target, start);
    if (count === undefined) return false;
    demandWhole(count === end - at ? target : target.subarray(0, start + count), target.length, jpeg);
    return true;
  }

  function readNow(place: Place): Buffer | undefined {
    const target = Buffer.allocUnsafe(lengthOf(place));
    return readInto(place, target) ? target : undefined;
  }

  async function read(place: Place): Promise<Buffer> {
    const now = readNow(place);
    if (now) return now;
    const { from, at, end, prefix, jpeg } = place;
    const bytes = await from.read({ from: at, to: end });
    return demandWhole(Buffer.concat([prefix, bytes]), prefix.length + end - at, jpeg);
  }

  return {
    ...table,
    key,
    modified,
    lastModified: modified.toUTCString(),
    passes: (index, tile, size) => {
      const { tileWidth, tileHeight } = levelAt(index);
      return (size.width === tileWidth && size.height === tileHeight) || cropOf(index, tile, size) !== undefined;
    },
    tileLength: (index, tile, size) => lengthOf(place(index, tile, size)),
    tileNow: (index, tile, size) => readNow(place(index, tile, size)),
    tileInto: (index, tile, size, target) => readInto(place(index, tile, size), target),
    tile: (index, tile, size) => read(place(index, tile, size)),
    wholeTile: (index, tile) => read(wholePlace(index, tile)),
    storedTiles: async (index, tiles) => {
      const stored: Buffer[] = [];
      await eachBounded(rangesOf(index, tiles), READS_AT_ONCE, async (range) => {
        split(index, range, await file.read(range), stored);
      });
      return stored;
    },
    storedTilesNow: (index, tiles) => {
      const stored: Buffer[] = [];
      for (const range of rangesOf(index, tiles)) {
        const bytes = Buffer.allocUnsafe(range.to - range.from);
        const count = file.readNow(range, bytes, 0);
        if (count === undefined) return undefined;
        split(index, range, bytes.subarray(0, count), stored);
      }
      return stored;
    },
    whole: () => Promise.reject(new RangeError(`${key} is read by tiles`)),
    prefix: (index) => prefixes[index] ?? Buffer.alloc(0),
  };
}
