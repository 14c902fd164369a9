import { Problem } from '@vitrine/platform/problem.ts';
import { PageBuilder } from '../page/page-builder.ts';
import type { Box, PageText } from '../page/page-text.ts';
import { languageTag } from './language-tag.ts';
import { properBox } from './measures.ts';
import { readMarkup } from './read-markup.ts';
import { wordsOfLine } from './words-of-line.ts';

const BLOCKS = new Set(['ocr_carea', 'ocrx_block', 'ocr_par', 'ocr_column', 'ocr_separator']);
const LINES = new Set(['ocr_line', 'ocrx_line', 'ocr_header', 'ocr_footer', 'ocr_caption', 'ocr_textfloat', 'ocr_pageno']);
const WORDS = new Set(['ocrx_word', 'ocr_word']);

type Kind = 'page' | 'block' | 'line' | 'word' | 'other' | 'doubt';
type Open = { readonly kind: Kind; readonly element: string; readonly box: Box | undefined };
type Reading = { text: string; readonly box: Box | undefined; readonly alternatives: string[] };

/**
 * The words of an hOCR page (hOCR 1.2: `ocr_page`, areas and paragraphs, lines, `ocrx_word`, `bbox` in `title`). Lines without words are
 * split at their spaces. Of a word in doubt (`alternatives`) the first reading is taken, the others are kept beside it.
 *
 * @throws Problem `text-not-xml`, `text-unknown`
 */
export function readHocr(source: string): PageText {
  const page = new PageBuilder();
  const open: Open[] = [];
  let line: { text: string; box: Box | undefined; words: number } | undefined;
  let word: Reading | undefined;
  let seen = false;

  function endLine(): void {
    if (line && line.words === 0) for (const found of wordsOfLine(line.text, line.box)) page.word(found);
    line = undefined;
  }

  readMarkup(source, 'html', {
    open(element, attributes) {
      const classes = (attributes['class'] ?? '').split(/\s+/);
      const is = (names: ReadonlySet<string>) => classes.some((name) => names.has(name));
      const kind: Kind = is(WORDS)
        ? 'word'
        : is(LINES)
          ? 'line'
          : is(BLOCKS)
            ? 'block'
            : classes.includes('ocr_page')
              ? 'page'
              : element === 'del' && word
                ? 'doubt'
                : 'other';
      const box = kind === 'other' || kind === 'doubt' ? undefined : boxOf(attributes['title']);
      open.push({ kind, element, box });
      if (kind !== 'other' && kind !== 'doubt') {
        seen = true;
        page.language(languageTag(attributes['lang'] ?? attributes['xml:lang']));
      }
      if (kind === 'page') {
        page.block();
        if (box) {
          page.width ??= box.width + box.x;
          page.height ??= box.height + box.y;
        }
      } else if (kind === 'block') page.block();
      else if (kind === 'line') {
        endLine();
        page.line();
        line = { text: '', box, words: 0 };
      } else if (kind === 'word') word = { text: '', box, alternatives: [] };
      else if (kind === 'doubt') word?.alternatives.push('');
    },
    text(text) {
      if (word && word.alternatives.length > 0 && open.some(({ kind }) => kind === 'doubt'))
        word.alternatives[word.alternatives.length - 1] += text;
      else if (word) word.text += text;
      else if (line) line.text += text;
    },
    close() {
      const closed = open.pop();
      if (closed?.kind === 'word' && word) {
        page.word(word);
        if (line) line.words++;
        word = undefined;
      } else if (closed?.kind === 'line') endLine();
    },
  });
  if (!seen) throw new Problem('text-unknown', { detail: 'an HTML page without the classes of hOCR' });
  return page.build();
}

/** hOCR 1.2, 2.3: `bbox x0 y0 x1 y1`. */
function boxOf(title: string | undefined): Box | undefined {
  const corners = /\bbbox\s+(-?[\d.]+)[\s,]+(-?[\d.]+)[\s,]+(-?[\d.]+)[\s,]+(-?[\d.]+)/.exec(title ?? '');
  if (!corners) return undefined;
  const [, x0 = 0, y0 = 0, x1 = 0, y1 = 0] = corners.map(Number);
  return properBox(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
}
