const LINE_FEED = 10;

/** Strings in the order of code units, in the bytes in which they were written: apart by line feeds. Most are never asked for. */
export class StringList {
  readonly #bytes: Buffer;
  /** Where each begins; and where one more would. */
  readonly #starts: Uint32Array;

  constructor(bytes: Buffer, isEmpty = bytes.length === 0) {
    this.#bytes = bytes;
    let count = isEmpty ? 0 : 1;
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === LINE_FEED) count++;
    this.#starts = new Uint32Array(count + 1);
    let place = 1;
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === LINE_FEED) this.#starts[place++] = at + 1;
    this.#starts[count] = bytes.length + 1;
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  at(place: number): string {
    return this.#bytes.toString('utf8', this.#starts[place] ?? 0, Math.max(0, (this.#starts[place + 1] ?? 0) - 1));
  }

  /** The place of a string; undefined where it is not there. */
  placeOf(wanted: string): number | undefined {
    const place = this.firstFrom(wanted);
    return place < this.length && this.at(place) === wanted ? place : undefined;
  }

  /** The place of the first that is not before a string. */
  firstFrom(wanted: string): number {
    return firstAtLeast(this.length, (place) => this.at(place) >= wanted);
  }

  *[Symbol.iterator](): Generator<string> {
    for (let place = 0; place < this.length; place++) yield this.at(place);
  }

  /** The strings that begin with another, half-open. */
  beginningWith(prefix: string): { readonly from: number; readonly to: number } {
    const from = this.firstFrom(prefix);
    return { from, to: from + firstAtLeast(this.length - from, (place) => !this.at(from + place).startsWith(prefix)) };
  }
}

/** The first of `count` places at which an ordered condition holds. */
function firstAtLeast(count: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
