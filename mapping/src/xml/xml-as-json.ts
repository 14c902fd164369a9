import type { XmlElement } from './xml-tree.ts';

/**
 * An XML element as expressions read it: its children by their names, a list where there are several, attributes with an `@`, its own words in `#text`. An element of words alone
 * is its words.
 */
export function xmlAsJson({ children, attributes, text }: XmlElement): unknown {
  const said = Object.entries(attributes).filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'));
  if (children.length === 0 && said.length === 0) return text.trim();
  const node = new Map<string, unknown>(said.map(([name, value]) => [`@${name}`, value]));
  const named = new Map<string, unknown[]>();
  for (const child of children) {
    const values = named.get(child.name);
    if (values) values.push(xmlAsJson(child));
    else named.set(child.name, [xmlAsJson(child)]);
  }
  for (const [name, values] of named) node.set(name, values.length === 1 ? values[0] : values);
  if (children.length === 0 && text.trim() !== '') node.set('#text', text.trim());
  return Object.fromEntries(node);
}
