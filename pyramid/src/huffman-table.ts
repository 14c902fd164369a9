const LOOK_AHEAD = 16;

/** A Huffman table of a JPEG (ITU-T T.81, C and F.2.2.3), to be read at once and written. */
export type HuffmanTable = {
  /** By the next 16 bits: length of the code in the upper bits, its value in the lower eight; 0 where there is none. */
  readonly decode: Uint16Array;
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

function huffmanTable(lengths: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
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
  return { decode, encode };
}
