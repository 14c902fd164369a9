/** "Adobe", version 100, no flags, transform 0: the three components are RGB, not YCbCr. */
const ADOBE_RGB = Buffer.from([0xff, 0xee, 0x00, 0x0e, 0x41, 0x64, 0x6f, 0x62, 0x65, 0x00, 0x64, 0x00, 0x00, 0x00, 0x00, 0x00]);
const START = Buffer.from([0xff, 0xd8]);
const MARKER = 2;

/**
 * A stored tile as a JPEG of its own (TIFF Technical Note 2): the shared tables without their end marker, then the tile without its start
 * marker. RGB tiles get an Adobe marker, without which browsers take them for YCbCr.
 */
export function spliceJpeg(tile: Buffer, tables: Buffer | undefined, photometric: number): Buffer {
  const shared = tables && tables.length > 2 * MARKER ? tables.subarray(MARKER, tables.length - MARKER) : Buffer.alloc(0);
  const adobe = photometric === 2 ? ADOBE_RGB : Buffer.alloc(0);
  return Buffer.concat([START, adobe, shared, tile.subarray(MARKER)]);
}
