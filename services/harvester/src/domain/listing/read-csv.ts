import { Problem } from '@vitrine/platform/problem.ts';
import { parse } from 'csv-parse/sync';
import { type Table, tableOf } from './table.ts';

const DELIMITERS = [';', ',', '\t'] as const;

/**
 * A CSV file as spreadsheets write it: with commas, with semicolons where the comma is for decimals, or with tabs (`sep=` is heeded); in UTF-8 with or without a byte order
 * mark, in UTF-16 as "Unicode text", or in Windows-1252 where it is no UTF-8.
 *
 * @throws Problem `listing-invalid`
 */
export function readCsv(bytes: Uint8Array, place: string): Table {
  const whole = decoded(bytes);
  const told = /^sep=(.)\r?\n/i.exec(whole);
  const text = told ? whole.slice(told[0].length) : whole;
  const lines: { line: number; cells: readonly string[] }[] = [];
  try {
    parse(text, {
      delimiter: told?.[1] ?? delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: 1_000_000,
      on_record: (cells: readonly string[], { lines: line }) => {
        lines.push({ line: line + (told ? 1 : 0), cells });
        return null;
      },
    });
  } catch (cause) {
    throw new Problem('listing-invalid', { detail: `${place}: ${cause instanceof Error ? cause.message : String(cause)}`, cause });
  }
  return tableOf(lines, place);
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The one that the first row has most of, outside of its quotes. */
function delimiterOf(text: string): string {
  let quoted = false;
  const counts = new Map<string, number>();
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === '\n' && counts.size > 0) break;
    else if (!quoted && DELIMITERS.some((delimiter) => delimiter === letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? ',';
}
