import { setCollection } from '@vitrine/contracts/collection-name.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { addresses } from './addresses.ts';

/** The collections that a manifest is in: ours, of all objects and of each set that its record names with what it is called. */
export function partOf(publicUrl: string, sets: MuseumObject['collections']) {
  const { collection } = addresses(publicUrl);
  return [
    { id: collection('root'), type: 'Collection' as const },
    ...sets.flatMap(({ id, label }) => (label ? [{ id: collection(setCollection(id)), type: 'Collection' as const, label }] : [])),
  ];
}
