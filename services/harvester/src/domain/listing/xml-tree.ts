import { Problem } from '@vitrine/platform/problem.ts';
import { xmlText } from '@vitrine/platform/xml-text.ts';
import { SaxesParser } from 'saxes';

const MAX_DEPTH = 100;

/** An element of an XML document, with where it stands in its text. */
export type XmlElement = {
  /** Without its prefix. */
  readonly name: string;
  readonly uri: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All of the text in it, and in what is in it. */
  readonly text: string;
  /** The element as it is written. */
  readonly source: string;
  /** The namespaces that are in scope where it begins, by prefix. */
  readonly scope: Readonly<Record<string, string>>;
};

type Building = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: XmlElement[]; begin: number };

/**
 * An XML document as a tree. Entities that a DTD declares are refused: nothing grows here.
 *
 * @throws Problem `listing-invalid`
 */
export function xmlTree(bytes: Uint8Array, place: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const invalid = (why: string, cause?: unknown) => new Problem('listing-invalid', { detail: `${place}: ${why}`, cause });
  let text: string;
  try {
    text = xmlText(bytes);
  } catch (cause) {
    throw invalid('not in the encoding that it says', cause);
  }
  const open: Building[] = [];
  let root: XmlElement | undefined;
  let begin = 0;
  const say = (said: string) => {
    const current = open.at(-1);
    if (current) current.text += said;
  };
  parser.on('doctype', (doctype) => {
    if (doctype.includes('[')) throw invalid('a DOCTYPE with declarations is refused');
  });
  parser.on('error', (cause) => {
    throw invalid(cause.message, cause);
  });
  parser.on('opentagstart', ({ name }) => {
    // What was read ends behind the name, or behind the letter after it.
    begin = text.lastIndexOf(`<${name}`, parser.position);
  });
  parser.on('opentag', ({ local, uri, attributes, ns }) => {
    if (open.length >= MAX_DEPTH) throw invalid(`nested deeper than ${MAX_DEPTH}`);
    const said = Object.entries(attributes).map(([name, { value }]) => [name, value] as const);
    const scope = { ...open.at(-1)?.scope, ...ns };
    open.push({ name: local, uri, attributes: Object.fromEntries(said), children: [], text: '', source: '', scope, begin });
  });
  parser.on('text', say);
  parser.on('cdata', say);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (!closed) return;
    const { begin: from, ...element } = closed;
    const whole: XmlElement = { ...element, source: text.slice(from, parser.position) };
    const parent = open.at(-1);
    if (parent) {
      parent.text += whole.text;
      parent.children.push(whole);
    } else root = whole;
  });
  parser.write(text).close();
  if (!root) throw invalid('it holds no element');
  return root;
}

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);

/** An element as a document of its own: the namespaces that it has from those around it are written into it. */
export function asDocument({ source, scope }: XmlElement): string {
  const head = /^<[^\s/>]+/.exec(source)?.[0] ?? '';
  const tag = source.slice(0, source.indexOf('>') + 1);
  const missing = Object.entries(scope).filter(([prefix, uri]) => {
    if (prefix === 'xml' || prefix === 'xmlns' || uri === '') return false;
    const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
    return !new RegExp(`\\s${name.replace(/[.]/g, '\\.')}\\s*=`).test(tag);
  });
  const said = missing.map(
    ([prefix, uri]) =>
      ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${uri.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')}"`,
  );
  return `${head}${said.join('')}${source.slice(head.length)}`;
}
