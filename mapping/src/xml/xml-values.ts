import { bcp47 } from '../bcp47.ts';
import { isNode, type JsonNode } from '../json-node.ts';

// An XML record in its stated JSON form (xml-as-json.ts): an element is its words alone, or an object with `#text`, `@attributes` and children; several of one name are a list.

/** An element as it is read here: with the language that it is in, which it may have from those around it. */
export type XmlValue = { readonly node: JsonNode; readonly words: string; readonly language: string };

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function elementValue(element: unknown, around: string): XmlValue {
  const node: JsonNode = isNode(element) ? element : {};
  const words = isNode(element) ? node['#text'] : element;
  const said = node['@xml:lang'];
  return { node, words: typeof words === 'string' ? words.trim() : '', language: typeof said === 'string' ? bcp47(said) : around };
}

/** Every element at a path of names below one. */
export function elementsAt(from: XmlValue, path: string): readonly XmlValue[] {
  return path
    .split('/')
    .reduce<readonly XmlValue[]>(
      (found, name) => found.flatMap(({ node, language }) => listed(node[name]).map((element) => elementValue(element, language))),
      [from],
    );
}

export const rootValue = (element: unknown): XmlValue => elementValue(element, 'none');

/** An attribute, with or without the prefix of its vocabulary. */
export function attribute({ node }: XmlValue, name: string): string | undefined {
  const found = Object.entries(node).find(([key]) => key === `@${name}` || (key.endsWith(`:${name}`) && key.startsWith('@')))?.[1];
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined;
}

/** Those with words, as phrases of a language map. */
export const phrases = (values: readonly XmlValue[], clean: (words: string) => string): readonly { language: string; value: string }[] =>
  values.flatMap(({ words, language }) => (clean(words) === '' ? [] : [{ language, value: clean(words) }]));
