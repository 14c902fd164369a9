import { hashSuffix, readableForm } from './readable-form.ts';

/** Owner, readable part and suffix together stay within what an identifier may have. */
const MAX_ID = 200;
const SUFFIX = 11;

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
