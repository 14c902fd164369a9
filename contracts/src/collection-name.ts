import { hashSuffix, readableForm } from './readable-form.ts';

const READABLE = 100;

/** The name of the collection of a set, by the set's address in its source: readable, and always with a hash, since two addresses may end alike. */
export function setCollection(address: string): string {
  return ['set', readableForm(address).text.slice(0, READABLE), hashSuffix(address)].filter(Boolean).join('-');
}

/** The name of the collection of a source. */
export const sourceCollection = (source: string): string => `source-${source}`;
