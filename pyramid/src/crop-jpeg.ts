import { BitWriter } from './entropy-bits.ts';
import { storedTile } from './jpeg-frame.ts';
import { MARKER, resizedFrame, segmentBytes } from './jpeg-segments.ts';
import { walkScan, writeBlock } from './walk-scan.ts';

/**
 * The upper left part of a stored tile without decoding its pixels: the blocks that show are kept bit by bit, the others left out. Only the
 * difference of a block whose neighbour is gone is written anew. What comes out is a stream like the stored one, without restarts and without the
 * tables that all tiles share.
 *
 * Undefined where the tile is not of a kind that this is done for (progressive, a code that its tables lack): then it must be decoded.
 *
 * @param prefix what makes the tile a JPEG of its own
 * @param width what shows of it, in pixels, and `height` likewise
 */
export function cropJpeg(tile: Buffer, prefix: Buffer, width: number, height: number): Buffer | undefined {
  const stored = storedTile(tile, prefix);
  if (!stored || width > stored.frame.width || height > stored.frame.height) return undefined;
  const { frame, segments, scan } = stored;
  const columns = Math.ceil(width / frame.unit.width);
  const writer = new BitWriter(scan.length);
  /** Of each component the last DC value written. */
  const written = frame.components.map(() => 0);
  const sound = walkScan(scan, frame, Math.ceil(height / frame.unit.height), (block) => {
    const { component, column, value } = block;
    const dc = frame.components[component]?.dc;
    if (column >= columns) return true;
    if (!dc || !writeBlock(writer, block, dc, written[component] ?? 0)) return false;
    written[component] = value;
    return true;
  });
  if (!sound) return undefined;
  const head = segments
    .filter(({ marker }) => marker !== MARKER.dri)
    .map((segment) => segmentBytes(segment.marker === MARKER.sof0 ? resizedFrame(segment, width, height) : segment));
  return Buffer.concat([Buffer.from([0xff, MARKER.soi]), ...head, writer.finish(), Buffer.from([0xff, MARKER.eoi])]);
}
