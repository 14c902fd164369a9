import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { addresses } from './addresses.ts';
import { PRESENTATION_3 } from './made-manifest.ts';

/** Presentation 3.0 has no paging: a long list becomes collections of this many manifests below `root`. */
const PART = 1000;

type Published = { readonly id: string; readonly label: LanguageMap; readonly thumbnail: string | undefined };

/** The collection `root`, or `root-{n}`, its nth part; undefined for any other. `published` is in the order of ids. */
export function buildCollection(publicUrl: string, collection: string, published: readonly Published[]) {
  const at = addresses(publicUrl);
  const parts = Math.ceil(published.length / PART);
  const head = (label: string) => ({
    '@context': PRESENTATION_3,
    id: at.collection(collection),
    type: 'Collection' as const,
    label: { en: [label] },
  });
  const manifests = (from: number) =>
    published.slice(from, from + PART).map(({ id, label, thumbnail }) => ({
      id: at.manifest(id),
      type: 'Manifest' as const,
      label,
      ...(thumbnail === undefined ? {} : { thumbnail: [{ id: thumbnail, type: 'Image', format: 'image/jpeg' }] }),
    }));

  if (collection === 'root') {
    if (parts <= 1) return { ...head('All objects'), items: manifests(0) };
    const items = Array.from({ length: parts }, (_, part) => ({
      id: at.collection(`root-${part + 1}`),
      type: 'Collection' as const,
      label: { en: [`Objects ${part * PART + 1} to ${Math.min((part + 1) * PART, published.length)}`] },
    }));
    return { ...head('All objects'), items };
  }
  const part = Number(/^root-([1-9]\d{0,6})$/.exec(collection)?.[1]);
  if (!(part <= parts)) return undefined;
  return {
    ...head(`Objects from ${(part - 1) * PART + 1}`),
    partOf: [{ id: at.collection('root'), type: 'Collection' as const }],
    items: manifests((part - 1) * PART),
  };
}
