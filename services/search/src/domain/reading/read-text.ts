import { Problem } from '@vitrine/platform/problem.ts';
import { xmlText } from '@vitrine/platform/xml-text.ts';
import type { PageText } from '../page/page-text.ts';
import { readAlto } from './read-alto.ts';
import { readAnnotations } from './read-annotations.ts';
import { readHocr } from './read-hocr.ts';
import { readPageXml } from './read-page-xml.ts';
import { readPlainText } from './read-plain-text.ts';
import { readWebVtt } from './read-webvtt.ts';

/** Raised whenever a reader gives another page for the same bytes: texts that were read before are read again when they come. */
export const READER_VERSION = 2;

/** By the root element, in small letters. */
const MARKUP: ReadonlyMap<string, (source: string) => PageText> = new Map([
  ['alto', readAlto],
  ['pcgts', readPageXml],
  ['html', readHocr],
]);
const ROOT = /<(?:[\p{L}\d_.-]+:)?([\p{L}_][\p{L}\d_.-]*)[\s/>]/u;
const CUE = /^(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}\s*-->/m;

/**
 * The text of a page, by what the file holds rather than by what it is called: ALTO, hOCR, PAGE XML, WebVTT, annotations, or plain text.
 *
 * @param canvas the address of the canvas that it is about, where it is known
 * @throws Problem `text-not-xml`, `text-not-json`, `text-unknown`, `text-too-long`
 */
export function readText(bytes: Uint8Array, canvas?: string): PageText {
  const source = decoded(bytes);
  const begin = source.slice(0, 200).trimStart();
  if (begin.startsWith('<')) {
    const root = rootOf(source);
    const read = MARKUP.get(root.toLowerCase());
    if (!read) throw new Problem('text-unknown', { detail: `the root element is ${root === '' ? 'missing' : root}` });
    return read(source);
  }
  if (begin.startsWith('{') || begin.startsWith('[')) return readAnnotations(source, canvas);
  if (begin.startsWith('WEBVTT') || CUE.test(source.slice(0, 2000))) return readWebVtt(source);
  if (source.includes('\0')) throw new Problem('text-unknown', { detail: 'bytes that are no text' });
  return readPlainText(source);
}

function decoded(bytes: Uint8Array): string {
  try {
    return xmlText(bytes);
  } catch (cause) {
    throw new Problem('text-unknown', { detail: 'not in the encoding that it says', cause });
  }
}

/** The first element, behind the declaration, comments and a DOCTYPE. */
function rootOf(source: string): string {
  let at = 0;
  for (;;) {
    const next = source.indexOf('<', at);
    if (next < 0) return '';
    if (source.startsWith('<!--', next)) at = end(source, '-->', next);
    else if (source.startsWith('<?', next) || source.startsWith('<!', next)) at = end(source, '>', next);
    else return ROOT.exec(source.slice(next, next + 200))?.[1] ?? '';
  }
}

function end(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found + mark.length;
}
