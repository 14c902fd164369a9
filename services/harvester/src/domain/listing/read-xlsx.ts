import { Problem } from '@vitrine/platform/problem.ts';
import { unzipSync } from 'fflate';
import { readSheet } from 'read-excel-file/universal';
import { type Table, tableOf } from './table.ts';

/** What a workbook may take unpacked, against bombs. */
const MOST_BYTES = 200_000_000;

/** Whether bytes are a ZIP file, as a workbook is one. */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * A sheet of an Excel workbook (ISO/IEC 29500): the first, or the one named. Dates become `YYYY-MM-DD`, or with a time where they have one.
 *
 * @throws Problem `listing-invalid`
 */
export async function readXlsx(bytes: Uint8Array, place: string, sheet?: string): Promise<Table> {
  const invalid = (cause: unknown) =>
    new Problem('listing-invalid', { detail: `${place} as a workbook: ${cause instanceof Error ? cause.message : String(cause)}`, cause });
  const copy = new Uint8Array(bytes);
  let unpacked = 0;
  try {
    // Its directory says how large it gets, and no part is unpacked beyond what it says.
    unzipSync(copy, {
      filter: ({ originalSize }) => {
        unpacked += originalSize;
        return false;
      },
    });
  } catch (cause) {
    throw invalid(cause);
  }
  if (unpacked > MOST_BYTES) throw invalid(new Error(`it takes ${unpacked} bytes unpacked, more than ${MOST_BYTES}`));
  const rows = await readSheet(copy.buffer, sheet ?? 1).catch((cause: unknown) => {
    throw invalid(cause);
  });
  return tableOf(
    rows.map((cells, at) => ({ line: at + 1, cells: cells.map(written) })),
    place,
  );
}

function written(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date)
    return cell
      .toISOString()
      .replace(/T00:00:00\.000Z$/, '')
      .replace(/\.000Z$/, 'Z');
  return String(cell);
}
