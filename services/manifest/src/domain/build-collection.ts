import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { addresses } from './addresses.ts';
import { PRESENTATION_3, SEARCH_2 } from './made-manifest.ts';
import { searchServices } from './search-services.ts';

/** A manifest, by its address. */
export type Listed = { readonly id: string; readonly label: LanguageMap; readonly thumbnail?: string | undefined };

type CollectionInput = {
  readonly name: string;
  readonly label: LanguageMap;
  readonly summary?: LanguageMap | undefined;
  /** The collection above it; `root` has none. */
  readonly within?: string | undefined;
  /** Collections in it, by name, before the manifests. */
  readonly collections: readonly { readonly name: string; readonly label: LanguageMap }[];
  readonly manifests: readonly Listed[];
  /** Whether the search service knows which objects are in it. */
  readonly searchable?: boolean;
  /** The set in its source. */
  readonly address?: string | undefined;
};

/** A collection of ours (Presentation API 3.0, 5.1): manifests and collections are named, not embedded. */
export function buildCollection(
  publicUrl: string,
  { name, label, summary, within, collections, manifests, searchable, address }: CollectionInput,
) {
  const at = addresses(publicUrl);
  return {
    '@context': searchable ? [SEARCH_2, PRESENTATION_3] : PRESENTATION_3,
    id: at.collection(name),
    type: 'Collection' as const,
    label,
    ...(summary ? { summary } : {}),
    ...(address !== undefined && /^https?:\/\//.test(address) ? { seeAlso: [{ id: address, type: 'Dataset' }] } : {}),
    ...(searchable ? { service: searchServices(publicUrl, 'collections', name) } : {}),
    ...(within === undefined ? {} : { partOf: [{ id: at.collection(within), type: 'Collection' as const }] }),
    items: [
      ...collections.map((collection) => ({ id: at.collection(collection.name), type: 'Collection' as const, label: collection.label })),
      ...manifests.map(({ id, label: title, thumbnail }) => ({
        id,
        type: 'Manifest' as const,
        label: title,
        ...(thumbnail === undefined ? {} : { thumbnail: [{ id: thumbnail, type: 'Image', format: 'image/jpeg' }] }),
      })),
    ],
  };
}
