import { END_OF_BLOCK, type HuffmanTable, PASSED, STRIDE_BITS } from './huffman-table.ts';
import type { JpegFrame } from './jpeg-frame.ts';

/** The tables of each block of a unit, in the order of the scan, and what the walk has read of each component so far. */
export type BlockWalk = {
  readonly component: Uint8Array;
  readonly dc: readonly Uint16Array[];
  readonly ac: readonly HuffmanTable[];
  /** The last DC value of each component. */
  readonly last: Int32Array;
};

export function blockWalk({ components }: JpegFrame): BlockWalk {
  const single = components.length === 1;
  const blocks = components.flatMap((described, component) =>
    Array.from({ length: single ? 1 : described.across * described.down }, () => ({ component, ...described })),
  );
  return {
    component: Uint8Array.from(blocks, ({ component }) => component),
    dc: blocks.map(({ dc }) => dc.decode),
    ac: blocks.map(({ ac }) => ac),
    last: new Int32Array(components.length),
  };
}

/**
 * Goes past blocks of a scan, from one of a unit to before another of the unit, adding up their DC differences (T.81, F.2.2): in local variables and typed arrays alone, since
 * nearly all of the time that a tile takes is spent here.
 *
 * @param at where the first block begins, in bits
 * @returns where the last one ends; -1 where the tables lack a code
 */
export function walkBlocks({ component, dc, ac, last }: BlockWalk, bytes: Uint8Array, at: number, first: number, end: number): number {
  for (let block = first; block < end; block++) {
    const dcTable = dc[block];
    const acTable = ac[block];
    if (!dcTable || !acTable) return -1;
    const place = component[block] ?? 0;
    let byte = at >>> 3;
    const found =
      dcTable[((((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8) | (bytes[byte + 2] ?? 0)) >>> (8 - (at & 7))) & 0xffff] ?? 0;
    const size = found & 0xff;
    if (found === 0 || size > 15) return -1;
    at += found >> 8;
    if (size > 0) {
      byte = at >>> 3;
      const window = ((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8) | (bytes[byte + 2] ?? 0);
      const value = (window >>> (24 - (at & 7) - size)) & ((1 << size) - 1);
      last[place] = (last[place] ?? 0) + (value < 1 << (size - 1) ? value - (1 << size) + 1 : value);
      at += size;
    }
    at = walkCoefficients(bytes, at, acTable);
    if (at < 0) return -1;
  }
  return at;
}

/** Past the 63 AC coefficients of a block (T.81, F.2.2.2), several at a look. @returns where they end, in bits; -1 where the table lacks a code */
export function walkCoefficients(bytes: Uint8Array, start: number, { stride, skip }: HuffmanTable): number {
  let at = start;
  let k = 1;
  while (k < 64) {
    const byte = at >>> 3;
    const window =
      (((bytes[byte] ?? 0) << 24) | ((bytes[byte + 1] ?? 0) << 16) | ((bytes[byte + 2] ?? 0) << 8) | (bytes[byte + 3] ?? 0)) << (at & 7);
    let step = stride[window >>> (32 - STRIDE_BITS)] ?? 0;
    if (step === 0) {
      step = skip[window >>> 16] ?? 0;
      if (step === 0) return -1;
    }
    at += step & 31;
    k += step >> PASSED;
  }
  // What was looked at together may go beyond a block that ends with its last coefficient.
  return k === 64 || (k > END_OF_BLOCK && k < END_OF_BLOCK + 64) ? at : walkOneByOne(bytes, start, skip);
}

function walkOneByOne(bytes: Uint8Array, start: number, skip: Uint16Array): number {
  let at = start;
  let k = 1;
  while (k < 64) {
    const byte = at >>> 3;
    const next = ((((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8) | (bytes[byte + 2] ?? 0)) >>> (8 - (at & 7))) & 0xffff;
    const step = skip[next] ?? 0;
    if (step === 0) return -1;
    at += step & 31;
    k += step >> PASSED;
  }
  return k === 64 || k > END_OF_BLOCK ? at : -1;
}
