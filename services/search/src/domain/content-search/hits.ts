import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import type { Span } from '@vitrine/platform/text-index/port.ts';
import { type LineMatch, matchPlaces } from '../match-places.ts';
import type { PageText } from '../page/page-text.ts';

/** UTF-16 units of text around a match. */
const CONTEXT = 60;

export type CanvasMatch = {
  readonly image: string;
  /** The image that names the canvas, or the address of a canvas that is not ours. */
  readonly shownOn: string;
  readonly page: PageText;
  readonly spans: readonly Span[];
  readonly canvas: { readonly width: number; readonly height: number };
};

/** What a match is on one line of its canvas. */
type HitLine = { readonly id: string; readonly text: string; readonly target: string };

/** One match with the text around it: what both versions of Content Search are made of. */
export type Hit = {
  readonly id: string;
  readonly lines: readonly HitLine[];
  readonly prefix: string;
  readonly exact: string;
  readonly suffix: string;
};

/** The matches of an object in the order of its canvases. */
export function hitsOf(publicUrl: string, object: string, matches: readonly CanvasMatch[]): Hit[] {
  return matches.flatMap(({ image, shownOn, page, spans, canvas }) => {
    const address = /^https?:/.test(shownOn) ? shownOn : canvasId(publicUrl, object, shownOn);
    // Annotations are named after their image: two of a choice are on one canvas.
    const named = canvasId(publicUrl, object, image);
    return spans.map((span) => ({
      id: `${named}/context/${span.start}-${span.end}`,
      lines: matchPlaces(page, span, canvas).map((line) => ({
        id: `${named}/text/${line.start}-${line.end}/${line.line}`,
        text: page.text.slice(line.start, line.end),
        target: `${address}#${fragmentOf(line, canvas)}`,
      })),
      prefix: unbroken(page.text.slice(Math.max(0, span.start - CONTEXT), span.start)),
      exact: unbroken(page.text.slice(span.start, span.end)),
      suffix: unbroken(page.text.slice(span.end, span.end + CONTEXT)),
    }));
  });
}

/** Viewers throw at a target without a fragment: where nobody knows the place, it is the whole canvas. */
function fragmentOf({ box, time }: LineMatch, canvas: CanvasMatch['canvas']): string {
  if (box) return `xywh=${box.x},${box.y},${box.width},${box.height}`;
  return time ? `t=${time.from},${time.to}` : `xywh=0,0,${canvas.width},${canvas.height}`;
}

const unbroken = (text: string): string => text.replace(/\n+/g, ' ');
