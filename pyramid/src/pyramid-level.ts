/** TIFF 6.0, section 8, and the registered additions: how the bytes of a tile are encoded. */
export const COMPRESSION = { none: 1, lzw: 5, jpeg: 7, deflate: 8, oldDeflate: 32_946, jpeg2000: 34_712, webp: 50_001 } as const;
/** TIFF 6.0, section 4 and 22: what the samples of a pixel mean. */
export const PHOTOMETRIC = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, ycbcr: 6 } as const;

export type Size = { readonly width: number; readonly height: number };

/** One level of a pyramid: where each of its tiles lies, row by row. Sizes in pixels. */
export type PyramidLevel = {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Tiles in a row, and rows. */
  readonly across: number;
  readonly down: number;
  readonly compression: number;
  readonly photometric: number;
  /** Samples a pixel, and bits a sample. */
  readonly samples: number;
  readonly bits: number;
  /** The predictor of LZW and deflate; 1 is none. */
  readonly predictor: number;
  /** The JPEG tables that all tiles share, as one abbreviated stream (TIFF Technical Note 2). */
  readonly tables: Buffer | undefined;
  /** Where each of its JPEG tiles restarts at each row of units: a unit. Such tiles can be joined (join-tiles.ts). */
  readonly restarts?: Size;
  /** Bytes from the start of the file, a tile each. */
  readonly offsets: Float64Array;
  readonly counts: Uint32Array;
};

/** The levels of one picture, largest first, and what holds for all of them. */
export type Pyramid = {
  readonly levels: readonly [PyramidLevel, ...PyramidLevel[]];
  /** The ICC profile of the samples. */
  readonly profile: Buffer | undefined;
  /** Pixels a centimetre, across and down, where the file says so. */
  readonly resolution: readonly [number, number] | undefined;
};

/** How much of a tile shows: less than the whole at the right and the lower edge. */
export function visibleSize(level: PyramidLevel, tile: number): Size {
  const column = tile % level.across;
  const row = Math.floor(tile / level.across);
  return {
    width: Math.min(level.tileWidth, level.width - column * level.tileWidth),
    height: Math.min(level.tileHeight, level.height - row * level.tileHeight),
  };
}

/** How near to a power of two a ratio of sizes must be to be one: sizes are rounded at each level. */
const NEAR = 0.05;

/**
 * How many pixels of the whole picture a pixel of a level stands for, across and down. The longer side tells: the shorter one of a thin picture is
 * rounded to a few pixels.
 */
export function scaleFactor(level: Size, full: Size): number {
  const ratio = full.width >= full.height ? full.width / level.width : full.height / level.height;
  const exponent = Math.log2(ratio);
  return Math.abs(exponent - Math.round(exponent)) < NEAR ? 2 ** Math.round(exponent) : Math.max(1, Math.round(ratio));
}
