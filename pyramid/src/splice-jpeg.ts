import { PHOTOMETRIC, type PyramidLevel } from './pyramid-level.ts';

/** "Adobe", version 100, no flags, transform 0: the three components are RGB, not YCbCr. */
const ADOBE_RGB = Buffer.from([0xff, 0xee, 0x00, 0x0e, 0x41, 0x64, 0x6f, 0x62, 0x65, 0x00, 0x64, 0x00, 0x00, 0x00, 0x00, 0x00]);
const START = Buffer.from([0xff, 0xd8]);
const MARKER = 2;
const PROFILE_NAME = Buffer.from('ICC_PROFILE\0', 'latin1');
/** What fits into one APP2 segment beside its length, name and numbers (ICC.1:2022, B.4). */
const PROFILE_PART = 65_535 - 2 - PROFILE_NAME.length - 2;

/**
 * What stands before each stored tile of a level to make it a JPEG of its own (TIFF Technical Note 2): the start marker, an Adobe marker for RGB
 * tiles, without which browsers take them for YCbCr, the colour profile, and the shared tables without their own start and end. The tile follows
 * without its start marker.
 */
export function jpegPrefix({ tables, photometric }: Pick<PyramidLevel, 'tables' | 'photometric'>, profile?: Buffer): Buffer {
  const shared = tables && tables.length > 2 * MARKER ? tables.subarray(MARKER, tables.length - MARKER) : Buffer.alloc(0);
  const adobe = photometric === PHOTOMETRIC.rgb ? ADOBE_RGB : Buffer.alloc(0);
  return Buffer.concat([START, adobe, ...profileSegments(profile), shared]);
}

/** A stored tile as a JPEG of its own. */
export function spliceJpeg(tile: Buffer, prefix: Buffer): Buffer {
  return Buffer.concat([prefix, tile.subarray(MARKER)]);
}

function profileSegments(profile: Buffer | undefined): Buffer[] {
  if (!profile) return [];
  const parts = Math.ceil(profile.length / PROFILE_PART);
  if (parts > 255) return [];
  return Array.from({ length: parts }, (_, n) => {
    const part = profile.subarray(n * PROFILE_PART, (n + 1) * PROFILE_PART);
    const head = Buffer.from([0xff, 0xe2, 0, 0]);
    head.writeUInt16BE(2 + PROFILE_NAME.length + 2 + part.length, 2);
    return Buffer.concat([head, PROFILE_NAME, Buffer.from([n + 1, parts]), part]);
  });
}

/** A JPEG with a colour profile, where there is one. */
export function withProfile(jpeg: Buffer, profile: Buffer | undefined): Buffer {
  return profile ? Buffer.concat([START, ...profileSegments(profile), jpeg.subarray(MARKER)]) : jpeg;
}
