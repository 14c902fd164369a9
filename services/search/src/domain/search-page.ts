import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import type { Span } from '@vitrine/platform/text-index/port.ts';
import { matchBoxes } from './match-boxes.ts';
import type { PageText } from './page-text.ts';

export const SEARCH_2 = 'http://iiif.io/api/search/2/context.json';
/** UTF-16 units of text around a match. */
const CONTEXT = 60;

export type CanvasMatch = {
  readonly image: string;
  /** The image that names the canvas, or the address of a canvas that is not ours. */
  readonly shownOn: string;
  readonly page: PageText;
  readonly spans: readonly Span[];
  readonly canvas: { width: number; height: number };
};

type SearchPageInput = {
  publicUrl: string;
  object: string;
  /** The address of this page of results, and of the next. */
  id: string;
  first: string;
  next: string | undefined;
  ignored: readonly string[];
  matches: readonly CanvasMatch[];
};

/** Content Search 2.0, 4.2: an annotation a line of a match; 4.3: the words before and after it, as `contextualizing` annotations. */
export function searchPage({ publicUrl, object, id, first, next, ignored, matches }: SearchPageInput) {
  const items = [];
  const contexts = [];
  for (const { image, shownOn, page, spans, canvas } of matches) {
    const address = /^https?:/.test(shownOn) ? shownOn : canvasId(publicUrl, object, shownOn);
    // Annotations are named after their image: two of a choice are on one canvas.
    const named = canvasId(publicUrl, object, image);
    for (const span of spans) {
      const lines = matchBoxes(page, span, canvas).map(({ start, end, line, box }) => ({
        id: `${named}/text/${start}-${end}/${line}`,
        type: 'Annotation' as const,
        motivation: 'supplementing',
        body: { type: 'TextualBody' as const, value: page.text.slice(start, end), format: 'text/plain' },
        target: `${address}#xywh=${box.x},${box.y},${box.width},${box.height}`,
      }));
      items.push(...lines);
      const selector = quote(page.text, span);
      const targets = lines.map((line) => ({ type: 'SpecificResource' as const, source: line.id, selector: [selector] }));
      const [only] = targets;
      // 4.3.4: one match over several annotations has an array of targets.
      if (only)
        contexts.push({
          id: `${named}/context/${span.start}-${span.end}`,
          type: 'Annotation' as const,
          motivation: 'contextualizing',
          target: targets.length === 1 ? only : targets,
        });
    }
  }
  return {
    '@context': SEARCH_2,
    id,
    type: 'AnnotationPage' as const,
    // 4.2.4: what was ignored must be named.
    ...(ignored.length > 0 ? { ignored } : {}),
    ...(next === undefined && id === first
      ? {}
      : { partOf: { id: `${first}#all`, type: 'AnnotationCollection' as const, first: { id: first, type: 'AnnotationPage' as const } } }),
    ...(next === undefined ? {} : { next: { id: next, type: 'AnnotationPage' as const } }),
    items,
    ...(contexts.length > 0 ? { annotations: [{ id: `${id}#context`, type: 'AnnotationPage' as const, items: contexts }] } : {}),
  };
}

function quote(text: string, { start, end }: Span) {
  return {
    type: 'TextQuoteSelector' as const,
    prefix: text.slice(Math.max(0, start - CONTEXT), start).replaceAll('\n', ' '),
    exact: text.slice(start, end).replaceAll('\n', ' '),
    suffix: text.slice(end, end + CONTEXT).replaceAll('\n', ' '),
  };
}
