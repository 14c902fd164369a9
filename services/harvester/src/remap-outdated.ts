import { versionOf } from '@vitrine/mapping/mappings.ts';
import type { AnnounceObject } from './announce-object.ts';
import { imagesOf } from './images-of.ts';
import type { MappedRecords } from './mapped-records.ts';
import { mintImageIds } from './mint-id.ts';
import { type Owing, owing } from './object-writer.ts';
import { formatOf, type ObjectDocument, type Stores } from './stores.ts';

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
  async function remap(id: string, { record, attached }: ObjectDocument): Promise<void> {
    const mapped = await records.mapped(record.key, undefined);
    const images = await mintImageIds(stores.ids, id, mapped ? imagesOf(mapped, attached) : []);
    await stores.objects.update(id, (current) => {
      const version = current && newerVersion(current);
      if (!current || version === undefined) return undefined;
      const raised = { ...current, mappingVersion: version, revision: current.revision + 1 };
      return owing(mapped ? { ...raised, images } : { ...raised, state: 'withdrawn', reason: 'no object to the mapping any more' }, owed);
    });
    await announce(id, {});
  }

  for await (const { id, value } of stores.objects.all()) {
    if (newerVersion(value) === undefined) continue;
    await report(id, () => remap(id, value));
  }
}

function newerVersion(object: ObjectDocument): number | undefined {
  const version = object.state === 'withdrawn' ? undefined : versionOf(formatOf(object));
  return version !== undefined && version > object.mappingVersion ? version : undefined;
}
