import { plainText } from '@vitrine/mapping/plain-text.ts';
import { PageBuilder } from '../page/page-builder.ts';
import type { PageText } from '../page/page-text.ts';
import { wordsOfLine } from './words-of-line.ts';

const TIMES = /^\s*(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})/;

/** The lines of a WebVTT file with their times (WebVTT 1, 4.1); a cue without a time is left out, as browsers do, and so are notes and styles. */
export function readWebVtt(source: string): PageText {
  const page = new PageBuilder();
  for (const cue of source.replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    const rows = cue.split('\n');
    const at = rows.findIndex((row) => TIMES.test(row));
    const [, ...parts] = TIMES.exec(rows[at] ?? '') ?? [];
    if (at < 0 || parts.length === 0) continue;
    const [from, to] = [seconds(parts.slice(0, 4)), seconds(parts.slice(4, 8))];
    page.block();
    for (const row of rows.slice(at + 1)) {
      page.line({ from, to: Math.max(from, to) });
      for (const word of wordsOfLine(plainText(row.replace(/<[^<>]*>/g, '')), undefined)) page.word(word);
    }
  }
  return page.build();
}

function seconds([hours, minutes, whole, thousandths]: readonly (string | undefined)[]): number {
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(whole) + Number((thousandths ?? '0').padEnd(3, '0')) / 1000;
}
