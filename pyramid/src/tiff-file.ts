import { Problem } from '@vitrine/platform/problem.ts';

/** Reads a half-open range of the file; shorter where the file ends. */
export type ReadRange = (from: number, to: number) => Promise<Buffer>;

export type TiffEntry = { readonly type: number; readonly count: number; readonly at: number };
/** Entries in the order of the file. */
export type TiffDirectory = { readonly entries: ReadonlyMap<number, TiffEntry>; readonly next: number };

/** Bytes of a value by its type: TIFF 6.0, section 2, and BigTIFF's 64-bit types. */
const TYPE_SIZE: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};
/** Of these the values are no whole numbers without a sign: text, signed, floating point. */
const NO_NUMBERS = new Set([2, 6, 8, 9, 10, 11, 12, 17]);
const RATIONAL = 5;
const MAX_ENTRIES = 512;
/** What is read at once: directories and their lists lie close together, and on an object store each read is a round trip. */
const WINDOW = 64 * 1024;
const WINDOWS_KEPT = 8;

export function damaged(detail: string): Problem {
  return new Problem('derivative-damaged', { detail });
}

/** Classic TIFF and BigTIFF in both byte orders, read by ranges. Every count and offset is checked before it is used. */
export class TiffFile {
  readonly #read: ReadRange;
  readonly little: boolean;
  /** BigTIFF. */
  readonly big: boolean;
  /** Where the first directory lies. */
  readonly first: number;

  /** @throws Problem `derivative-damaged` */
  static async open(read: ReadRange): Promise<TiffFile> {
    const windowed = windowedRead(read);
    const head = await windowed(0, 16);
    const order = head.toString('latin1', 0, 2);
    if (head.length < 16 || (order !== 'II' && order !== 'MM')) throw damaged('no TIFF header');
    const little = order === 'II';
    const magic = little ? head.readUInt16LE(2) : head.readUInt16BE(2);
    if (magic !== 42 && magic !== 43) throw damaged('no TIFF header');
    return new TiffFile(windowed, little, magic === 43, head);
  }

  private constructor(read: ReadRange, little: boolean, big: boolean, head: Buffer) {
    this.#read = read;
    this.little = little;
    this.big = big;
    this.first = big ? this.#number(head, 8, 8) : this.#number(head, 4, 4);
  }

  #number(bytes: Buffer, at: number, size: number): number {
    if (at + size > bytes.length) throw damaged('the file ends early');
    if (size === 8) {
      const value = this.little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('an impossible offset');
      return Number(value);
    }
    return this.little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
  }

  async directory(at: number): Promise<TiffDirectory> {
    const [countSize, entrySize, pointerSize] = this.big ? [8, 20, 8] : [2, 12, 4];
    const count = this.#number(await this.#read(at, at + countSize), 0, countSize);
    if (count > MAX_ENTRIES) throw damaged('too many entries in a directory');
    const start = at + countSize;
    const bytes = await this.#read(start, start + count * entrySize + pointerSize);
    const entries = new Map<number, TiffEntry>();
    for (let n = 0; n < count; n++) {
      const from = n * entrySize;
      const type = this.#number(bytes, from + 2, 2);
      const items = this.#number(bytes, from + 4, pointerSize);
      const inline = (TYPE_SIZE[type] ?? 8) * items <= pointerSize;
      const field = from + 4 + pointerSize;
      const there = inline ? start + field : this.#number(bytes, field, pointerSize);
      entries.set(this.#number(bytes, from, 2), { type, count: items, at: there });
    }
    return { entries, next: this.#number(bytes, count * entrySize, pointerSize) };
  }

  /** The numbers of an entry, at most `most`; a rational one as its quotient. */
  async values(entry: TiffEntry | undefined, most: number): Promise<Float64Array> {
    if (!entry) return new Float64Array(0);
    const size = TYPE_SIZE[entry.type];
    if (size === undefined || NO_NUMBERS.has(entry.type) || entry.count > most) throw damaged('an entry of an unexpected type or length');
    const bytes = await this.#read(entry.at, entry.at + entry.count * size);
    const values = new Float64Array(entry.count);
    for (let n = 0; n < entry.count; n++)
      values[n] =
        entry.type === RATIONAL ? this.#number(bytes, n * 8, 4) / this.#number(bytes, n * 8 + 4, 4) : this.#number(bytes, n * size, size);
    return values;
  }

  async bytes(entry: TiffEntry | undefined, most: number): Promise<Buffer | undefined> {
    return entry && this.#whole(entry.at, entry.count, most);
  }

  /** The bytes of an entry's values, in the byte order of the file. */
  async raw({ type, count, at }: TiffEntry, most: number): Promise<Buffer> {
    return this.#whole(at, count * (TYPE_SIZE[type] ?? Number.POSITIVE_INFINITY), most);
  }

  async #whole(at: number, length: number, most: number): Promise<Buffer> {
    if (length > most) throw damaged('an entry of an impossible length');
    const bytes = await this.#read(at, at + length);
    if (bytes.length < length) throw damaged('the file ends early');
    return bytes;
  }
}

function windowedRead(read: ReadRange): ReadRange {
  const windows = new Map<number, Buffer>();
  return async (from, to) => {
    const at = Math.floor(from / WINDOW) * WINDOW;
    if (to - at > WINDOW) return read(from, to);
    let window = windows.get(at);
    if (!window) {
      window = await read(at, at + WINDOW);
      if (windows.size >= WINDOWS_KEPT) windows.clear();
      windows.set(at, window);
    }
    return window.subarray(from - at, Math.max(from, to) - at);
  };
}
