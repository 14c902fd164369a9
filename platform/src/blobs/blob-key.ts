import { Problem } from '../problem.ts';

const KEY = /^(?!.*(?:\/\.|\/\/))[A-Za-z0-9][A-Za-z0-9._/-]*[A-Za-z0-9]$/;

/** The key, if it is one: nothing that leaves its folder, no hidden part. @throws Problem `unexpected` */
export function demandBlobKey(key: string): string {
  if (!KEY.test(key)) throw new Problem('unexpected', { detail: `not a blob key: ${key}` });
  return key;
}
