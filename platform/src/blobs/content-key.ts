import { createHash } from 'node:crypto';

/** The SHA-256 of bytes or text, in hexadecimal digits. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A content address below `prefix`, in folders of two digits so that none grows too large. */
export function contentKey(prefix: string, hash: string, ending = ''): string {
  return `${prefix}/${hash.slice(0, 2)}/${hash}${ending}`;
}
