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
  /** The namespaces that it has from those around it, by prefix. */
  readonly inherited: Scope;
};

type Scope = Readonly<Record<string, string>>;

type Building = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: XmlElement[]; begin: number; scope: Scope };

const NONE: Scope = {};
/** Namespaces in scope at once. */
const MOST_NAMESPACES = 200;

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
    const inherited = open.at(-1)?.scope ?? NONE;
    // Most elements declare nothing, and share what is around them.
    const scope = Object.keys(ns).length === 0 ? inherited : { ...inherited, ...ns };
    if (scope !== inherited && Object.keys(scope).length > MOST_NAMESPACES) throw invalid(`more than ${MOST_NAMESPACES} namespaces`);
    open.push({ name: local, uri, attributes: Object.fromEntries(said), children: [], text: '', source: '', inherited, scope, begin });
  });
  parser.on('text', say);
  parser.on('cdata', say);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (!closed) return;
    const { begin: from, scope: _, ...element } = closed;
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

/** An element as a document of its own: the namespaces that it has from those around it, and does not declare anew, are written into it. */
export function asDocument({ source, inherited, attributes }: XmlElement): string {
  const head = /^<[^\s/>]+/.exec(source)?.[0] ?? '';
  const said = Object.entries(inherited).flatMap(([prefix, uri]) => {
    const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
    if (prefix === 'xml' || prefix === 'xmlns' || uri === '' || attributes[name] !== undefined) return [];
    return ` ${name}="${uri.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')}"`;
  });
  return `${head}${said.join('')}${source.slice(head.length)}`;
}
