import { PageBuilder } from '../page/page-builder.ts';
import type { PageText } from '../page/page-text.ts';
import { wordsOfLine } from './words-of-line.ts';

/** Text as it is, without places. */
export function readPlainText(source: string): PageText {
  const page = new PageBuilder();
  for (const row of source.split(/\r\n|[\r\n\f]/)) {
    if (row.trim() === '') page.block();
    else page.line();
    for (const word of wordsOfLine(row, undefined)) page.word(word);
  }
  return page.build();
}
