import { Problem } from '@vitrine/platform/problem.ts';
import { xmlText } from '@vitrine/platform/xml-text.ts';
import { SaxesParser } from 'saxes';
import type { Box, PageText, Word } from './page-text.ts';

const MAX_DEPTH = 64;
const MAX_WORDS = 1_000_000;
/** The marks of the text index are private-use characters: no text may hold one. */
const PRIVATE_USE = /[\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]/gu;

/**
 * The words of an ALTO page (ALTO 2 to 4: `Page`, `TextLine`, `String` with CONTENT, HPOS, VPOS, WIDTH, HEIGHT), whatever their namespace.
 * Coordinates stay in the page's unit; the page's own size says how they map to the canvas.
 *
 * @throws Problem `text-not-xml`, `text-not-alto`
 */
export function parseAlto(bytes: Uint8Array): PageText {
  const parser = new SaxesParser();
  const page = new PageBuilder();
  let depth = 0;
  // saxes expands no entity of a DTD, but what declares its own is refused all the same.
  parser.on('doctype', (doctype) => {
    if (doctype.includes('[')) throw new Problem('text-not-xml', { detail: 'a DOCTYPE with declarations is refused' });
  });
  parser.on('error', (error) => {
    throw new Problem('text-not-xml', { detail: error.message, cause: error });
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth++;
    if (depth > MAX_DEPTH) throw new Problem('text-not-xml', { detail: `nested deeper than ${MAX_DEPTH}` });
    const element = name.slice(name.indexOf(':') + 1);
    if (depth === 1 && element.toLowerCase() !== 'alto') throw new Problem('text-not-alto', { detail: `the root element is ${name}` });
    page.open(element, attributes);
  });
  parser.on('closetag', () => {
    depth--;
  });
  parser.write(decoded(bytes)).close();
  return page.build();
}

function decoded(bytes: Uint8Array): string {
  try {
    return xmlText(bytes);
  } catch (cause) {
    throw new Problem('text-not-xml', { detail: 'not in the encoding that it says', cause });
  }
}

type Attributes = Readonly<Record<string, string>>;

class PageBuilder {
  #width: number | undefined;
  #height: number | undefined;
  #text = '';
  #line = -1;
  #lineIsEmpty = true;
  readonly #words: Word[] = [];

  open(element: string, attributes: Attributes): void {
    if (element === 'Page') {
      this.#width ??= positive(attributes['WIDTH']);
      this.#height ??= positive(attributes['HEIGHT']);
    } else if (element === 'TextLine') {
      this.#line++;
      this.#lineIsEmpty = true;
    } else if (element === 'String') this.#word(attributes);
  }

  build(): PageText {
    return { width: this.#width, height: this.#height, text: this.#text, words: this.#words };
  }

  #word(attributes: Attributes): void {
    const content = (attributes['CONTENT'] ?? '').normalize('NFC').replace(PRIVATE_USE, '').trim();
    if (content === '') return;
    if (this.#words.length >= MAX_WORDS) throw new Problem('text-not-alto', { detail: `more than ${MAX_WORDS} words` });
    if (this.#text !== '') this.#text += this.#lineIsEmpty ? '\n' : ' ';
    this.#lineIsEmpty = false;
    const start = this.#text.length;
    this.#text += content;
    const box = boxOf(attributes);
    // A word without a place is found, but can't be shown.
    if (box) this.#words.push({ start, end: this.#text.length, line: Math.max(0, this.#line), box });
  }
}

function boxOf(attributes: Attributes): Box | undefined {
  const [x, y, width, height] = ['HPOS', 'VPOS', 'WIDTH', 'HEIGHT'].map((name) => Number(attributes[name] ?? Number.NaN));
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  return [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

function positive(value: string | undefined): number | undefined {
  const number = Number(value);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}
