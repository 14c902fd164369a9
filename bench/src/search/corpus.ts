import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@vitrine/platform/problem.ts';
import { sharedFixtures } from '@vitrine/platform/shared-fixtures.ts';
import { readText } from '@vitrine/search/domain/reading/read-text.ts';

const LINE = 10;
const PAGE = { width: 2400, height: 3600 };

/** Texts whose words are as frequent as those of real OCR, always the same. */
export type Corpus = {
  /** Words in a row. */
  words(count: number): string[];
  /** One word of the vocabulary, the rarer the higher the rank from 0 to 1. */
  word(rank: number): string;
};

/** @throws where the fixtures are not at hand */
export async function openCorpus(seed: number): Promise<Corpus> {
  const fixtures = sharedFixtures(process.env);
  if (fixtures === undefined) throw new Error('the words come from shared/fixtures, which is not beside this checkout');
  const counts = new Map<string, number>();
  let total = 0;
  for (const folder of ['alto', 'hocr', 'page', 'txt'])
    for (const name of (await readdir(join(fixtures, 'ocr', folder))).toSorted())
      for (const [word] of (await textOf(join(fixtures, 'ocr', folder, name))).matchAll(/\p{L}[\p{L}\p{N}]*/gu)) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
        total++;
      }
  const vocabulary = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const reached = new Float64Array(vocabulary.length);
  let sum = 0;
  for (const [place, [, count]] of vocabulary.entries()) {
    sum += count;
    reached[place] = sum;
  }
  const random = randomFrom(seed);
  const at = (share: number): string => {
    let [low, high] = [0, reached.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((reached[middle] ?? 0) > share * total) high = middle;
      else low = middle + 1;
    }
    return vocabulary[low]?.[0] ?? '';
  };
  return {
    words: (count) => Array.from({ length: count }, () => at(random())),
    word: (rank) => vocabulary[Math.floor(rank * (vocabulary.length - 1))]?.[0] ?? '',
  };
}

/** A page of ALTO of some words, as engines write it. */
export function altoOf(words: readonly string[]): Buffer {
  const lines: string[] = [];
  const height = Math.floor(PAGE.height / Math.ceil(words.length / LINE));
  for (let from = 0; from < words.length; from += LINE) {
    const row = from / LINE;
    const strings = words.slice(from, from + LINE).map((word, place) => {
      const [left, top, wide] = [40 + place * 230 + (row % 7), row * height + (place % 3), 12 * word.length + 5];
      return `<String ID="w${from + place}" CONTENT="${word}" HPOS="${left}" VPOS="${top}" WIDTH="${wide}" HEIGHT="${height - (place % 4)}" WC="0.9${place}"/>`;
    });
    lines.push(
      `<TextLine ID="l${row}" HPOS="40" VPOS="${row * height}" WIDTH="2300" HEIGHT="${height}">${strings.join('<SP/>')}</TextLine>`,
    );
  }
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Description><MeasurementUnit>pixel</MeasurementUnit></Description><Layout><Page WIDTH="${PAGE.width}" HEIGHT="${PAGE.height}"><PrintSpace><TextBlock ID="b" LANG="de">${lines.join('\n')}</TextBlock></PrintSpace></Page></Layout></alto>`,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return readText(await readFile(file)).text;
  } catch (thrown) {
    if (thrown instanceof Problem) return '';
    throw thrown;
  }
}

/** Mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
