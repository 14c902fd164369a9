import { isNode, text } from '@vitrine/mapping/json-node.ts';
import type { NoteOddity } from './oddities.ts';

const silent: NoteOddity = () => {};

/**
 * The address that a property names: a string, an object with `id`, a `Link` with `href`, or the first of a list that is one of these (Activity Streams
 * 2.0, 3). Resolved against the document; undefined where it is no address of the web.
 */
export function linkOf(value: unknown, base: string, note: NoteOddity = silent): string | undefined {
  if (Array.isArray(value)) {
    for (const member of value) {
      const found = linkOf(member, base, note);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const named = isNode(value) ? (text(value['id']) ?? text(value['@id']) ?? text(value['href'])) : text(value);
  const url = named === undefined ? null : URL.parse(named, base);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  if (!isNode(value) || text(value['id']) === undefined || text(value['type']) === undefined) note('link-not-object', base);
  if (!URL.canParse(named ?? '')) note('link-relative', base);
  return url.href;
}
