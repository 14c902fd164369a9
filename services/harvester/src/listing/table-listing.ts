import { columnRole } from '@vitrine/mapping/columns/column-roles.ts';
import type { TableObject } from '@vitrine/mapping/table/table-object.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { readCsv } from '../domain/listing/read-csv.ts';
import { isZip, readXlsx } from '../domain/listing/read-xlsx.ts';
import type { Table } from '../domain/listing/table.ts';
import { type FetchDocument, validatorsOf } from '../fetch-document.ts';
import type { Listed, Listing, ListingPage } from './listing.ts';

const ACCEPT = 'text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/tab-separated-values;q=0.9, */*;q=0.5';
/** Records stored at once. */
const ROWS = 500;

type Options = {
  /** The column with each row's own id; else the first whose name says so, else the first. */
  readonly id?: string | undefined;
  readonly sheet?: string | undefined;
  /** What a column without a name of its own is looked for by: images are named by their files, several of one object. */
  readonly role: 'id' | 'file';
};

/** A table as it was read last. */
type Read = {
  readonly address: string;
  readonly hash: string;
  readonly records: readonly Listed[];
  readonly unusable: readonly { readonly place: string; readonly why: string }[];
};

/** A table on the web, as CSV or XLSX: the rows of an id are a record, of a source of images each row. */
export function tableListing(fetch: FetchDocument, { sheet, ...columns }: Options): Listing {
  /** What was read last, by its address. */
  let read: Read | undefined;

  async function readTable(address: string, bytes: Buffer) {
    const table = isZip(bytes) ? await readXlsx(bytes, address, sheet) : readCsv(bytes, address);
    read = { address, hash: sha256(bytes), ...recordsOf(table, address, columns) };
    return read;
  }

  return {
    begin: async (address, known, signal) => {
      const seen = known?.head?.collection;
      const answer = await fetch(address, ACCEPT, seen ?? {}, signal);
      if (answer.status === 'unchanged') return undefined;
      if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
      if (seen?.sha256 === sha256(answer.body)) return undefined;
      const table = await readTable(address, answer.body);
      const { hash } = table;
      const page = { ...pageOf(table, 0), bytes: answer.body.length };
      return { first: cursor(address, hash, 0), page, seen: { address, sha256: hash, ...validatorsOf(answer) }, level: 0 };
    },
    page: async (at, signal) => {
      const [, address = at, former = '', row = '0'] = /^(.*)#([0-9a-f]{64}),(\d+)$/.exec(at) ?? [];
      if (read?.address === address) return { ...pageOf(read, Number(row)), bytes: 0 };
      const answer = await fetch(address, ACCEPT, {}, signal);
      if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
      const table = await readTable(address, answer.body);
      // Another table than the one that was being read has other rows at these places: it is read from its beginning.
      return { ...pageOf(table, table.hash === former ? Number(row) : 0), bytes: answer.body.length };
    },
  };
}

const cursor = (address: string, hash: string, row: number): string => `${address}#${hash},${row}`;

function pageOf({ address, hash, records, unusable }: Read, from: number): Omit<ListingPage, 'bytes'> {
  const next = from + ROWS < records.length ? cursor(address, hash, from + ROWS) : undefined;
  return { records: records.slice(from, from + ROWS), ...(from === 0 ? { unusable } : {}), next };
}

function recordsOf(table: Table, address: string, wanted: Omit<Options, 'sheet'>): Pick<Read, 'records' | 'unusable'> {
  const column = idColumn(table, address, wanted);
  const unusable: { place: string; why: string }[] = [];
  const rows: { readonly id: string; readonly fields: Readonly<Record<string, string>> }[] = [];
  for (const { line, fields } of table.rows) {
    const id = fields.find((field) => field.column === column)?.value;
    if (id === undefined) unusable.push({ place: `${address}#line=${line}`, why: `line ${line} has nothing in ${column}` });
    else rows.push({ id, fields: Object.fromEntries(fields.map(({ column: name, value }) => [name, value])) });
  }
  // A row names an image; the rows of one id are an object.
  const records: Listed[] =
    wanted.role === 'file'
      ? rows.map(({ id, fields }) => ({ id, copy: Buffer.from(JSON.stringify(fields)) }))
      : [...Map.groupBy(rows, ({ id }) => id)].map(([id, own]) => {
          const object: TableObject = {
            type: 'vitrine:TableObject',
            id,
            table: address,
            idColumn: column,
            rows: own.map(({ fields }) => ({ ...fields })),
          };
          return { id, copy: Buffer.from(JSON.stringify(object)) };
        });
  return { records, unusable };
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
