import { BitReader, BitWriter } from './entropy-bits.ts';
import { type HuffmanTable, readHuffmanTables } from './huffman-table.ts';
import { type JpegSegment, jpegParts, MARKER, segmentBytes } from './jpeg-segments.ts';
import { spliceJpeg } from './splice-jpeg.ts';

type Component = { readonly id: number; readonly across: number; readonly down: number; dc?: HuffmanTable; ac?: HuffmanTable };
type Frame = { readonly width: number; readonly height: number; readonly components: readonly Component[] };

const BLOCK = 8;

/**
 * The upper left part of a stored tile without decoding its pixels: the blocks that show are kept bit by bit, the others left out. Only the
 * difference of a block whose neighbour is gone is written anew. What comes out is a stream like the stored one, without the tables that all tiles
 * share.
 *
 * Undefined where the tile is not of a kind that this is done for (progressive, restart markers, a code that its tables lack): then it must be
 * decoded.
 *
 * @param prefix what makes the tile a JPEG of its own
 * @param width what shows of it, in pixels, and `height` likewise
 */
export function cropJpeg(tile: Buffer, prefix: Buffer, width: number, height: number): Buffer | undefined {
  const parts = jpegParts(spliceJpeg(tile, prefix));
  const own = jpegParts(tile);
  const frame = parts && frameOf(parts.segments);
  if (!parts || !own || !frame || width > frame.width || height > frame.height) return undefined;
  const scan = cropScan(parts.scan, frame, width, height);
  if (!scan) return undefined;
  const segments = own.segments.map((segment) => segmentBytes(segment.marker === MARKER.sof0 ? resized(segment, width, height) : segment));
  return Buffer.concat([Buffer.from([0xff, MARKER.soi]), ...segments, scan, Buffer.from([0xff, MARKER.eoi])]);
}

function resized({ marker, payload }: JpegSegment, width: number, height: number): JpegSegment {
  const changed = Buffer.from(payload);
  changed.writeUInt16BE(height, 1);
  changed.writeUInt16BE(width, 3);
  return { marker, payload: changed };
}

/** A baseline frame of 8 bits whose components stand in one scan without restarts; undefined for any other. */
function frameOf(segments: readonly JpegSegment[]): Frame | undefined {
  const tables = new Map<number, HuffmanTable>();
  let components: Component[] | undefined;
  let [width, height] = [0, 0];
  for (const { marker, payload } of segments) {
    if (marker === MARKER.dht && !readHuffmanTables(payload, tables)) return undefined;
    if (marker === MARKER.dri && payload.readUInt16BE(0) !== 0) return undefined;
    if (marker === MARKER.sof0) {
      if (payload[0] !== 8 || payload.length < 6) return undefined;
      [height, width] = [payload.readUInt16BE(1), payload.readUInt16BE(3)];
      components = Array.from({ length: payload[5] ?? 0 }, (_, n) => {
        const sampling = payload[7 + n * 3] ?? 0;
        return { id: payload[6 + n * 3] ?? 0, across: sampling >> 4, down: sampling & 15 };
      });
    }
    if (marker === MARKER.sos) {
      const count = payload[0] ?? 0;
      if (!components || count !== components.length) return undefined;
      for (let n = 0; n < count; n++) {
        const component = components.find(({ id }) => id === payload[1 + n * 2]);
        const choice = payload[2 + n * 2] ?? 0;
        const [dc, ac] = [tables.get(choice >> 4), tables.get(0x10 | (choice & 15))];
        if (!component || !dc || !ac) return undefined;
        component.dc = dc;
        component.ac = ac;
      }
    }
  }
  const sound = components?.every(({ across, down, dc }) => dc && across >= 1 && across <= 4 && down >= 1 && down <= 4);
  return components && sound && width > 0 && height > 0 ? { width, height, components } : undefined;
}

function cropScan(scan: Buffer, { width: fullWidth, components }: Frame, width: number, height: number): Buffer | undefined {
  const single = components.length === 1;
  // T.81, A.2: a scan of one component is not interleaved, whatever its sampling factors say.
  const unitWidth = BLOCK * (single ? 1 : Math.max(...components.map(({ across }) => across)));
  const unitHeight = BLOCK * (single ? 1 : Math.max(...components.map(({ down }) => down)));
  const [allColumns, columns, rows] = [Math.ceil(fullWidth / unitWidth), Math.ceil(width / unitWidth), Math.ceil(height / unitHeight)];
  const reader = new BitReader(scan);
  const writer = new BitWriter(scan.length);
  /** Of each component the last DC value read, and the last one written. */
  const read = components.map(() => 0);
  const written = components.map(() => 0);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < allColumns; column++) {
      for (const [place, { across, down, dc, ac }] of components.entries()) {
        if (!dc || !ac) return undefined;
        for (let block = single ? 1 : across * down; block > 0; block--) {
          const difference = readDifference(reader, dc);
          if (difference === undefined) return undefined;
          const value = (read[place] ?? 0) + difference;
          read[place] = value;
          const from = reader.at;
          if (!skipCoefficients(reader, ac)) return undefined;
          if (column >= columns) continue;
          if (!writeDifference(writer, dc, value - (written[place] ?? 0))) return undefined;
          written[place] = value;
          writer.copy(reader, from, reader.at);
        }
      }
      if (reader.isPastEnd) return undefined;
    }
  }
  return writer.finish();
}

/** T.81, F.2.2.1. */
function readDifference(reader: BitReader, table: HuffmanTable): number | undefined {
  const found = table.decode[reader.peek(16)] ?? 0;
  const category = found & 0xff;
  if (found === 0 || category > 15) return undefined;
  reader.at += found >> 8;
  const bits = reader.take(category);
  return category === 0 ? 0 : bits < 1 << (category - 1) ? bits - (1 << category) + 1 : bits;
}

/** T.81, F.1.2.1. */
function writeDifference(writer: BitWriter, table: HuffmanTable, difference: number): boolean {
  const category = 32 - Math.clz32(Math.abs(difference));
  const entry = table.encode[category];
  if (!entry) return false;
  writer.put(entry.code, entry.length);
  writer.put(difference < 0 ? difference + (1 << category) - 1 : difference, category);
  return true;
}

/** Past the 63 AC coefficients of a block (T.81, F.2.2.2). */
function skipCoefficients(reader: BitReader, table: HuffmanTable): boolean {
  for (let k = 1; k < 64; k++) {
    const found = table.decode[reader.peek(16)] ?? 0;
    if (found === 0) return false;
    reader.at += found >> 8;
    const bits = found & 15;
    const run = (found >> 4) & 15;
    if (bits === 0) {
      if (run !== 15) return true;
      k += 15;
    } else {
      k += run;
      reader.at += bits;
    }
  }
  return true;
}
