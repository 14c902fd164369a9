import { BitReader, BitWriter } from './entropy-bits.ts';
import { type StoredTile, storedTile } from './jpeg-frame.ts';
import { MARKER, resizedFrame, restartParts, segmentBytes } from './jpeg-segments.ts';
import type { Size } from './pyramid-level.ts';
import { blockWalk, walkBlocks } from './walk-blocks.ts';
import { walkScan, writeBlock } from './walk-scan.ts';

/**
 * The upper left part of a stored tile without decoding its pixels: the blocks that show are kept bit by bit, the others left out. Only the
 * difference of a block whose neighbour is gone is written anew. What comes out is a stream like the stored one, without the tables that all tiles
 * share; it restarts at each row where that one does.
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
  if (frame.interval === frame.unitsAcross) return cropRows(stored, columns, { width, height });
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

/** The same of a tile that restarts at each row: a row needs nothing of the one before, so its beginning is all that is read. */
function cropRows({ frame, segments, scan }: StoredTile, columns: number, { width, height }: Size): Buffer | undefined {
  const marks = restartParts(scan);
  const walk = blockWalk(frame);
  const blocks = walk.component.length;
  const interval = Buffer.alloc(2);
  interval.writeUInt16BE(columns);
  const head = segments.map((segment) =>
    segmentBytes(
      segment.marker === MARKER.sof0
        ? resizedFrame(segment, width, height)
        : segment.marker === MARKER.dri
          ? { marker: MARKER.dri, payload: interval }
          : segment,
    ),
  );
  const parts = [Buffer.from([0xff, MARKER.soi]), ...head];
  for (let row = 0; row < Math.ceil(height / frame.unit.height); row++) {
    const [from, to] = [marks[row * 2], marks[row * 2 + 1]];
    if (from === undefined || to === undefined) return undefined;
    if (row > 0) parts.push(Buffer.from([0xff, MARKER.rst0 + ((row - 1) % 8)]));
    const coded = scan.subarray(from, to);
    if (columns === frame.unitsAcross) {
      parts.push(coded);
      continue;
    }
    const reader = new BitReader(coded);
    walk.last.fill(0);
    for (let column = 0; column < columns && reader.at >= 0; column++) reader.at = walkBlocks(walk, reader.bytes, reader.at, 0, blocks);
    if (reader.at < 0 || reader.isPastEnd) return undefined;
    const writer = new BitWriter(reader.at >> 3);
    writer.copy(reader, 0, reader.at);
    parts.push(writer.finish());
  }
  return Buffer.concat([...parts, Buffer.from([0xff, MARKER.eoi])]);
}
