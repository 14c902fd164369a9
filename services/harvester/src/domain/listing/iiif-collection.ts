import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { linkOf } from '../stream/stream-link.ts';

export type IiifMembers = {
  readonly manifests: readonly string[];
  /** What is to be read for more: collections in it, and its next page. */
  readonly collections: readonly string[];
  /** Entries that name nothing. */
  readonly unusable: number;
};

/**
 * The members of a IIIF Collection (Presentation API 3.0, 5.1; 2.1, 5.8, with its pages), or of a Manifest, which is its only one.
 *
 * @throws Problem `listing-invalid`
 */
export function iiifMembers(body: string, address: string): IiifMembers {
  let document: unknown;
  try {
    document = JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Problem('listing-invalid', { detail: `${address} is not JSON`, cause });
  }
  if (!isNode(document)) throw new Problem('listing-invalid', { detail: `${address} is not a JSON object` });
  const type = typeOf(document);
  if (type === 'Manifest') return { manifests: [linkOf(document, address) ?? address], collections: [], unusable: 0 };
  if (type !== 'Collection' && type !== 'CollectionPage')
    throw new Problem('listing-invalid', { detail: `${address} is of type ${type}, neither a Collection nor a Manifest` });
  const manifests: string[] = [];
  const collections: string[] = [];
  let unusable = 0;
  const lists = [
    { of: undefined, list: [document['items'], document['members']] },
    // 2.1 has lists of one type each, which need not say it.
    { of: 'Manifest', list: [document['manifests']] },
    { of: 'Collection', list: [document['collections']] },
  ];
  for (const { of, list } of lists)
    for (const member of list.flatMap((value) => (typeof value === 'string' ? [{ id: value }] : stringsAsNodes(value)))) {
      const id = linkOf(member, address);
      const kind = typeOf(member) ?? of;
      if (id === undefined) unusable++;
      else if (kind === 'Manifest') manifests.push(id);
      else if (kind === 'Collection') collections.push(id);
    }
  const first = linkOf(document['first'], address);
  const next = linkOf(document['next'], address);
  return {
    manifests,
    collections: [...collections, ...[first, next].filter((link) => link !== undefined && link !== address).map(String)],
    unusable,
  };
}

const stringsAsNodes = (value: unknown): readonly JsonNode[] =>
  Array.isArray(value)
    ? value.flatMap((member): JsonNode[] => (typeof member === 'string' ? [{ id: member }] : nodes(member).slice()))
    : nodes(value);

const typeOf = (node: JsonNode): string | undefined => (text(node['type']) ?? text(node['@type']))?.replace(/^sc:/, '');
