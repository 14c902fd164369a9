import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';

export type StreamCollection = { readonly last: string };
export type StreamPage = { readonly activities: readonly unknown[]; readonly prev: string | undefined };

/** The address that a property names: a string, or an object with `id` (Activity Streams 2.0, 2: a link may be written both ways). */
function linkOf(value: unknown, base: string): string | undefined {
  const target = text(isNode(value) ? value['id'] : value);
  return target === undefined ? undefined : URL.parse(target, base)?.href;
}

function parse(body: string, address: string): JsonNode {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    throw new Problem('stream-invalid', { detail: `${address} is not JSON`, cause });
  }
  if (!isNode(parsed)) throw new Problem('stream-invalid', { detail: `${address} is not a JSON object` });
  return parsed;
}

/**
 * Change Discovery 1.0, 3.1: the collection names its `last` page, from which a walk goes backwards.
 *
 * @throws Problem `stream-invalid`
 */
export function streamCollection(body: string, address: string): StreamCollection | undefined {
  const collection = parse(body, address);
  const type = text(collection['type']);
  if (type !== 'OrderedCollection') throw new Problem('stream-invalid', { detail: `${address} has type ${type}, not OrderedCollection` });
  const last = linkOf(collection['last'], address);
  if (last !== undefined) return { last };
  // An empty stream has no page.
  if (collection['totalItems'] === 0) return undefined;
  throw new Problem('stream-invalid', { detail: `${address} names no last page` });
}

/**
 * Change Discovery 1.0, 3.2: a page holds activities, oldest first, and names the page before it.
 *
 * @throws Problem `stream-invalid`
 */
export function streamPage(body: string, address: string): StreamPage {
  const page = parse(body, address);
  const type = text(page['type']);
  if (type !== 'OrderedCollectionPage')
    throw new Problem('stream-invalid', { detail: `${address} has type ${type}, not OrderedCollectionPage` });
  const items = page['orderedItems'];
  return { activities: Array.isArray(items) ? items : nodes(items), prev: linkOf(page['prev'], address) };
}
