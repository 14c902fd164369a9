const GROUP = 128;

/** Whole numbers in as few bytes as they need, seven bits a byte, the least first. */
export class VarintWriter {
  #buffer = Buffer.alloc(1024);
  #length = 0;

  unsigned(value: number): void {
    // Eight bytes hold any safe integer.
    if (this.#length + 8 > this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(this.#buffer.length)]);
    let rest = value;
    while (rest >= GROUP) {
      this.#buffer[this.#length++] = (rest % GROUP) + GROUP;
      rest = Math.floor(rest / GROUP);
    }
    this.#buffer[this.#length++] = rest;
  }

  /** Zigzag: small numbers on either side of 0 stay small. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  get length(): number {
    return this.#length;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}

export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  unsigned(): number {
    let value = 0;
    for (let weight = 1; ; weight *= GROUP) {
      const byte = this.#bytes[this.at++] ?? 0;
      value += (byte % GROUP) * weight;
      if (byte < GROUP) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** Numbers of 28 bits that only grow, of which the steps are written. */
export function readSteps(bytes: Uint8Array, at: number, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  let next = at;
  let number = 0;
  for (let n = 0; n < count; n++) {
    let byte = bytes[next++] ?? 0;
    let step = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[next++] ?? 0;
      step |= (byte & 127) << shift;
    }
    number += step;
    numbers[n] = number;
  }
  return numbers;
}
