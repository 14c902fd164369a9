import { createHash } from 'node:crypto';

/** The readable form of a source's own id, and whether two different ids could have it in common. */
type Readable = { text: string; lossy: boolean };

/**
 * The last telling part of a source's id in the letters an identifier may have. `https://example.org/object/12` gives `12`,
 * not lossy only when the whole id was already readable.
 */
export function readableForm(sourceId: string): Readable {
  const withoutScheme = sourceId.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*\//i, '').replace(/\/+$/, '');
  const parts = withoutScheme.split('/');
  const tail = parts.at(-1) ?? '';
  const folded = tail
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[-._]+$/g, '');
  return { text: folded, lossy: folded.length === 0 || folded !== tail };
}

/** The first ten hexadecimal digits of a SHA-256: the suffix that tells apart ids whose readable forms meet. */
export function hashSuffix(sourceId: string): string {
  return createHash('sha256').update(sourceId).digest('hex').slice(0, 10);
}
