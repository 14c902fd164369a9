import { BitWriter } from './entropy-bits.ts';
import { storedTile } from './jpeg-frame.ts';
import { type JpegSegment, MARKER, segmentBytes } from './jpeg-segments.ts';
import type { Size } from './pyramid-level.ts';
import { walkScan, writeBlock } from './walk-scan.ts';

export type RestartingTile = { readonly bytes: Buffer; readonly unit: Size };

/**
 * A stored tile whose scan restarts at each row of units, bit by bit the picture that it was: the rows of several such tiles, one beside the other,
 * are a larger picture (join-tiles.ts). It grows by some six bytes a row.
 *
 * Undefined where the tile is not of a kind that this is done for, as in crop-jpeg.ts.
 *
 * @param prefix what makes the tile a JPEG of its own
 */
export function restartRows(tile: Buffer, prefix: Buffer): RestartingTile | undefined {
  const stored = storedTile(tile, prefix);
  if (!stored) return undefined;
  const { frame, segments, scan } = stored;
  const { unit, unitsAcross, components } = frame;
  const rows = Math.ceil(frame.height / unit.height);
  const parts: Buffer[] = [];
  let writer = new BitWriter(Math.ceil(scan.length / rows));
  const written = components.map(() => 0);
  let current = 0;
  const sound = walkScan(scan, frame, rows, (block) => {
    const { component, row, value } = block;
    const dc = components[component]?.dc;
    if (row !== current) {
      parts.push(writer.finish(), Buffer.from([0xff, MARKER.rst0 + (current % 8)]));
      writer = new BitWriter(Math.ceil(scan.length / rows));
      written.fill(0);
      current = row;
    }
    if (!dc || !writeBlock(writer, block, dc, written[component] ?? 0)) return false;
    written[component] = value;
    return true;
  });
  if (!sound) return undefined;
  const head = withInterval(segments, unitsAcross).map(segmentBytes);
  const end = Buffer.from([0xff, MARKER.eoi]);
  return { unit, bytes: Buffer.concat([Buffer.from([0xff, MARKER.soi]), ...head, ...parts, writer.finish(), end]) };
}

/** The segments of a picture that restarts after so many units (T.81, B.2.4.4). */
function withInterval(segments: readonly JpegSegment[], units: number): JpegSegment[] {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(units);
  const rest = segments.filter(({ marker }) => marker !== MARKER.dri);
  return [...rest.slice(0, -1), { marker: MARKER.dri, payload }, ...rest.slice(-1)];
}
