import { BitReader, type BitWriter } from './entropy-bits.ts';
import type { HuffmanTable } from './huffman-table.ts';
import type { JpegFrame } from './jpeg-frame.ts';
import { restartParts } from './jpeg-segments.ts';
import { walkCoefficients } from './walk-blocks.ts';

/** A block of a scan as it is coded: its bits in `reader`, and its DC value as the difference leads to it. */
export type CodedBlock = {
  /** Place of its component in the frame. */
  component: number;
  /** Where its unit is. */
  row: number;
  column: number;
  reader: BitReader;
  from: number;
  /** Where its DC difference ends and its AC coefficients begin. */
  acFrom: number;
  to: number;
  value: number;
  difference: number;
};

/**
 * Goes over the blocks of so many rows of units, without decoding what they show. One object is told of all of them in turn. False where the scan is
 * not what its frame says, or `visit` gives up.
 */
export function walkScan(scan: Buffer, frame: JpegFrame, rows: number, visit: (block: CodedBlock) => boolean): boolean {
  const { components, unitsAcross, interval } = frame;
  const single = components.length === 1;
  const parts = interval === 0 ? Uint32Array.of(0, scan.length) : restartParts(scan);
  let part = 0;
  const partReader = () => new BitReader(scan.subarray(parts[part * 2] ?? scan.length, parts[part * 2 + 1] ?? scan.length));
  let reader = partReader();
  const last = components.map(() => 0);
  const block: CodedBlock = { component: 0, row: 0, column: 0, reader, from: 0, acFrom: 0, to: 0, value: 0, difference: 0 };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < unitsAcross; column++) {
      const unit = row * unitsAcross + column;
      if (interval > 0 && unit > 0 && unit % interval === 0) {
        if (reader.isPastEnd || ++part * 2 >= parts.length) return false;
        reader = partReader();
        last.fill(0);
      }
      block.reader = reader;
      block.row = row;
      block.column = column;
      for (let place = 0; place < components.length; place++) {
        const component = components[place];
        if (!component) return false;
        block.component = place;
        for (let blocks = single ? 1 : component.across * component.down; blocks > 0; blocks--) {
          block.from = reader.at;
          const difference = readDifference(reader, component.dc);
          if (difference === undefined) return false;
          block.difference = difference;
          block.value = last[place] = (last[place] ?? 0) + difference;
          block.acFrom = reader.at;
          reader.at = walkCoefficients(reader.bytes, reader.at, component.ac);
          if (reader.at < 0) return false;
          block.to = reader.at;
          if (!visit(block)) return false;
        }
      }
      if (reader.isPastEnd) return false;
    }
  }
  return true;
}

/** A block as it was, its difference to another value before it; false where the table has no code for that. */
export function writeBlock(
  writer: BitWriter,
  { reader, from, acFrom, to, value, difference }: CodedBlock,
  dc: HuffmanTable,
  before: number,
) {
  if (value - before === difference) {
    writer.copy(reader, from, to);
    return true;
  }
  if (!writeDifference(writer, dc, value - before)) return false;
  writer.copy(reader, acFrom, to);
  return true;
}

/** T.81, F.2.2.1. */
export function readDifference(reader: BitReader, table: HuffmanTable): number | undefined {
  const found = table.decode[reader.peek(16)] ?? 0;
  const category = found & 0xff;
  if (found === 0 || category > 15) return undefined;
  reader.at += found >> 8;
  const bits = reader.take(category);
  return category === 0 ? 0 : bits < 1 << (category - 1) ? bits - (1 << category) + 1 : bits;
}

/** T.81, F.1.2.1. */
export function writeDifference(writer: BitWriter, table: HuffmanTable, difference: number): boolean {
  const category = 32 - Math.clz32(Math.abs(difference));
  const entry = table.encode[category];
  if (!entry) return false;
  writer.put(entry.code, entry.length);
  writer.put(difference < 0 ? difference + (1 << category) - 1 : difference, category);
  return true;
}
