import { isDeepStrictEqual } from 'node:util';
import { isNode } from '@vitrine/mapping/json-node.ts';

export type DocumentDifference = { readonly pointer: string; readonly before?: unknown; readonly after?: unknown };

/** Differences told of a document at most. */
const MOST = 200;

/** Where two JSON documents are not the same, by JSON pointer (RFC 6901): the smallest parts that differ. */
export function documentDifferences(before: unknown, after: unknown): readonly DocumentDifference[] {
  const found: DocumentDifference[] = [];
  const ahead: [string, unknown, unknown][] = [['', before, after]];
  while (ahead.length > 0 && found.length < MOST) {
    const [pointer, was, is] = ahead.pop() ?? ['', before, after];
    if (isDeepStrictEqual(was, is)) continue;
    const below = (name: string | number) => `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (isNode(was) && isNode(is)) {
      const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
      ahead.push(...names.toReversed().map((name): [string, unknown, unknown] => [below(name), was[name], is[name]]));
    } else if (Array.isArray(was) && Array.isArray(is) && was.length === is.length)
      ahead.push(...was.map((item: unknown, place): [string, unknown, unknown] => [below(place), item, is[place]]).toReversed());
    else found.push({ pointer, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) });
  }
  return found;
}
