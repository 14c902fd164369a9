import { createHash } from 'node:crypto';
import { isNode } from '@vitrine/mapping/json-node.ts';

/** The SHA-256 of a JSON value, whatever the order of its keys or the space between them: an equal record is no change. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isNode(value)) {
    let members = '';
    for (const key of Object.keys(value).sort()) members += `${members === '' ? '' : ','}${canonical(key)}:${canonical(value[key])}`;
    return `{${members}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** What JSON writes as it is. */
const PLAIN = /^[ !#-[\]-\ud7ff]*$/;
