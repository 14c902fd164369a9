import { LRUCache } from 'lru-cache';

const LOOK_AHEAD = 16;
/** Bits by which `stride` is looked up: two such tables stay in a processor's first cache. */
export const STRIDE_BITS = 12;
/** Coefficients that the code "end of block" goes past: more than there are. */
export const END_OF_BLOCK = 128;
/** Where an entry of `skip` and `stride` says how many coefficients are passed. */
export const PASSED = 5;

/** A Huffman table of a JPEG (ITU-T T.81, C and F.2.2.3), to be read at once and written. */
export type HuffmanTable = {
  /** By the next 16 bits: length of the code in the upper bits, its value in the lower eight; 0 where there is none. */
  readonly decode: Uint16Array;
  /**
   * The table as one of AC coefficients, by the next 16 bits: in the lower five how many bits a code and its value take, above them how many coefficients
   * it passes; 0 where there is none.
   */
  readonly skip: Uint16Array;
  /** The same by the next twelve bits, of all codes that lie in them whole with their values, up to the end of the block; 0 where not even one does. */
  readonly stride: Uint16Array;
  /** By value: the code and its length; undefined where the table has none for it. */
  readonly encode: readonly ({ readonly code: number; readonly length: number } | undefined)[];
};

/** Reads the tables of a DHT payload into `into`, by class (0 for DC, 16 for AC) and destination. False where they make no sense. */
export function readHuffmanTables(payload: Buffer, into: Map<number, HuffmanTable>): boolean {
  for (let at = 0; at < payload.length; ) {
    if (at + 17 > payload.length) return false;
    const destination = payload[at] ?? 0;
    const lengths = payload.subarray(at + 1, at + 17);
    const total = lengths.reduce((sum, count) => sum + count, 0);
    const values = payload.subarray(at + 17, at + 17 + total);
    if (values.length !== total) return false;
    const table = huffmanTable(lengths, values);
    if (!table) return false;
    into.set(destination, table);
    at += 17 + total;
  }
  return true;
}

/** Tables that were made: nearly all pictures have the same four (T.81, K.3). */
const known = new LRUCache<string, HuffmanTable>({ max: 32 });

function huffmanTable(lengths: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
  const name = `${Buffer.from(lengths).toString('latin1')}${Buffer.from(values).toString('latin1')}`;
  const found = known.get(name) ?? makeTable(lengths, values);
  if (found) known.set(name, found);
  return found;
}

function makeTable(lengths: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
  const decode = new Uint16Array(1 << LOOK_AHEAD);
  const encode: HuffmanTable['encode'][number][] = Array.from({ length: 256 }, () => undefined);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= LOOK_AHEAD; length++, code <<= 1) {
    for (let n = lengths[length - 1] ?? 0; n > 0; n--, code++) {
      const value = values[place++] ?? 0;
      const first = code << (LOOK_AHEAD - length);
      const last = first + (1 << (LOOK_AHEAD - length));
      if (last > decode.length) return undefined;
      decode.fill((length << 8) | value, first, last);
      encode[value] = { code, length };
    }
  }
  const skip = decode.map(skipping);
  return { decode, skip, stride: stridesOf(skip), encode };
}

function stridesOf(skip: Uint16Array): Uint16Array {
  const stride = new Uint16Array(1 << STRIDE_BITS);
  for (let bits = 0; bits < stride.length; bits++) {
    let taken = 0;
    let passed = 0;
    while (passed < END_OF_BLOCK) {
      const next = skip[(bits << (LOOK_AHEAD - STRIDE_BITS + taken)) & 0xffff] ?? 0;
      if (next === 0 || taken + (next & 31) > STRIDE_BITS) break;
      taken += next & 31;
      passed += next >> PASSED;
    }
    stride[bits] = taken | (passed << PASSED);
  }
  return stride;
}

/** T.81, F.1.2.2: a run of zeros and the size of the value after it; sixteen zeros (ZRL), or the end of the block (EOB), without one. */
function skipping(found: number): number {
  if (found === 0) return 0;
  const [run, size] = [(found >> 4) & 15, found & 15];
  const passed = size > 0 || run === 15 ? run + 1 : END_OF_BLOCK;
  return ((found >> 8) + size) | (passed << PASSED);
}
