import { createHash } from 'node:crypto';

/** Owner, readable part and suffix together stay within what an identifier may have. */
const MAX_ID = 200;
const SUFFIX = 11;

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
function hashSuffix(sourceId: string): string {
  return createHash('sha256').update(sourceId).digest('hex').slice(0, 10);
}

/**
 * The identifiers to try, in order, for something of `owner` that its source calls `sourceId` (R2): the readable form,
 * then the same with a hash suffix. A lossy readable form starts at the second.
 */
export function idCandidates(owner: string, sourceId: string): readonly [string, ...string[]] {
  const whole = readableForm(sourceId);
  const base = owner.slice(0, MAX_ID / 2);
  const text = whole.text.slice(0, MAX_ID - SUFFIX - 1 - base.length).replace(/[-._]+$/, '');
  const lossy = whole.lossy || text !== whole.text || base !== owner;
  // The hash takes in the whole owner, since two long ones may begin alike.
  const suffixed = [base, text, hashSuffix(base === owner ? sourceId : `${owner} ${sourceId}`)].filter(Boolean).join('-');
  return lossy ? [suffixed] : [`${base}-${text}`, suffixed];
}
