import { Problem } from '@vitrine/platform/problem.ts';

/** Reads a half-open range of the file; shorter where the file ends. */
export type ReadRange = (from: number, to: number) => Promise<Buffer>;

/** One level of a pyramid: where each of its tiles lies, row by row. Sizes in pixels. */
export type TiffLevel = {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly across: number;
  readonly down: number;
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  /** The JPEG tables that all tiles share, as one abbreviated stream (TIFF Technical Note 2). */
  readonly tables: Buffer | undefined;
  /** 1 grey, 2 RGB, 6 YCbCr. */
  readonly photometric: number;
};

const MAX_LEVELS = 32;
const MAX_ENTRIES = 512;
const MAX_TILES = 16_000_000;
const JPEG = 7;

const TAG = {
  width: 256,
  height: 257,
  compression: 259,
  photometric: 262,
  tileWidth: 322,
  tileHeight: 323,
  offsets: 324,
  counts: 325,
  tables: 347,
} as const;
/** Bytes of a value by its type: TIFF 6.0, section 2, and BigTIFF's 64-bit types. */
const TYPE_SIZE: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8, 18: 8 };

type Entry = { type: number; count: number; at: number };

/**
 * The levels of a pyramid with JPEG tiles, a page a level, largest first; classic TIFF and BigTIFF, both byte orders. Every count and offset
 * is checked before it is used: the file is ours, but a damaged one must cost no more than an error.
 *
 * @throws Problem `derivative-damaged`
 */
export async function readTiffLevels(read: ReadRange): Promise<TiffLevel[]> {
  const head = await read(0, 16);
  const order = head.toString('latin1', 0, 2);
  if (head.length < 16 || (order !== 'II' && order !== 'MM')) throw damaged('no TIFF header');
  const little = order === 'II';
  const magic = little ? head.readUInt16LE(2) : head.readUInt16BE(2);
  if (magic !== 42 && magic !== 43) throw damaged('no TIFF header');
  const file = new TiffFile(read, little, magic === 43);
  const levels: TiffLevel[] = [];
  const seen = new Set<number>();
  let next = file.big ? file.number(head, 8, 8) : file.number(head, 4, 4);
  while (next !== 0) {
    if (seen.has(next) || levels.length >= MAX_LEVELS) throw damaged('the directories form a loop');
    seen.add(next);
    const directory = await file.directory(next);
    levels.push(await level(file, directory.entries));
    next = directory.next;
  }
  if (levels.length === 0) throw damaged('no directory');
  return levels;
}

function damaged(detail: string): Problem {
  return new Problem('derivative-damaged', { detail });
}

async function level(file: TiffFile, entries: ReadonlyMap<number, Entry>): Promise<TiffLevel> {
  const one = async (tag: number, otherwise?: number) => {
    const [value = otherwise] = await file.values(entries.get(tag), 1);
    if (value === undefined) throw damaged(`no tag ${tag}`);
    return value;
  };
  const [width, height, tileWidth, tileHeight] = [
    await one(TAG.width),
    await one(TAG.height),
    await one(TAG.tileWidth),
    await one(TAG.tileHeight),
  ];
  if (width < 1 || height < 1 || tileWidth < 16 || tileHeight < 16 || tileWidth > 4096 || tileHeight > 4096)
    throw damaged('impossible sizes');
  if ((await one(TAG.compression)) !== JPEG) throw damaged('the tiles are not JPEG');
  const across = Math.ceil(width / tileWidth);
  const down = Math.ceil(height / tileHeight);
  const tiles = across * down;
  if (tiles > MAX_TILES) throw damaged('too many tiles');
  const offsets = await file.values(entries.get(TAG.offsets), tiles);
  const counts = await file.values(entries.get(TAG.counts), tiles);
  if (offsets.length !== tiles || counts.length !== tiles) throw damaged(`${offsets.length} tiles instead of ${tiles}`);
  const tables = await file.bytes(entries.get(TAG.tables));
  return { width, height, tileWidth, tileHeight, across, down, offsets, counts, tables, photometric: await one(TAG.photometric) };
}

class TiffFile {
  readonly #read: ReadRange;
  readonly #little: boolean;
  readonly big: boolean;

  constructor(read: ReadRange, little: boolean, big: boolean) {
    this.#read = read;
    this.#little = little;
    this.big = big;
  }

  number(bytes: Buffer, at: number, size: number): number {
    if (at + size > bytes.length) throw damaged('the file ends early');
    if (size === 8) {
      const value = this.#little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('an impossible offset');
      return Number(value);
    }
    return this.#little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
  }

  async directory(at: number): Promise<{ entries: Map<number, Entry>; next: number }> {
    const [countSize, entrySize, pointerSize] = this.big ? [8, 20, 8] : [2, 12, 4];
    const count = this.number(await this.#read(at, at + countSize), 0, countSize);
    if (count > MAX_ENTRIES) throw damaged('too many entries in a directory');
    const start = at + countSize;
    const bytes = await this.#read(start, start + count * entrySize + pointerSize);
    const entries = new Map<number, Entry>();
    for (let n = 0; n < count; n++) {
      const from = n * entrySize;
      const type = this.number(bytes, from + 2, 2);
      const items = this.number(bytes, from + 4, pointerSize);
      const inline = (TYPE_SIZE[type] ?? 8) * items <= pointerSize;
      const field = from + 4 + pointerSize;
      entries.set(this.number(bytes, from, 2), { type, count: items, at: inline ? start + field : this.number(bytes, field, pointerSize) });
    }
    return { entries, next: this.number(bytes, count * entrySize, pointerSize) };
  }

  /** The whole numbers of an entry, at most `most`. */
  async values(entry: Entry | undefined, most: number): Promise<number[]> {
    if (!entry) return [];
    const size = TYPE_SIZE[entry.type];
    if (size === undefined || entry.count > most) throw damaged('an entry of an unexpected type or length');
    const bytes = await this.#read(entry.at, entry.at + entry.count * size);
    return Array.from({ length: entry.count }, (_, n) => this.number(bytes, n * size, size));
  }

  async bytes(entry: Entry | undefined): Promise<Buffer | undefined> {
    if (!entry) return undefined;
    if (entry.count > 65_536) throw damaged('JPEG tables of an impossible length');
    return this.#read(entry.at, entry.at + entry.count);
  }
}
