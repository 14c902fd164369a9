import { isNode, nodes } from '@vitrine/mapping/json-node.ts';

type Value = string | { readonly '@value': string; readonly '@language': string };

/** A language map as 2.1 writes it (4.3): a string, an object with its language, or a list; undefined for what says nothing. */
export function languageValuesOf(map: unknown): Value | readonly Value[] | undefined {
  if (!isNode(map)) return undefined;
  const values = Object.entries(map).flatMap(([language, texts]) =>
    (Array.isArray(texts) ? texts : []).flatMap((text: unknown): Value[] =>
      typeof text !== 'string' ? [] : [language === 'none' || language === '@none' ? text : { '@value': text, '@language': language }],
    ),
  );
  const [only] = values;
  return values.length <= 1 ? only : values;
}

export const pairsOf = (metadata: unknown) =>
  nodes(metadata).flatMap(({ label, value }) => {
    const [name, said] = [languageValuesOf(label), languageValuesOf(value)];
    return name === undefined || said === undefined ? [] : [{ label: name, value: said }];
  });
