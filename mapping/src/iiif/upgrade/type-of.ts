import { type JsonNode, texts } from '../../json-node.ts';

/** Presentation API 3.0, change log 1.3: classes are named without prefixes, and some have other names. */
const RENAMED: Readonly<Record<string, string>> = {
  AnnotationList: 'AnnotationPage',
  Layer: 'AnnotationCollection',
  MovingImage: 'Video',
  ContentAsText: 'TextualBody',
  StillImage: 'Image',
};

/** The class of a resource of Presentation 2, as 3.0 names it. */
export function typeOf(node: JsonNode): string | undefined {
  const [said] = [...texts(node['@type']), ...texts(node['type'])];
  const name = said?.replace(/^[a-z]+:/i, '').replace(/^https?:.*[/#]/, '');
  if (name === undefined) return undefined;
  return Object.hasOwn(RENAMED, name) ? RENAMED[name] : name;
}

export const idOf = (node: JsonNode): string | undefined => {
  const [id] = [...texts(node['@id']), ...texts(node['id'])];
  return id;
};
