import { BitReader, BitWriter } from './entropy-bits.ts';
import { storedTile } from './jpeg-frame.ts';
import { type JpegSegment, MARKER, segmentBytes } from './jpeg-segments.ts';
import type { Size } from './pyramid-level.ts';
import { blockWalk, walkBlocks, walkCoefficients } from './walk-blocks.ts';
import { readDifference, writeDifference } from './walk-scan.ts';

/** Bytes that a row grows by, more or less. */
const GROWTH = 8;

export type RestartingTile = { readonly bytes: Buffer; readonly unit: Size };

/**
 * A stored tile whose scan restarts at each row of units, bit by bit the picture that it was: the rows of several such tiles, one beside the other,
 * are a larger picture (join-tiles.ts). It grows by some six bytes a row.
 *
 * Undefined where the tile is not of a kind that this is done for, as in crop-jpeg.ts, or restarts in a way of its own.
 *
 * @param prefix what makes the tile a JPEG of its own
 */
export function restartRows(tile: Buffer, prefix: Buffer): RestartingTile | undefined {
  const stored = storedTile(tile, prefix);
  if (!stored) return undefined;
  const { frame, segments, scan } = stored;
  const { unit, unitsAcross, components, interval } = frame;
  if (interval === unitsAcross) return { unit, bytes: tile };
  if (interval !== 0) return undefined;
  const rows = Math.ceil(frame.height / unit.height);
  const reader = new BitReader(scan);
  const walk = blockWalk(frame);
  const blocks = walk.component.length;
  const writer = new BitWriter(scan.length + rows * GROWTH);
  for (let row = 0; row < rows; row++) {
    if (row > 0) writer.restart(row - 1);
    for (let block = 0; block < blocks; block++) {
      const component = walk.component[block] ?? 0;
      const dc = components[component]?.dc;
      let from = reader.at;
      if (block > 0 && walk.component[block - 1] === component) reader.at = walkBlocks(walk, reader.bytes, from, block, block + 1);
      else {
        // The first block of a component: its difference is to nothing (T.81, F.1.1.5.1).
        const difference = dc && readDifference(reader, dc);
        const ac = walk.ac[block];
        if (!dc || !ac || difference === undefined) return undefined;
        const value = (walk.last[component] ?? 0) + difference;
        walk.last[component] = value;
        if (!writeDifference(writer, dc, value)) return undefined;
        from = reader.at;
        reader.at = walkCoefficients(reader.bytes, from, ac);
      }
      if (reader.at < 0) return undefined;
      writer.copy(reader, from, reader.at);
    }
    const from = reader.at;
    for (let unitsLeft = unitsAcross - 1; unitsLeft > 0 && reader.at >= 0; unitsLeft--)
      reader.at = walkBlocks(walk, reader.bytes, reader.at, 0, blocks);
    if (reader.at < 0 || reader.isPastEnd) return undefined;
    writer.copy(reader, from, reader.at);
  }
  const head = withInterval(segments, unitsAcross).map(segmentBytes);
  const end = Buffer.from([0xff, MARKER.eoi]);
  return { unit, bytes: Buffer.concat([Buffer.from([0xff, MARKER.soi]), ...head, writer.finish(), end]) };
}

/** The segments of a picture that restarts after so many units (T.81, B.2.4.4). */
function withInterval(segments: readonly JpegSegment[], units: number): JpegSegment[] {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(units);
  const rest = segments.filter(({ marker }) => marker !== MARKER.dri);
  return [...rest.slice(0, -1), { marker: MARKER.dri, payload }, ...rest.slice(-1)];
}
