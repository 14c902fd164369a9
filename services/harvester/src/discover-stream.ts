import type { SourceKindName } from '@vitrine/contracts/source-definition.ts';
import { isNode, type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { linkHeader } from './domain/link-header.ts';
import { isZip } from './domain/listing/read-xlsx.ts';
import { streamCollection } from './domain/stream/stream-document.ts';
import { linkOf } from './domain/stream/stream-link.ts';
import type { FetchDocument, FoundDocument } from './fetch-document.ts';

const ACCEPT = 'application/ld+json, application/activity+json;q=0.9, application/json;q=0.8, text/html;q=0.2';
/** Below a host or below a folder of the record's path; what publishers call their streams. */
const USUAL = ['activity-stream', 'activity-streams', 'activity/all-changes', 'api/v1/records/changes'];
const MOST = 24;
const silent = () => {};

/** An address where the stream may be, and why it was thought of. */
type Candidate = { readonly address: string; readonly because: string };

type Found = Candidate & { readonly kind: SourceKindName };

export type Search = {
  /** What can be harvested, and as what kind of source. */
  readonly streams: readonly Found[];
  readonly tried: readonly (Candidate & { readonly outcome: string })[];
};

/**
 * Looks for the stream that a record is in: where the record says (HAL `_links.collection`, `partOf`), where its server says (`Link` headers, RFC 8288), where publishers
 * usually have it. Where there is none, the address itself may list records in another way: by OAI-PMH, as a IIIF Collection or Manifest, as a table. What was tried is told.
 */
export async function discoverStream(address: string, fetch: FetchDocument, signal: AbortSignal): Promise<Search> {
  const tried: (Candidate & { outcome: string })[] = [];
  const streams: Found[] = [];
  let otherwise: Found | undefined;
  const queue: Candidate[] = [{ address, because: 'the address itself' }];
  for (let at = 0; at < queue.length && at < MOST && !signal.aborted; at++) {
    const candidate = queue[at];
    if (!candidate) break;
    const { outcome, kind, named } = await look(candidate.address, fetch, signal);
    tried.push({ ...candidate, outcome });
    if (kind === 'oai-pmh') streams.push({ ...candidate, kind, address: bare(candidate.address) });
    else if (kind === 'activity-stream') streams.push({ ...candidate, kind });
    else if (kind !== undefined && at === 0) otherwise = { ...candidate, kind };
    if (streams.length > 0) break;
    // What the record itself names comes before what is usual, and only the record is believed.
    if (at === 0)
      for (const one of [...named, ...usual(address)]) if (!queue.some((other) => other.address === one.address)) queue.push(one);
  }
  return { streams: streams.length === 0 && otherwise ? [otherwise] : streams, tried };
}

/** The base address of a repository of OAI-PMH. */
function bare(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

type Look = { readonly outcome: string; readonly kind?: SourceKindName; readonly named: readonly Candidate[] };

async function look(address: string, fetch: FetchDocument, signal: AbortSignal): Promise<Look> {
  try {
    const answer = await fetch(address, ACCEPT, {}, signal);
    if (answer.status !== 'found') return { outcome: answer.status === 'gone' ? 'answers 410' : 'answers 404', named: [] };
    const named = linkHeader(answer.link ?? '', answer.address)
      .filter(({ relations }) => relations.some((relation) => /collection|activit|\bup$/i.test(relation)))
      .map((link) => ({ address: link.address, because: `a Link header, rel=${link.relations.join(' ')}` }));
    const body = String(answer.body);
    const kind = kindOf(answer, body);
    if (kind !== undefined) return { outcome: NAMES[kind], kind, named: [...named, ...namedBy(body, answer.address)] };
    return { outcome: 'no stream', named: [...named, ...namedBy(body, answer.address)] };
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.fault === 'infrastructure' || signal.aborted) throw thrown;
    return { outcome: `${problem.code}: ${problem.detail ?? problem.message}`, named: [] };
  }
}

const NAMES: Readonly<Record<SourceKindName, string>> = {
  'activity-stream': 'a stream',
  'oai-pmh': 'OAI-PMH',
  iiif: 'a IIIF Collection or Manifest',
  table: 'a table',
  api: 'an API',
  folder: 'a folder',
  bucket: 'a bucket',
};

function kindOf({ address, body: bytes, contentType = '' }: FoundDocument, body: string): SourceKindName | undefined {
  if (isStream(body, address)) return 'activity-stream';
  if (/<(?:\w+:)?OAI-PMH[\s>]/.test(body.slice(0, 2000))) return 'oai-pmh';
  const document = parsed(body);
  if (isNode(document)) return isIiif(document) ? 'iiif' : undefined;
  const isTable = /text\/csv|tab-separated|spreadsheetml/i.test(contentType) || /\.(csv|tsv|xlsx)$/i.test(new URL(address).pathname);
  return isTable && (isZip(bytes) || !/^\s*</.test(body)) ? 'table' : undefined;
}

const isIiif = (document: JsonNode): boolean =>
  texts(document['@context']).some((context) => /\/presentation\//.test(context)) &&
  /^(?:sc:)?(?:Collection|Manifest)$/.test(text(document['type']) ?? text(document['@type']) ?? '');

function parsed(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** A IIIF Collection has the type and the items of a stream, and is none. */
function isStream(body: string, address: string): boolean {
  const document = parsed(body);
  if (!isNode(document) || JSON.stringify(document['@context'] ?? '').includes('/presentation/')) return false;
  try {
    const { first, last, items } = streamCollection(body, address, silent);
    return first !== undefined || last !== undefined || items.some((item) => isNode(item) && item['object'] !== undefined);
  } catch {
    return false;
  }
}

function namedBy(body: string, base: string): Candidate[] {
  const document = parsed(body);
  if (!isNode(document)) return [];
  const found: Candidate[] = [];
  const add = (value: unknown, because: string) => {
    const link = linkOf(value, base);
    if (link !== undefined) found.push({ address: link, because });
  };
  for (const links of nodes(document['_links']))
    for (const [relation, value] of Object.entries(links))
      if (/collection|activit/i.test(relation)) for (const one of [value].flat()) add(one, `_links.${relation} of the record`);
  for (const property of ['activityStream', 'inStream', 'partOf', 'collection'])
    for (const one of [document[property]].flat()) if (one !== undefined) add(one, `${property} of the record`);
  for (const part of nodes(document['seeAlso']))
    if (/activit/i.test(`${text(part['profile']) ?? ''} ${text(part['type']) ?? ''}`)) add(part, 'seeAlso of the record');
  return found;
}

function usual(address: string): Candidate[] {
  const url = URL.parse(address);
  if (!url) return [];
  const folders = url.pathname.split('/').filter(Boolean).slice(0, -1);
  const repository = /oai/i.test(url.pathname) ? [{ address: `${bare(address)}?verb=Identify`, because: 'OAI-PMH answers so' }] : [];
  const bases = folders.map((_, depth) => `${url.origin}/${folders.slice(0, depth + 1).join('/')}`).reverse();
  const near = [...bases, url.origin].map((base) => ({ address: `${base}/${USUAL[0]}`, because: 'a usual place' }));
  const others = USUAL.slice(1).map((path) => ({ address: `${url.origin}/${path}`, because: 'a usual place' }));
  return [...repository, ...near, ...others];
}
