import { PageBuilder } from '../page/page-builder.ts';
import type { Box, PageText } from '../page/page-text.ts';
import { languageTag } from './language-tag.ts';
import { type Attributes, readMarkup } from './read-markup.ts';

type Piece = Attributes | 'space';

/**
 * The words of an ALTO page, 2 to 4: `Page`, `TextBlock`, `TextLine`, `String` with CONTENT, HPOS, VPOS, WIDTH, HEIGHT, SUBS_TYPE and
 * SUBS_CONTENT, `SP`, `HYP`, `ALTERNATIVE`, whatever their namespace. Coordinates stay in the page's unit; its own size says how they map
 * to the canvas.
 *
 * @throws Problem `text-not-xml`
 */
export function readAlto(source: string): PageText {
  const page = new PageBuilder();
  let line: Piece[] = [];
  let alternatives = new Map<Piece, string[]>();
  let isAlternative = false;

  readMarkup(source, 'xml', {
    open(element, attributes) {
      if (element === 'String') line.push(attributes);
      else if (element === 'SP') line.push('space');
      else if (element === 'HYP') {
        const hyphened = line.at(-1);
        // A hyphen of its own says that the word is broken, where no SUBS_TYPE does.
        if (hyphened !== undefined && hyphened !== 'space' && hyphened['SUBS_TYPE'] === undefined)
          line[line.length - 1] = { ...hyphened, CONTENT: `${hyphened['CONTENT'] ?? ''}\u00ad` };
      } else if (element === 'TextLine') {
        page.line();
        page.language(languageTag(attributes['LANG']));
      } else if (element === 'TextBlock' || element === 'ComposedBlock') {
        page.block();
        page.language(languageTag(attributes['LANG'] ?? attributes['language']));
      } else if (element === 'Page') {
        page.width ??= positive(attributes['WIDTH']);
        page.height ??= positive(attributes['HEIGHT']);
      } else if (element === 'ALTERNATIVE') isAlternative = true;
    },
    text(text) {
      const word = line.at(-1);
      if (isAlternative && word !== undefined) alternatives.set(word, [...(alternatives.get(word) ?? []), text]);
    },
    close(element) {
      if (element === 'ALTERNATIVE') isAlternative = false;
      else if (element === 'TextLine' || element === 'Page') {
        emit(page, line, alternatives);
        line = [];
        alternatives = new Map();
      }
    },
  });
  return page.build();
}

/** Words of a line that has spaces are joined where there is none; a line without any was written without them. */
function emit(page: PageBuilder, line: readonly Piece[], alternatives: ReadonlyMap<Piece, string[]>): void {
  const hasSpaces = line.includes('space');
  for (const [place, piece] of line.entries()) {
    if (piece === 'space') continue;
    page.word({
      text: piece['CONTENT'] ?? '',
      box: boxOf(piece),
      half: piece['SUBS_TYPE'] === 'HypPart1' ? 'first' : piece['SUBS_TYPE'] === 'HypPart2' ? 'second' : undefined,
      whole: piece['SUBS_CONTENT'],
      joined: hasSpaces && place > 0 && line[place - 1] !== 'space',
      alternatives: alternatives.get(piece),
    });
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
