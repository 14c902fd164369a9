/** Buffers come in sizes a fifth apart, so that one that was given back fits the next of about its size; a tile of 256 or 512 pixels fills one. */
const STEP = 2 ** 0.25;
const SMALLEST = 48 * 1024;

/**
 * Large buffers that are used again. Each one that V8 is told of brings the next collection of the whole heap nearer, and pixels are megabytes a
 * request: without this two thirds of the time went to the collector.
 */
export class BufferPool {
  readonly #most: number;
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #own = new WeakSet<ArrayBufferLike>();
  #held = 0;

  /** @param most bytes that are kept for later */
  constructor(most: number) {
    this.#most = most;
  }

  /** A buffer of so many bytes, with whatever was in it. */
  take(bytes: number): Buffer {
    const size = sizeOf(bytes);
    const found = this.#free.get(size)?.pop();
    if (found) {
      this.#held -= size;
      return Buffer.from(found, 0, bytes);
    }
    const made = new ArrayBuffer(size);
    this.#own.add(made);
    return Buffer.from(made, 0, bytes);
  }

  /** Gives a buffer back: nobody may look at it any more. One that was not taken here is left alone. */
  give({ buffer }: Buffer): void {
    if (!(buffer instanceof ArrayBuffer) || !this.#own.has(buffer) || this.#held + buffer.byteLength > this.#most) return;
    this.#held += buffer.byteLength;
    const free = this.#free.get(buffer.byteLength) ?? [];
    free.push(buffer);
    this.#free.set(buffer.byteLength, free);
  }
}

function sizeOf(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  return Math.ceil(SMALLEST * STEP ** Math.ceil(Math.log(bytes / SMALLEST) / Math.log(STEP) - 1e-9));
}
