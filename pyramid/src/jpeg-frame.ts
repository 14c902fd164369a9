import { type HuffmanTable, readHuffmanTables } from './huffman-table.ts';
import { type JpegSegment, jpegParts, jpegSegments, MARKER } from './jpeg-segments.ts';
import type { Size } from './pyramid-level.ts';

type Component = {
  readonly id: number;
  /** Blocks of a unit, across and down. */
  readonly across: number;
  readonly down: number;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
};

/** A baseline picture of 8 bits whose components stand in one scan (ITU-T T.81, A.2). */
export type JpegFrame = Size & {
  readonly components: readonly Component[];
  /** What is coded together (minimum coded unit), in pixels; and how many of them are in a row. */
  readonly unit: Size;
  readonly unitsAcross: number;
  /** Units after which the scan restarts; 0 is never. */
  readonly interval: number;
};

/** A stored tile, taken apart. */
export type StoredTile = {
  readonly frame: JpegFrame;
  /** Its own segments, without what it shares with others. */
  readonly segments: readonly JpegSegment[];
  readonly scan: Buffer;
};

const BLOCK = 8;

/** A stored tile and its frame; undefined where it is not such a picture, or lacks a table. @param prefix what makes it a JPEG of its own */
export function storedTile(tile: Buffer, prefix: Buffer): StoredTile | undefined {
  const parts = jpegParts(tile);
  const shared = sharedTables(prefix);
  if (!parts || !shared) return undefined;
  const frame = frameOf(parts.segments, shared);
  return frame && { frame, ...parts };
}

type Tables = ReadonlyMap<number, HuffmanTable>;
/** The tables of a prefix are read once: all tiles of a level share one. */
const read = new WeakMap<Buffer, Tables | null>();

function sharedTables(prefix: Buffer): Tables | undefined {
  let tables = read.get(prefix);
  if (tables === undefined) {
    tables = tablesOf(jpegSegments(prefix) ?? [], new Map()) ?? null;
    read.set(prefix, tables);
  }
  return tables ?? undefined;
}

function tablesOf(segments: readonly JpegSegment[], shared: Tables): Tables | undefined {
  const own = segments.filter(({ marker }) => marker === MARKER.dht);
  if (own.length === 0) return shared;
  const tables = new Map(shared);
  return own.every(({ payload }) => readHuffmanTables(payload, tables)) ? tables : undefined;
}

function frameOf(segments: readonly JpegSegment[], shared: Tables): JpegFrame | undefined {
  const tables = tablesOf(segments, shared);
  const payloadOf = (marker: number) => segments.find((segment) => segment.marker === marker)?.payload;
  const [start, scan, restart] = [payloadOf(MARKER.sof0), payloadOf(MARKER.sos), payloadOf(MARKER.dri)];
  if (!tables || !start || !scan || start.length < 6 || start[0] !== BLOCK || scan[0] !== start[5]) return undefined;
  const [height, width] = [start.readUInt16BE(1), start.readUInt16BE(3)];
  const components: Component[] = [];
  for (let n = 0; n < (start[5] ?? 0); n++) {
    // In the order of the scan; by T.81, B.2.3 that is the frame's.
    const [id, sampling, choice] = [start[6 + n * 3], start[7 + n * 3] ?? 0, scan[2 + n * 2] ?? 0];
    const [across, down] = [sampling >> 4, sampling & 15];
    const [dc, ac] = [tables.get(choice >> 4), tables.get(0x10 | (choice & 15))];
    if (id === undefined || scan[1 + n * 2] !== id || !dc || !ac) return undefined;
    if (across < 1 || across > 4 || down < 1 || down > 4) return undefined;
    components.push({ id, across, down, dc, ac });
  }
  if (components.length === 0 || width === 0 || height === 0 || (restart && restart.length < 2)) return undefined;
  // T.81, A.2: a scan of one component is not interleaved, whatever its sampling factors say.
  const single = components.length === 1;
  const unit = {
    width: BLOCK * (single ? 1 : Math.max(...components.map(({ across }) => across))),
    height: BLOCK * (single ? 1 : Math.max(...components.map(({ down }) => down))),
  };
  return { width, height, components, unit, unitsAcross: Math.ceil(width / unit.width), interval: restart?.readUInt16BE(0) ?? 0 };
}
