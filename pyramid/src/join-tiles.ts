import { jpegParts, MARKER, resizedFrame, restartParts, segmentBytes } from './jpeg-segments.ts';
import type { Size } from './pyramid-level.ts';
import { damaged } from './tiff-file.ts';

export type JoinedTiles = {
  /** As stored, row by row; each restarts at each row of its units. */
  readonly tiles: readonly Buffer[];
  /** Tiles in a row. */
  readonly across: number;
  /** What makes such a tile a JPEG of its own. */
  readonly prefix: Buffer;
  readonly unit: Size;
  readonly tile: Size;
  /** The size of the whole: as many units in a row as all its tiles have. */
  readonly size: Size;
};

const END = Buffer.from([0xff, MARKER.eoi]);
const RESTART = 2;

/**
 * Stored tiles as one JPEG, without decoding any: a scan that restarts at each row of units is a list of rows that know nothing of each other, so the
 * rows of neighbours follow one another, and only the restarts are numbered anew (ITU-T T.81, F.1.1.5.2).
 *
 * @throws Problem `derivative-damaged` where a tile has other rows than it should
 */
export function joinTiles({ tiles, across, prefix, unit, tile, size }: JoinedTiles): Buffer {
  const [first] = tiles;
  const parts = first && jpegParts(first);
  if (!parts) throw damaged('a tile is no JPEG');
  const head = parts.segments.map((segment) =>
    segmentBytes(segment.marker === MARKER.sof0 ? resizedFrame(segment, size.width, size.height) : segment),
  );
  const scans = tiles.map((stored) => {
    const scan = jpegParts(stored)?.scan;
    if (!scan) throw damaged('a tile is no JPEG');
    return { scan, rows: restartParts(scan) };
  });
  const rowsOfTile = Math.ceil(tile.height / unit.height);
  const rows = Math.ceil(size.height / unit.height);
  const before = [prefix, ...head].reduce((sum, { length }) => sum + length, 0);
  const room = Buffer.allocUnsafe(before + scans.reduce((sum, { scan }) => sum + scan.length + RESTART, 0) + END.length);
  let at = 0;
  for (const bytes of [prefix, ...head]) at += bytes.copy(room, at);
  for (let row = 0; row < rows; row++) {
    const [line, own] = [Math.floor(row / rowsOfTile) * across, row % rowsOfTile];
    for (let column = 0; column < across; column++) {
      const { scan, rows: marks } = scans[line + column] ?? {};
      const [from, to] = [marks?.[own * 2], marks?.[own * 2 + 1]];
      if (!scan || from === undefined || to === undefined) throw damaged('a tile has fewer rows than it should');
      if (row + column > 0) {
        room[at] = 0xff;
        room[at + 1] = MARKER.rst0 + ((row * across + column - 1) & 7);
        at += RESTART;
      }
      at += scan.copy(room, at, from, to);
    }
  }
  at += END.copy(room, at);
  return room.subarray(0, at);
}
