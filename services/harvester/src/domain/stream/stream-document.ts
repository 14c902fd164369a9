import { isNode, type JsonNode, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { NoteOddity } from './oddities.ts';
import { linkOf } from './stream-link.ts';

/** The entry of a stream. Without any link and without items it is empty. */
export type StreamCollection = {
  readonly id: string | undefined;
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Activities that are in the collection itself. */
  readonly items: readonly unknown[];
  readonly total: number | undefined;
};

export type StreamPage = {
  readonly items: readonly unknown[];
  readonly prev: string | undefined;
  readonly next: string | undefined;
};

const CONTEXT = 'http://iiif.io/api/discovery/1/context.json';
const COLLECTIONS = new Set(['OrderedCollection', 'Collection', 'as:OrderedCollection']);
const PAGES = new Set(['OrderedCollectionPage', 'CollectionPage', 'as:OrderedCollectionPage']);

/** @throws Problem `stream-invalid` */
function parse(body: string, address: string, note: NoteOddity): JsonNode {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Problem('stream-invalid', { detail: `${address} is not JSON`, cause });
  }
  if (!isNode(parsed)) throw new Problem('stream-invalid', { detail: `${address} is not a JSON object` });
  const contexts = [parsed['@context']].flat().filter((context) => context !== undefined);
  if (contexts.length === 0) note('context-missing', address);
  else if (contexts.at(-1) !== CONTEXT) note('context-other', String(contexts.at(-1)).slice(0, 100));
  return parsed;
}

const typeOf = (document: JsonNode) => text(document['type']) ?? text(document['@type']);

/**
 * Change Discovery 1.0, 3.1, and whatever else calls itself a collection of activities.
 *
 * @throws Problem `stream-invalid` for what is none
 */
export function streamCollection(body: string, address: string, note: NoteOddity): StreamCollection {
  const document = parse(body, address, note);
  const type = typeOf(document);
  const items = itemsOf(document, address, note);
  const first = linkOf(document['first'], address, note);
  const last = linkOf(document['last'], address, note);
  const total = document['totalItems'] ?? document['total'];
  const empty = first === undefined && last === undefined && items.length === 0;
  const isPage = type !== undefined && PAGES.has(type);
  if (!isPage && (type === undefined || !COLLECTIONS.has(type)) && empty)
    throw new Problem('stream-invalid', { detail: `${address} has type ${type}, not OrderedCollection` });
  if (type !== 'OrderedCollection') note('collection-type', type ?? 'none');
  noteId(document, address, 'collection', note);
  if (items.length > 0) note('items-inline', address);
  else if (last === undefined && total !== 0) note('last-missing', address);
  if (first === undefined && !empty) note('first-missing', address);
  return { id: linkOf(document['id'], address), first, last, items, total: typeof total === 'number' ? total : undefined };
}

/**
 * Change Discovery 1.0, 3.2, and what else holds activities.
 *
 * @throws Problem `stream-invalid` for what is no page of activities
 */
export function streamPage(body: string, address: string, note: NoteOddity): StreamPage {
  const document = parse(body, address, note);
  const type = typeOf(document);
  const held = document['orderedItems'] ?? document['items'];
  const known = type !== undefined && (PAGES.has(type) || COLLECTIONS.has(type));
  if (held === undefined && !known)
    throw new Problem('stream-invalid', { detail: `${address} has type ${type}, not OrderedCollectionPage` });
  if (type !== 'OrderedCollectionPage') note('page-type', type ?? 'none');
  noteId(document, address, 'page', note);
  if (document['partOf'] === undefined) note('page-part-of-missing', address);
  const index = document['startIndex'];
  if (index !== undefined && !(typeof index === 'number' && Number.isInteger(index) && index >= 0)) note('start-index-wrong', address);
  const items = itemsOf(document, address, note);
  if (items.length === 0) note('page-empty', address);
  return { items, prev: linkOf(document['prev'], address, note), next: linkOf(document['next'], address, note) };
}

function itemsOf(document: JsonNode, address: string, note: NoteOddity): readonly unknown[] {
  const ordered = document['orderedItems'];
  const held = ordered ?? document['items'];
  if (held === undefined || held === null) return [];
  if (ordered === undefined) note('items-unordered', address);
  if (Array.isArray(held)) return held;
  note('items-not-listed', address);
  return [held];
}

function noteId(document: JsonNode, address: string, kind: 'collection' | 'page', note: NoteOddity): void {
  const id = linkOf(document['id'] ?? document['@id'], address);
  if (id === undefined) note(`${kind}-id-missing`, address);
  else if (id !== URL.parse(address)?.href) note(`${kind}-id-differs`, `${address} says ${id}`);
}
