import { attribute, type XmlValue } from '../xml/xml-values.ts';

const PREFERRED = /^preferred$|lido00169/i;
const ALTERNATE = /^alternat|lido00170/i;

/** Of several ways to say something those that are preferred, in each language; without such a mark those that are not marked as another way. */
export function preferred(values: readonly XmlValue[]): readonly XmlValue[] {
  const marked = values.filter((value) => PREFERRED.test(attribute(value, 'pref') ?? ''));
  if (marked.length > 0) return marked;
  const plain = values.filter((value) => !ALTERNATE.test(attribute(value, 'pref') ?? ''));
  return plain.length > 0 ? plain : values;
}
