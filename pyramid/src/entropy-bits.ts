import { MARKER } from './jpeg-segments.ts';

/** The bits of a baseline scan, its stuffed zeros taken out (ITU-T T.81, F.1.2.3). */
export class BitReader {
  /** Without stuffed zeros, and a few more of them at the end. */
  readonly bytes: Uint8Array;
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
    this.bytes = bytes;
    this.#end = length * 8;
  }

  /** The next `count` bits, at most 16, without taking them; zeros behind the end. */
  peek(count: number): number {
    const byte = this.at >>> 3;
    const bytes = this.bytes;
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
    const { bytes } = source;
    let at = this.#from;
    const most = this.#length + 2 * (((this.#to - at) >>> 3) + 2);
    if (most > this.#bytes.length) this.#grow(most);
    // Byte by byte in variables of this function alone: nearly all bits of a scan go through here.
    const into = this.#bytes;
    const [shift, count] = [8 - (at & 7), this.#count];
    let [length, held] = [this.#length, this.#held];
    for (let byte = at >>> 3; at + 8 <= this.#to; at += 8, byte++) {
      const next = ((((bytes[byte] ?? 0) << 8) | (bytes[byte + 1] ?? 0)) >>> shift) & 0xff;
      const whole = (held << (8 - count)) | (next >>> count);
      held = next & ((1 << count) - 1);
      into[length++] = whole;
      if (whole === 0xff) into[length++] = 0;
    }
    this.#length = length;
    this.#held = held;
    const rest = this.#to - at;
    if (rest > 0)
      this.#add(((((bytes[at >>> 3] ?? 0) << 8) | (bytes[(at >>> 3) + 1] ?? 0)) >>> (16 - (at & 7) - rest)) & ((1 << rest) - 1), rest);
  }

  /** Ends an interval by the restart marker of its number (T.81, F.1.1.5.2). */
  restart(interval: number): void {
    this.#fill();
    if (this.#length + 2 > this.#bytes.length) this.#grow(this.#length + 2);
    this.#bytes[this.#length++] = 0xff;
    this.#bytes[this.#length++] = MARKER.rst0 + (interval % 8);
  }

  /** Up to a whole byte with ones (T.81, F.1.2.3). */
  #fill(): void {
    this.#settle();
    if (this.#count > 0) this.#add((1 << (8 - this.#count)) - 1, 8 - this.#count);
  }

  /** What was put, filled up to a whole byte. */
  finish(): Buffer {
    this.#fill();
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #push(byte: number): void {
    if (this.#length + 2 > this.#bytes.length) this.#grow(this.#length + 2);
    this.#bytes[this.#length++] = byte;
    if (byte === 0xff) this.#bytes[this.#length++] = 0;
  }

  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
