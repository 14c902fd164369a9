/** Most stored tiles fit, with what comes before them. */
const SIZE = 64 * 1024;

export type WirePool = { take(bytes: number): Buffer; give(wire: Buffer): void };

/** Buffers for answers that are sent and not kept: to make one costs more than to read the tile into it. */
export function wirePool(most: number): WirePool {
  const free: ArrayBuffer[] = [];
  return {
    take: (bytes) => {
      if (bytes > SIZE) return Buffer.allocUnsafe(bytes);
      return Buffer.from(free.pop() ?? new ArrayBuffer(SIZE), 0, bytes);
    },
    give: ({ buffer }) => {
      if (buffer instanceof ArrayBuffer && buffer.byteLength === SIZE && free.length < most) free.push(buffer);
    },
  };
}
