/** A part of an object's text: from its first unit to its last, both within. */
export type UnitRange = { readonly first: number; readonly last: number };

/** Parts of an object's text in their order: there may be as many as it has words. */
export class UnitRanges {
  static readonly NONE = new UnitRanges(new Uint32Array(0), new Uint32Array(0));
  readonly firsts: Uint32Array;
  readonly lasts: Uint32Array;

  constructor(firsts: Uint32Array, lasts: Uint32Array) {
    this.firsts = firsts;
    this.lasts = lasts;
  }

  /** Each a word by itself. */
  static ofWords(units: Uint32Array): UnitRanges {
    return new UnitRanges(units, units);
  }

  get areWords(): boolean {
    return this.firsts === this.lasts;
  }

  get length(): number {
    return this.firsts.length;
  }

  slice(from: number, to?: number): UnitRanges {
    const firsts = this.firsts.subarray(from, to);
    return new UnitRanges(firsts, this.areWords ? firsts : this.lasts.subarray(from, to));
  }

  *[Symbol.iterator](): Generator<UnitRange> {
    for (const [place, first] of this.firsts.entries()) yield { first, last: this.lasts[place] ?? first };
  }
}
