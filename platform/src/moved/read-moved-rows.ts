import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { asProblem, Problem } from '../problem.ts';

/** As spreadsheets write them, be it in a country of decimal commas. */
const DELIMITERS = [',', ';', '\t'];
const HEADING = 'address';

/** Takes the fields of a line; answers what is wrong with it, undefined where nothing is. */
type AddRow = (fields: readonly string[]) => string | undefined;

/**
 * A CSV file of addresses that others had before us, line by line; a heading is passed over.
 *
 * @param setting that names the file
 * @throws Problem `configuration-invalid` where a line says nothing that can be used
 */
export async function readMovedRows(file: string, setting: string, addRow: AddRow): Promise<void> {
  const invalid = (detail: string, cause?: unknown) => new Problem('configuration-invalid', { detail: `${setting}: ${detail}`, cause });
  const rows = parse({ bom: true, delimiter: DELIMITERS, trim: true, skip_empty_lines: true, relax_column_count: true, info: true });
  // A file that can't be read ends the loop below with what is wrong.
  pipeline(createReadStream(file), rows, () => {});
  let isFirst = true;
  try {
    for await (const { record, info } of rows) {
      const fields = Array.isArray(record) ? record.map(String) : [];
      const isHeading = isFirst && fields[0]?.toLowerCase() === HEADING;
      isFirst = false;
      const fault = isHeading ? undefined : addRow(fields);
      if (fault !== undefined) throw invalid(`line ${info.lines}: ${fault}`);
    }
  } catch (thrown) {
    if (asProblem(thrown).code === 'configuration-invalid') throw thrown;
    throw invalid(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
  }
}
