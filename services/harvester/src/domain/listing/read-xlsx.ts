import { Problem } from '@vitrine/platform/problem.ts';
import { unzipSync } from 'fflate';
import { readSheet } from 'read-excel-file/universal';
import { type Table, tableOf } from './table.ts';

/** What a workbook may take unpacked, against bombs. */
const MOST_BYTES = 200_000_000;

/** Cells from the first to the last: whoever reads a sheet makes room for all of them. */
const MOST_CELLS = 5_000_000;

/** How many cells the largest sheet spans, by the places of its cells. */
function gridOf(bytes: Uint8Array): number {
  let most = 0;
  for (const sheet of Object.values(unzipSync(bytes, { filter: ({ name }) => /^\/?xl\/worksheets\/[^/]+\.xml$/i.test(name) }))) {
    let [widest, lowest] = [0, 0];
    // Names of cells are plain letters and digits, whatever the encoding of what is in them.
    for (const [, letters = '', row = ''] of Buffer.from(sheet)
      .toString('latin1')
      .matchAll(/\br\s*=\s*["']([A-Z]{0,3})(\d{1,7})["']/g)) {
      let column = 0;
      for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
      widest = Math.max(widest, column);
      lowest = Math.max(lowest, Number(row));
    }
    most = Math.max(most, widest * lowest);
  }
  return most;
}

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
  if (unpacked > MOST_BYTES) throw invalid(`it takes ${unpacked} bytes unpacked, more than ${MOST_BYTES}`);
  const cells = gridOf(copy);
  if (cells > MOST_CELLS)
    throw invalid(`its last cell makes it ${cells} cells large, more than ${MOST_CELLS}; delete the empty rows and columns at its end`);
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
