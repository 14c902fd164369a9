import { setCollection, sourceCollection } from '@vitrine/contracts/collection-name.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import type { CollectionDocument, Stores } from './stores.ts';

type Deps = Pick<Stores, 'collections' | 'memberships' | 'members'>;

export type KeepMemberships = (object: string, source: string | undefined, sets: MuseumObject['collections']) => Promise<void>;

const memberKey = (set: string, object: string): string => `${set}:${object}`;

/**
 * Lists an object in the collections of its sets, and takes it out of those that it has left. What is listed is noted before and after, so that whatever a crash leaves is mended by the next time. An object without
 * a set, as most are, costs a read.
 */
export function keepMemberships({ collections, memberships, members }: Deps): KeepMemberships {
  /** Collections that are known to be there as they are. */
  const known = new Map<string, string>();

  async function describe(name: string, document: CollectionDocument): Promise<void> {
    const said = JSON.stringify(document);
    if (known.get(name) === said) return;
    await collections.update(name, (current) => (current && JSON.stringify(current) === said ? undefined : document));
    known.set(name, said);
  }

  return async (object, source, sets) => {
    if (source !== undefined) await describe(sourceCollection(source), { kind: 'source', label: { none: [source] } });
    const names = sets.map(({ id }) => setCollection(id));
    const before = (await memberships.get(object))?.sets ?? [];
    if (names.length === 0 && before.length === 0) return;
    for (const { id, label } of sets) if (label) await describe(setCollection(id), { kind: 'set', label, address: id });
    const all = [...new Set([...before, ...names])];
    if (all.length > before.length) await memberships.update(object, () => ({ sets: all }));
    for (const name of names) await members.update(memberKey(name, object), (current) => (current ? undefined : { object }));
    const left = before.filter((name) => !names.includes(name));
    for (const name of left) await members.remove(memberKey(name, object));
    if (left.length > 0) await memberships.update(object, () => ({ sets: names }));
  };
}
