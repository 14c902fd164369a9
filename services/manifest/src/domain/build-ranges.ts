import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { addresses } from './addresses.ts';

/** Ranges within one another; no structure of a real thing is deeper. */
const DEEPEST = 64;

type Member = { readonly id: string; readonly type: 'Canvas' } | Range;
export type Range = { readonly id: string; readonly type: 'Range'; readonly label: LanguageMap; readonly items: readonly Member[] };

/**
 * The structure of an object as ranges (Presentation API 3.0, 5.4). A range is named by its place in the structure; one without anything to show is left out, and what holds itself ends where it would begin again.
 *
 * @param canvasOfImage the canvas that shows the image of a `sourceId`; undefined where none does
 */
export function buildRanges(
  publicUrl: string,
  object: string,
  structure: MuseumObject['structure'],
  canvasOfImage: (sourceId: string) => string | undefined,
): readonly Range[] {
  const below = new Map<number | undefined, number[]>();
  for (const [place, { parent }] of structure.entries()) {
    const of = parent !== undefined && parent < structure.length && parent !== place ? parent : undefined;
    const siblings = below.get(of);
    if (siblings) siblings.push(place);
    else below.set(of, [place]);
  }

  function build(place: number, depth: number): readonly Range[] {
    const section = structure[place];
    if (!section || depth > DEEPEST) return [];
    const canvases = [...new Set(section.images.flatMap((image) => canvasOfImage(image) ?? []))];
    const items: Member[] = [
      ...canvases.map((id) => ({ id, type: 'Canvas' as const })),
      ...(below.get(place) ?? []).flatMap((child) => build(child, depth + 1)),
    ];
    return items.length === 0
      ? []
      : [{ id: addresses(publicUrl).range(object, String(place + 1)), type: 'Range', label: section.label, items }];
  }

  // Sections whose parents lead round in a ring are below nothing, and are not reached.
  return (below.get(undefined) ?? []).flatMap((place) => build(place, 1));
}
