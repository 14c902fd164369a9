import { columnRole } from '@vitrine/mapping/folder/column-roles.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { readCsv } from '../domain/listing/read-csv.ts';
import { isZip, readXlsx } from '../domain/listing/read-xlsx.ts';
import type { Table } from '../domain/listing/table.ts';
import { type FetchDocument, validatorsOf } from '../fetch-document.ts';
import type { Listed, Listing, ListingPage } from './listing.ts';

const ACCEPT = 'text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/tab-separated-values;q=0.9, */*;q=0.5';
/** Rows stored at once. */
const ROWS = 500;

type Options = {
  /** The column with each row's own id; else the first whose name says so, else the first. */
  readonly id?: string | undefined;
  readonly sheet?: string | undefined;
  /** What a column without a name of its own is looked for by: images are named by their files, several of one object. */
  readonly role: 'id' | 'file';
};

/** A table on the web, as CSV or XLSX: each row is a record. */
export function tableListing(fetch: FetchDocument, { sheet, ...columns }: Options): Listing {
  /** What was read last, by its address. */
  let read: { readonly address: string; readonly table: Table; readonly hash: string } | undefined;

  async function readTable(address: string, bytes: Buffer) {
    const table = isZip(bytes) ? await readXlsx(bytes, address, sheet) : readCsv(bytes, address);
    read = { address, table, hash: sha256(bytes) };
    return read;
  }

  return {
    begin: async (address, known, signal) => {
      const seen = known?.head?.collection;
      const answer = await fetch(address, ACCEPT, seen ?? {}, signal);
      if (answer.status === 'unchanged') return undefined;
      if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
      if (seen?.sha256 === sha256(answer.body)) return undefined;
      const { table, hash } = await readTable(address, answer.body);
      const page = { ...pageOf(table, address, hash, 0, columns), bytes: answer.body.length };
      return { first: cursor(address, hash, 0), page, seen: { address, sha256: hash, ...validatorsOf(answer) }, level: 0 };
    },
    page: async (at, signal) => {
      const [, address = at, former = '', row = '0'] = /^(.*)#([0-9a-f]{64}),(\d+)$/.exec(at) ?? [];
      if (read?.address === address) return { ...pageOf(read.table, address, read.hash, Number(row), columns), bytes: 0 };
      const answer = await fetch(address, ACCEPT, {}, signal);
      if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
      const { table, hash } = await readTable(address, answer.body);
      // Another table than the one that was being read has other rows at these places: it is read from its beginning.
      return { ...pageOf(table, address, hash, hash === former ? Number(row) : 0, columns), bytes: answer.body.length };
    },
  };
}

const cursor = (address: string, hash: string, row: number): string => `${address}#${hash},${row}`;

function pageOf(table: Table, address: string, hash: string, from: number, wanted: Omit<Options, 'sheet'>): Omit<ListingPage, 'bytes'> {
  const column = idColumn(table, address, wanted);
  const records: Listed[] = [];
  const unusable: { place: string; why: string }[] = [];
  for (const { line, fields } of table.rows.slice(from, from + ROWS)) {
    const id = fields.find((field) => field.column === column)?.value;
    if (id === undefined) unusable.push({ place: `${address}#line=${line}`, why: `line ${line} has nothing in ${column}` });
    else
      records.push({ id, copy: Buffer.from(JSON.stringify(Object.fromEntries(fields.map(({ column: name, value }) => [name, value])))) });
  }
  return { records, unusable, next: from + ROWS < table.rows.length ? cursor(address, hash, from + ROWS) : undefined };
}

/** @throws Problem `listing-invalid` where the column that is wanted is not there */
function idColumn({ columns }: Table, address: string, { id: wanted, role }: Omit<Options, 'sheet'>): string {
  const found =
    wanted === undefined
      ? (columns.find((column) => columnRole(column) === role) ?? columns[0])
      : columns.find((column) => column === wanted);
  if (found === undefined)
    throw new Problem('listing-invalid', { detail: `${address} has no column ${wanted}; it has ${columns.slice(0, 20).join(', ')}` });
  return found;
}
