import { xmlAsJson } from '@vitrine/mapping/xml/xml-as-json.ts';
import { xmlTree } from '@vitrine/mapping/xml/xml-tree.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { expression, saidList, saidText } from '../domain/expression.ts';
import { isDeeperThan } from '../domain/json-depth.ts';
import type { FetchDocument } from '../fetch-document.ts';
import { fingerprint, type Listed, type Listing, type ListingPage } from './listing.ts';

const ACCEPT = 'application/json, application/xml;q=0.8, text/xml;q=0.8';
const NUMBER = '{number}';
const MAX_DEPTH = 64;

/** What a museum's own API means, in JSONata. */
export type ApiExpressions = {
  /** Of a page: its records. */
  readonly records: string;
  /** Of a record: its own id. */
  readonly id: string;
  readonly time?: string | undefined;
  /** Of a record: the address where it is read, where the list does not hold all of it. */
  readonly record?: string | undefined;
  /** Of a page: the address of the next one. */
  readonly next?: string | undefined;
  /** What `{number}` in the address begins with, and how it rises from page to page. */
  readonly from?: number | undefined;
  readonly step?: number | undefined;
};

/** A museum's own API: pages of JSON or XML, by a link to the next one or by a number in the address, until there is nothing on one. */
export function apiListing(fetch: FetchDocument, expressions: ApiExpressions): Listing {
  const { from = 1, step = 1 } = expressions;
  const compiled = {
    records: expression('api.records', expressions.records),
    id: expression('api.id', expressions.id),
    time: expressions.time === undefined ? undefined : expression('api.time', expressions.time),
    record: expressions.record === undefined ? undefined : expression('api.record', expressions.record),
    next: expressions.next === undefined ? undefined : expression('api.next', expressions.next),
  };

  /** Why it can't be used, or the record. @throws Problem `listing-invalid` where an expression fails */
  async function readRecord(item: unknown, place: string, address: string): Promise<Listed | string> {
    const id = saidText(await compiled.id(item, place));
    if (id === undefined) return 'the expression for its id gives nothing';
    if (isDeeperThan(item, MAX_DEPTH)) return `nested deeper than ${MAX_DEPTH}`;
    const time = Date.parse(saidText(await compiled.time?.(item, place)) ?? '');
    const record = saidText(await compiled.record?.(item, place));
    if (record !== undefined && !URL.canParse(record, address)) return `${record.slice(0, 200)} is no address`;
    return {
      id,
      ...(Number.isNaN(time) ? {} : { time }),
      ...(record === undefined ? { copy: Buffer.from(JSON.stringify(item)) } : { record: new URL(record, address).href }),
    };
  }

  async function page(cursor: string, signal: AbortSignal): Promise<ListingPage> {
    const [, template = cursor, number] = /^(.*\{number\}.*)#number=(\d+)$/.exec(cursor) ?? [];
    const address = number === undefined ? cursor : template.replaceAll(NUMBER, number);
    const answer = await fetch(address, ACCEPT, {}, signal);
    // Many count their pages so: the one after the last is not there.
    if (answer.status !== 'found' && number !== undefined && Number(number) > from) return { records: [], next: undefined, bytes: 0 };
    if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
    const document = documentOf(answer.body, address);
    const found = saidList(await compiled.records(document, address));
    const records: Listed[] = [];
    const unusable: { place: string; why: string }[] = [];
    for (const [at, item] of found.entries()) {
      const place = `${address}#${at}`;
      // One record for which an expression fails is a failure of its own; its page goes on.
      const read = await readRecord(item, place, address).catch((thrown: unknown) => asProblem(thrown).detail ?? String(thrown));
      if (typeof read === 'string') unusable.push({ place, why: read });
      else records.push(read);
    }
    const link = saidText(await compiled.next?.(document, address));
    const counted = number === undefined || found.length === 0 ? undefined : `${template}#number=${Number(number) + step}`;
    const next = link !== undefined && URL.canParse(link, address) ? new URL(link, address).href : counted;
    return { records, unusable, partial: unusable.length > 0, next, bytes: answer.body.length };
  }

  return {
    pagesMove: true,
    begin: async (address, known, signal) => {
      const first = address.includes(NUMBER) ? `${address}#number=${from}` : address;
      const begun = await page(first, signal);
      const seen = { address: first, sha256: fingerprint(begun.records.map(({ id, time, copy }) => [id, time, copy && String(copy)])) };
      const before = known?.head?.collection;
      // All of it, and it is as it was; what lies behind other addresses may not be.
      const isAll = begun.next === undefined && compiled.record === undefined;
      if (isAll && before?.sha256 === seen.sha256) return undefined;
      return { first, page: begun, seen, level: 0 };
    },
    page,
  };
}

function documentOf(body: Buffer, address: string): unknown {
  const start = body
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start.startsWith('<') || start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')) {
    const root = xmlTree(body, address);
    return { [root.name]: xmlAsJson(root) };
  }
  try {
    return JSON.parse(String(body).replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Problem('listing-invalid', { detail: `${address} is neither JSON nor XML`, cause });
  }
}
