import type { ServiceName } from '@vitrine/contracts/topics.ts';
import Type from 'typebox';
import type { Log } from '../log.ts';
import { openCollection } from './collection.ts';
import type { Body, CollectionSpec, Documents } from './port.ts';

/**
 * A change of every document of a collection. It only adds, so that the former release runs on the new data; what it replaces is removed a
 * release later. The documents that the former release goes on writing meanwhile are read without what was added.
 */
export type Migration = {
  /** Rises by one from 1, never reused. */
  readonly number: number;
  readonly collection: CollectionSpec;
  /** The document as it shall be; the same object where nothing changes. May run any number of times. */
  change(body: Body): Body;
};

const Progress = Type.Object({
  /** The number of the last migration that was carried out. */
  done: Type.Integer(),
  /** Of the one under way: the last document that has been looked at. */
  after: Type.Optional(Type.String()),
});
const PROGRESS = 'progress';
const PAGE = 200;

/** Carries out what is outstanding, from where the last start left off. Replicas may do it at once: each document is changed by compare-and-set. */
export async function migrate(service: ServiceName, documents: Documents, migrations: readonly Migration[], log: Log): Promise<void> {
  if (migrations.length === 0) return;
  const progress = await openCollection(documents, { name: `${service}.migrations`, indexes: [], schema: Progress });
  for (const { number, collection: spec, change } of migrations.toSorted((a, b) => a.number - b.number)) {
    const reached = (await progress.get(PROGRESS)) ?? { done: 0 };
    if (reached.done >= number) continue;
    const collection = await documents.collection(spec);
    let after = reached.done === number - 1 ? reached.after : undefined;
    let told = false;
    for (;;) {
      const page = await collection.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      if (!told && page.documents.length > 0) log.warn({ service, number, collection: spec.name }, 'a migration goes on');
      told = true;
      for (const { id } of page.documents) await changeOne(id);
      if (page.next === undefined) break;
      after = page.next;
      const mark = page.next;
      await progress.update(PROGRESS, (current) => (current && current.done >= number ? undefined : { done: number - 1, after: mark }));
    }
    await progress.update(PROGRESS, (current) => (current && current.done >= number ? undefined : { done: number }));

    async function changeOne(id: string): Promise<void> {
      for (;;) {
        const current = await collection.get(id);
        if (!current) return;
        const changed = change(current.body);
        if (changed === current.body || (await collection.put(id, changed, current.version)) !== undefined) return;
      }
    }
  }
}
