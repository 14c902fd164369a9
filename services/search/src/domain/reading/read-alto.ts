import { PageBuilder } from '../page/page-builder.ts';
import type { Box, PageText } from '../page/page-text.ts';
import { languageTag } from './language-tag.ts';
import { positive, properBox } from './measures.ts';
import { type Attributes, readMarkup } from './read-markup.ts';

type Piece = { readonly attributes: Attributes; readonly alternatives: string[]; isHyphened: boolean } | 'space';

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
  let alternatives: string[] | undefined;

  readMarkup(source, 'xml', {
    open(element, attributes) {
      if (element === 'String') line.push({ attributes, alternatives: [], isHyphened: false });
      else if (element === 'SP') line.push('space');
      else if (element === 'HYP') {
        const hyphened = line.at(-1);
        // A hyphen of its own says that the word is broken, where no SUBS_TYPE does.
        if (hyphened !== undefined && hyphened !== 'space' && hyphened.attributes['SUBS_TYPE'] === undefined) hyphened.isHyphened = true;
      } else if (element === 'TextLine') {
        page.line();
        page.language(languageTag(attributes['LANG']));
      } else if (element === 'TextBlock' || element === 'ComposedBlock') {
        page.block();
        page.language(languageTag(attributes['LANG'] ?? attributes['language']));
      } else if (element === 'Page') {
        page.width ??= positive(attributes['WIDTH']);
        page.height ??= positive(attributes['HEIGHT']);
      } else if (element === 'ALTERNATIVE') {
        const word = line.at(-1);
        alternatives = word === 'space' ? undefined : word?.alternatives;
        alternatives?.push('');
      }
    },
    text(text) {
      if (alternatives) alternatives[alternatives.length - 1] += text;
    },
    close(element) {
      if (element === 'ALTERNATIVE') alternatives = undefined;
      else if (element === 'TextLine' || element === 'Page') {
        emit(page, line);
        line = [];
      }
    },
  });
  return page.build();
}

/** Words of a line that has spaces are joined where there is none; a line without any was written without them. */
function emit(page: PageBuilder, line: readonly Piece[]): void {
  const hasSpaces = line.includes('space');
  for (const [place, piece] of line.entries()) {
    if (piece === 'space') continue;
    const { attributes, alternatives, isHyphened } = piece;
    const half = attributes['SUBS_TYPE'];
    page.word({
      text: `${attributes['CONTENT'] ?? ''}${isHyphened ? '\u00ad' : ''}`,
      box: boxOf(attributes),
      half: half === 'HypPart1' ? 'first' : half === 'HypPart2' ? 'second' : undefined,
      whole: attributes['SUBS_CONTENT'],
      joined: hasSpaces && place > 0 && line[place - 1] !== 'space',
      alternatives,
    });
  }
}

function boxOf(attributes: Attributes): Box | undefined {
  const measure = (name: string) => Number(attributes[name] ?? Number.NaN);
  return properBox(measure('HPOS'), measure('VPOS'), measure('WIDTH'), measure('HEIGHT'));
}
