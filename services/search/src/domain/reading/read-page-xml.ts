import { PageBuilder } from '../page/page-builder.ts';
import type { Box, PageText } from '../page/page-text.ts';
import { languageTag } from './language-tag.ts';
import { positive, properBox } from './measures.ts';
import { type Attributes, readMarkup } from './read-markup.ts';
import { wordsOfLine } from './words-of-line.ts';

/** Of several readings the one of the lowest index counts (PAGE 2019-07-15, `TextEquiv/@index`). */
type Reading = { readonly index: number; readonly text: string };
type Word = { readonly kind: 'word'; box: Box | undefined; readonly readings: Reading[] };
type Line = {
  readonly kind: 'line';
  readonly order: number | undefined;
  readonly language: string | undefined;
  box: Box | undefined;
  readonly readings: Reading[];
  readonly words: Word[];
};
type Region = {
  readonly kind: 'region';
  readonly id: string;
  readonly order: number | undefined;
  readonly language: string | undefined;
  box: Box | undefined;
  readonly readings: Reading[];
  readonly lines: Line[];
};
type Place = { readonly region: string; readonly index: number };
type Group = { readonly kind: 'group'; readonly index: number; readonly members: (Place | Group)[] };
/** What has readings of its own that are not the words'. */
type Glyph = { readonly kind: 'glyph'; box: Box | undefined; readonly readings: Reading[] };

/**
 * The words of a PAGE XML file (2009 to 2019): regions in their `ReadingOrder`, those that it leaves out after them; lines, words,
 * polygons as the boxes around them. Where only a line or a region has text, its words take their share of its box.
 *
 * @throws Problem `text-not-xml`
 */
export function readPageXml(source: string): PageText {
  const page = new PageBuilder();
  const regions: Region[] = [];
  const order: Group = { kind: 'group', index: 0, members: [] };
  const groups: Group[] = [order];
  const open: (Region | Line | Word | Glyph)[] = [];
  let reading: number | undefined;
  let text: string | undefined;

  readMarkup(source, 'xml', {
    open(element, attributes) {
      const around = open.at(-1);
      if (element === 'Page') {
        page.width = positive(attributes['imageWidth']);
        page.height = positive(attributes['imageHeight']);
        page.language(languageTag(attributes['primaryLanguage']));
      } else if (element.endsWith('Region')) {
        const region: Region = {
          kind: 'region',
          id: attributes['id'] ?? '',
          ...described(attributes),
          box: undefined,
          readings: [],
          lines: [],
        };
        regions.push(region);
        open.push(region);
      } else if (element === 'TextLine') {
        const line: Line = { kind: 'line', ...described(attributes), box: undefined, readings: [], words: [] };
        open.findLast((outer) => outer.kind === 'region')?.lines.push(line);
        open.push(line);
      } else if (element === 'Word') {
        const word: Word = { kind: 'word', box: undefined, readings: [] };
        open.findLast((outer) => outer.kind === 'line')?.words.push(word);
        open.push(word);
      } else if (element === 'Glyph' || element === 'Grapheme') open.push({ kind: 'glyph', box: undefined, readings: [] });
      else if (element === 'Coords' && around) around.box ??= polygonBox(attributes['points']);
      else if (element === 'Point' && around) around.box = including(around.box, Number(attributes['x']), Number(attributes['y']));
      else if (element === 'TextEquiv') reading = Number(attributes['index'] ?? 0);
      else if (element === 'Unicode') text = '';
      else if (element === 'OrderedGroup' || element === 'UnorderedGroup' || element.endsWith('GroupIndexed')) {
        const outer = groups.at(-1) ?? order;
        const group: Group = { kind: 'group', index: Number(attributes['index'] ?? outer.members.length), members: [] };
        outer.members.push(group);
        groups.push(group);
      } else if (element === 'RegionRef' || element === 'RegionRefIndexed') {
        const { members } = groups.at(-1) ?? order;
        members.push({ region: attributes['regionRef'] ?? '', index: Number(attributes['index'] ?? members.length) });
      }
    },
    text(more) {
      if (text !== undefined) text += more;
    },
    close(element) {
      if (element.endsWith('Region') || element === 'TextLine' || element === 'Word' || element === 'Glyph' || element === 'Grapheme')
        open.pop();
      else if (element === 'Unicode' && text !== undefined) {
        open.at(-1)?.readings.push({ index: reading ?? 0, text });
        text = undefined;
      } else if (element.includes('Group')) groups.pop();
    },
  });

  for (const region of inOrder(regions, order)) emitRegion(page, region);
  return page.build();
}

function* inOrder(regions: readonly Region[], order: Group): Generator<Region> {
  const left = new Set(regions);
  const byId = new Map(regions.toReversed().map((region) => [region.id, region] as const));
  function* walk({ members }: Group): Generator<Region> {
    for (const member of members.toSorted((a, b) => a.index - b.index)) {
      if ('members' in member) yield* walk(member);
      else {
        const region = byId.get(member.region);
        if (region && left.delete(region)) yield region;
      }
    }
  }
  yield* walk(order);
  yield* sorted([...left]);
}

/** As Transkribus orders them in `custom`; else as they are written. */
function sorted<T extends { readonly order: number | undefined }>(items: readonly T[]): readonly T[] {
  return items.every(({ order }) => order !== undefined) ? items.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0)) : items;
}

function emitRegion(page: PageBuilder, { lines, readings, box, language }: Region): void {
  page.block();
  page.language(language);
  const written = lines.some((line) => line.words.some(({ readings: [first] }) => first) || chosen(line.readings).text !== '');
  if (!written) {
    const { text } = chosen(readings);
    for (const row of text.split('\n')) {
      page.line();
      for (const word of wordsOfLine(row, undefined)) page.word({ ...word, box });
    }
    return;
  }
  for (const line of sorted(lines)) {
    page.line();
    page.language(line.language);
    const words = line.words.map((word) => ({ ...chosen(word.readings), box: word.box })).filter(({ text }) => text.trim() !== '');
    for (const word of words.length > 0 ? words : wordsOfLine(chosen(line.readings).text, line.box)) page.word(word);
  }
}

function chosen(readings: readonly Reading[]): { text: string; alternatives: string[] } {
  const [first, ...others] = readings.toSorted((a, b) => a.index - b.index);
  return { text: first?.text ?? '', alternatives: others.map(({ text }) => text) };
}

function described(attributes: Attributes): { order: number | undefined; language: string | undefined } {
  const order = /readingOrder\s*\{\s*index:\s*(\d+)/.exec(attributes['custom'] ?? '')?.[1];
  return { order: order === undefined ? undefined : Number(order), language: languageTag(attributes['primaryLanguage']) };
}

function polygonBox(points: string | undefined): Box | undefined {
  let box: Box | undefined;
  for (const [, x, y] of (points ?? '').matchAll(/(-?[\d.]{1,20}),(-?[\d.]{1,20})/g)) box = including(box, Number(x), Number(y));
  return box && properBox(box.x, box.y, box.width, box.height);
}

function including(box: Box | undefined, x: number, y: number): Box | undefined {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return box;
  if (!box) return { x, y, width: 0, height: 0 };
  const [left, top] = [Math.min(box.x, x), Math.min(box.y, y)];
  return { x: left, y: top, width: Math.max(box.x + box.width, x) - left, height: Math.max(box.y + box.height, y) - top };
}
