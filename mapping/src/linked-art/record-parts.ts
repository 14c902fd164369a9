import { isNode, type JsonNode, nodes, text } from '../json-node.ts';
import { isLinkedArt } from './is-linked-art.ts';
import { manifestAddress } from './manifest-address.ts';

/** Parts that one record is put together of, at the most. */
const MOST = 2000;
/** Where an object names what it shows. */
const FIELDS = ['shows', 'representation'] as const;

/** Where the manifest of an object that describes no image is put into its record. */
export const ITS_MANIFEST = 'vitrine:manifest';

/**
 * The addresses of records that hold a part of a record: visual items that it names and does not describe (Linked Art 1.0, api/1.0/shared/reference: a reference is to be looked up). The Getty's images are records of their own. Of an
 * object that names no image at all it is the manifest that it names.
 */
export function recordParts(record: JsonNode): readonly string[] {
  if (!isLinkedArt(record)) return [];
  const found = FIELDS.flatMap((field) => nodes(record[field])).flatMap((visual) => partAddress(visual) ?? []);
  const manifest = FIELDS.every((field) => nodes(record[field]).length === 0) ? manifestAddress(record) : undefined;
  return [...new Set([...found, ...(manifest === undefined ? [] : [manifest])])].slice(0, MOST);
}

/** The record with its parts where it names them. What it says of them itself stays. */
export function withParts(record: JsonNode, parts: ReadonlyMap<string, JsonNode>): JsonNode {
  const put = (visual: unknown): unknown => {
    const address = isNode(visual) ? partAddress(visual) : undefined;
    const part = address === undefined ? undefined : parts.get(address);
    if (!part || !isNode(visual)) return visual;
    const { '@context': _, ...rest } = part;
    return { ...rest, ...visual };
  };
  const changed = FIELDS.filter((field) => record[field] !== undefined).map((field) => {
    const value = record[field];
    return [field, Array.isArray(value) ? value.map(put) : put(value)] as const;
  });
  const manifest = parts.get(manifestAddress(record) ?? '');
  return { ...record, ...Object.fromEntries(changed), ...(manifest ? { [ITS_MANIFEST]: manifest } : {}) };
}

function partAddress(visual: JsonNode): string | undefined {
  const id = text(visual['id']);
  const isBare = visual['type'] === 'VisualItem' && visual['digitally_shown_by'] === undefined && visual['format'] === undefined;
  return isBare && id !== undefined && /^https?:\/\//.test(id) ? id.replace(/#.*$/, '') : undefined;
}
