import { LINKED_ART_VERSION } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import type { AnnounceObject } from './announce-object.ts';
import type { MappedRecords } from './mapped-records.ts';
import { mintImageIds } from './mint-id.ts';
import { type Owing, owing } from './object-writer.ts';
import type { Stores } from './stores.ts';

type Deps = {
  stores: Stores;
  records: MappedRecords;
  owed: Owing;
  announce: AnnounceObject;
  /** Does the work, or reports the object's failure. */
  report: (object: string, work: () => Promise<void>) => Promise<void>;
};

/** A newer mapping raises the revision of every object (R3), from our raw copies: the museum is not asked. */
export async function remapOutdated({ stores, records, owed, announce, report }: Deps): Promise<void> {
  async function remap(id: string, rawCopy: string): Promise<void> {
    const mapped = await records.mapped(rawCopy);
    const images = await mintImageIds(stores.ids, id, mapped?.images ?? []);
    await stores.objects.update(id, (current) => {
      if (!current || current.state === 'withdrawn' || current.mappingVersion >= LINKED_ART_VERSION) return undefined;
      const raised = { ...current, mappingVersion: LINKED_ART_VERSION, revision: current.revision + 1 };
      return owing(mapped ? { ...raised, images } : { ...raised, state: 'withdrawn', reason: 'no object to the mapping any more' }, owed);
    });
    await announce(id, {});
  }

  for await (const { id, value } of stores.objects.all()) {
    if (value.state === 'withdrawn' || value.mappingVersion >= LINKED_ART_VERSION) continue;
    await report(id, () => remap(id, value.record.key));
  }
}
