/** The bits of a baseline scan, its stuffed zeros taken out (ITU-T T.81, F.1.2.3). */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** In bits. */
  at = 0;

  constructor(scan: Uint8Array) {
    const bytes = new Uint8Array(scan.length + 4);
    let length = 0;
    for (let n = 0; n < scan.length; n++) {
      const byte = scan[n] ?? 0;
      bytes[length++] = byte;
      if (byte === 0xff && scan[n + 1] === 0) n++;
    }
    this.#bytes = bytes;
    this.#end = length * 8;
  }

  /** The next `count` bits, at most 16, without taking them; zeros behind the end. */
  peek(count: number): number {
    const byte = this.at >>> 3;
    const bytes = this.#bytes;
    const window = ((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8) | (bytes[byte + 2] ?? 0);
    return (window >>> (24 - (this.at & 7) - count)) & ((1 << count) - 1);
  }

  take(count: number): number {
    const value = this.peek(count);
    this.at += count;
    return value;
  }

  get isPastEnd(): boolean {
    return this.at > this.#end;
  }
}

/** Collects bits into a scan, with stuffed zeros. */
export class BitWriter {
  #bytes: Uint8Array;
  #length = 0;
  #held = 0;
  #count = 0;
  /** Bits that are to be copied once it is known that nothing else follows them. */
  #source: BitReader | undefined;
  #from = 0;
  #to = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected + 1024);
  }

  /** At most 16 bits. */
  put(value: number, count: number): void {
    this.#settle();
    this.#add(value, count);
  }

  #add(value: number, count: number): void {
    this.#held = (this.#held << count) | value;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.#push((this.#held >>> this.#count) & 0xff);
    }
    this.#held &= (1 << this.#count) - 1;
  }

  /** The bits of `source` from one place to another, as they are. */
  copy(source: BitReader, from: number, to: number): void {
    if (source !== this.#source || from !== this.#to) {
      this.#settle();
      this.#source = source;
      this.#from = from;
    }
    this.#to = to;
  }

  #settle(): void {
    const source = this.#source;
    if (!source) return;
    this.#source = undefined;
    const back = source.at;
    source.at = this.#from;
    while (source.at < this.#to) {
      const count = Math.min(16, this.#to - source.at);
      this.#add(source.take(count), count);
    }
    source.at = back;
  }

  /** What was put, filled up with ones to a whole byte. */
  finish(): Buffer {
    this.#settle();
    if (this.#count > 0) this.#add((1 << (8 - this.#count)) - 1, 8 - this.#count);
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #push(byte: number): void {
    if (this.#length + 2 > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
    if (byte === 0xff) this.#bytes[this.#length++] = 0;
  }
}
