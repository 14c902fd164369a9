import { setCollection, sourceCollection } from '@vitrine/contracts/collection-name.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import type { CollectionDocument, Stores } from './stores.ts';

type Deps = Pick<Stores, 'collections' | 'memberships' | 'members'>;

type Belonging = {
  readonly object: string;
  /** The object's revision that says so: an older one changes nothing. */
  readonly revision: number;
  readonly source?: string | undefined;
  readonly sets: MuseumObject['collections'];
};

export type KeepMemberships = (belonging: Belonging) => Promise<void>;

const memberKey = (set: string, object: string): string => `${set}:${object}`;

/**
 * Lists an object in the collections of its sets, and takes it out of those that it has left. What is listed is noted before and after, so that whatever a crash leaves is mended by the next time; who finds a newer note when he
 * has listed it takes back what that does not say.
 */
export function keepMemberships({ collections, memberships, members }: Deps): KeepMemberships {
  async function describe(name: string, document: CollectionDocument): Promise<void> {
    const said = JSON.stringify(document);
    await collections.update(name, (current) => (current && JSON.stringify(current) === said ? undefined : document));
  }

  return async ({ object, revision, source, sets }) => {
    if (source !== undefined) await describe(sourceCollection(source), { kind: 'source', label: { none: [source] } });
    const names = sets.map(({ id }) => setCollection(id));
    const before = await memberships.get(object);
    if (names.length === 0 && before === undefined) return;
    if (before && before.revision > revision) return;
    for (const { id, label } of sets) if (label) await describe(setCollection(id), { kind: 'set', label, address: id });
    const noted = await memberships.update(object, (current) =>
      current && current.revision > revision ? undefined : { revision, sets: [...new Set([...(current?.sets ?? []), ...names])] },
    );
    if (!noted || noted.revision > revision) return;
    for (const name of names) await members.update(memberKey(name, object), (current) => (current ? undefined : { object }));
    const left = noted.sets.filter((name) => !names.includes(name));
    for (const name of left) await members.remove(memberKey(name, object));
    const settled = await memberships.update(object, (current) =>
      current && current.revision === revision ? { revision, sets: names } : undefined,
    );
    if (!settled || settled.revision === revision) return;
    for (const name of names) if (!settled.sets.includes(name)) await members.remove(memberKey(name, object));
  };
}
