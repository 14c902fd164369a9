import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { type LineMatch, matchPlaces, type Span } from '../match-places.ts';
import type { StoredPage } from '../page/word-table.ts';

/** UTF-16 units of text around a match. */
const CONTEXT = 60;

/** A match on one page; one that goes on over a page's end has a piece on each. */
export type MatchPiece = {
  readonly image: string;
  /** The image that names the canvas, or the address of a canvas that is not ours. */
  readonly shownOn: string;
  readonly page: StoredPage;
  readonly span: Span;
  readonly canvas: { readonly width: number; readonly height: number };
};

/** The manifest of a hit, where it is not the one that is searched. */
export type ManifestName = { readonly id: string; readonly label: LanguageMap };

/** What a match is on one line of its canvas. */
type HitLine = { readonly id: string; readonly text: string; readonly canvas: string; readonly fragment: string };

/** One match with the text around it: what both versions of Content Search are made of. */
export type Hit = {
  readonly id: string;
  readonly lines: readonly HitLine[];
  readonly prefix: string;
  readonly exact: string;
  readonly suffix: string;
  readonly manifest?: ManifestName;
};

/** @param pieces of one match, in the order of the pages */
export function hitOf(publicUrl: string, object: string, pieces: readonly MatchPiece[], manifest?: ManifestName): Hit {
  const [first, last] = [pieces[0], pieces.at(-1)];
  const contexts = pieces.map(({ page: { text }, span: { start, end } }) => ({
    before: text.slice(Math.max(0, start - CONTEXT), start),
    exact: text.slice(start, end),
    after: text.slice(end, end + CONTEXT),
  }));
  return {
    // Annotations are named after their image: two of a choice are on one canvas.
    id: `${canvasId(publicUrl, object, first?.image ?? '')}/context/${first?.span.start}-${last?.span.end}`,
    lines: pieces.flatMap(({ image, shownOn, page, span, canvas }) =>
      matchPlaces(page, span, canvas).map((line) => ({
        id: `${canvasId(publicUrl, object, image)}/text/${Math.max(line.start, span.start)}-${Math.min(line.end, span.end)}/${line.line}`,
        text: page.text.slice(line.start, line.end),
        canvas: /^https?:/.test(shownOn) ? shownOn : canvasId(publicUrl, object, shownOn),
        fragment: fragmentOf(line, canvas),
      })),
    ),
    prefix: unbroken(contexts[0]?.before ?? ''),
    exact: unbroken(contexts.map(({ exact }) => exact).join('\n')),
    suffix: unbroken(contexts.at(-1)?.after ?? ''),
    ...(manifest ? { manifest } : {}),
  };
}

/** Viewers throw at a target without a fragment: where nobody knows the place, it is the whole canvas. */
function fragmentOf({ box, time }: LineMatch, canvas: MatchPiece['canvas']): string {
  if (box) return `xywh=${box.x},${box.y},${box.width},${box.height}`;
  return time ? `t=${time.from},${time.to}` : `xywh=0,0,${canvas.width},${canvas.height}`;
}

const unbroken = (text: string): string => text.replace(/\n+/g, ' ');
