import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';
import { plainText } from '@vitrine/mapping/plain-text.ts';

/** What is ours in a manifest that we publish again: its own id, and how an image that we hold is written. */
const OURS = new Set(['/id', '/@context']);
const OF_AN_IMAGE = new Set(['id', 'format', 'width', 'height', 'service']);
/** Lists to which we add. */
const GROWS = new Set(['partOf', 'seeAlso', 'service', '@context', 'thumbnail']);

/** The places of `original` that `published` has no longer, or has otherwise. */
export function lostFrom(original: unknown, published: unknown, pointer = ''): readonly string[] {
  if (OURS.has(pointer)) return [];
  if (Array.isArray(original)) {
    if (!Array.isArray(published)) return [pointer];
    const key = pointer.slice(pointer.lastIndexOf('/') + 1);
    if (GROWS.has(key))
      return original.flatMap((item: unknown, place) =>
        published.some((other: unknown) => lostFrom(item, other, `${pointer}/${place}`).length === 0) ? [] : [`${pointer}/${place}`],
      );
    return original.flatMap((item: unknown, place) => lostFrom(item, published[place], `${pointer}/${place}`));
  }
  if (isNode(original)) {
    if (!isNode(published)) return [pointer];
    const isHeld = isOurImage(published);
    return Object.entries(original).flatMap(([key, value]) =>
      isHeld && OF_AN_IMAGE.has(key) ? [] : lostFrom(value, published[key], `${pointer}/${key}`),
    );
  }
  if (typeof original === 'string' && typeof published === 'string') return sameWords(original, published) ? [] : [pointer];
  return original === published ? [] : [pointer];
}

const isOurImage = ({ type, id }: JsonNode): boolean => type === 'Image' && String(id).includes('/iiif/image/3/o-');

/** Markup beyond what the specification allows goes; words and links don't. */
const sameWords = (a: string, b: string): boolean => plainText(a) === plainText(b) && links(a) === links(b);

const links = (html: string): string => [...html.matchAll(/(?:href|src)\s*=\s*["']([^"']*)["']/g)].map(([, address]) => address).join(' ');
