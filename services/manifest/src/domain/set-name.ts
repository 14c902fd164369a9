import { idCandidates } from '@vitrine/contracts/readable-id.ts';

/** The name of the collection of a set, by the set's address in its source: readable, and always with a hash, since a set may be in several sources. */
export function setName(address: string): string {
  return idCandidates('set', address).at(-1) ?? 'set';
}

/** The name of the collection of a source. */
export const sourceCollection = (source: string): string => `source-${source}`;
