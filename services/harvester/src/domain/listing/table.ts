import { Problem } from '@vitrine/platform/problem.ts';

/** A table as a museum keeps it: its columns, each by another name, and its rows by them. */
export type Table = {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly line: number; readonly fields: readonly { readonly column: string; readonly value: string }[] }[];
};

const MOST_COLUMNS = 500;

/**
 * The first row that says anything names the columns. Columns without a name are called by their number, those of one name are numbered; empty cells and empty
 * rows are left out.
 *
 * @param lines each with its number in the file
 * @throws Problem `listing-invalid`
 */
export function tableOf(lines: readonly { readonly line: number; readonly cells: readonly string[] }[], place: string): Table {
  const says = lines.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [head, ...rest] = says;
  if (!head) throw new Problem('listing-invalid', { detail: `${place} is empty: its first row names the columns` });
  const width = says.reduce((widest, { cells }) => Math.max(widest, cells.length), 0);
  if (width > MOST_COLUMNS) throw new Problem('listing-invalid', { detail: `${place} has ${width} columns, more than ${MOST_COLUMNS}` });
  const columns: string[] = [];
  for (let at = 0; at < width; at++) {
    const name = head.cells[at]?.trim() || `column ${at + 1}`;
    let distinct = name;
    for (let number = 2; columns.includes(distinct); number++) distinct = `${name} (${number})`;
    columns.push(distinct);
  }
  const rows = rest.map(({ line, cells }) => ({
    line,
    fields: columns.flatMap((column, at) => {
      const value = cells[at]?.trim() ?? '';
      return value === '' ? [] : [{ column, value }];
    }),
  }));
  return { columns, rows };
}
