import { createHash } from 'node:crypto';

const MAX_READABLE = 120;

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
  const text = folded.slice(0, MAX_READABLE);
  return { text, lossy: text.length === 0 || text !== tail };
}

/** The first ten hexadecimal digits of a SHA-256: the suffix that tells apart ids whose readable forms meet. */
function hashSuffix(sourceId: string): string {
  return createHash('sha256').update(sourceId).digest('hex').slice(0, 10);
}

/**
 * The identifiers to try, in order, for something of `owner` that its source calls `sourceId` (DESIGN R2): the readable form,
 * then the same with a hash suffix. A lossy readable form starts at the second.
 */
export function idCandidates(owner: string, sourceId: string): readonly [string, ...string[]] {
  const { text, lossy } = readableForm(sourceId);
  const suffixed = [owner, text, hashSuffix(sourceId)].filter(Boolean).join('-');
  return lossy ? [suffixed] : [`${owner}-${text}`, suffixed];
}
