import { LINKED_ART_VERSION, mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Intents } from '@vitrine/platform/intents.ts';
import type { AnnounceObject } from './announce-object.ts';
import { mintImageIds } from './mint-id.ts';
import type { Stores } from './stores.ts';

type Deps = {
  stores: Stores;
  blobs: Blobs;
  intents: Intents;
  announce: AnnounceObject;
  /** Does the work, or reports the object's failure. */
  report: (object: string, work: () => Promise<void>) => Promise<void>;
};

/** A newer mapping raises the revision of every object (R3), from our raw copies: the museum is not asked. */
export async function remapOutdated({ stores, blobs, intents, announce, report }: Deps): Promise<void> {
  async function remap(id: string, rawCopy: string): Promise<void> {
    const mapped = mapLinkedArt(JSON.parse(String(await blobs.read(rawCopy))));
    const images = await mintImageIds(stores.ids, id, mapped?.images ?? []);
    await intents.carryOut(id, async () => {
      await stores.objects.update(id, (current) => {
        if (!current || current.state === 'withdrawn' || current.mappingVersion >= LINKED_ART_VERSION) return undefined;
        const raised = { ...current, mappingVersion: LINKED_ART_VERSION, revision: current.revision + 1 };
        return mapped ? { ...raised, images } : { ...raised, state: 'withdrawn', reason: 'no object to the mapping any more' };
      });
      await announce(id, {});
    });
  }

  for await (const { id, value } of stores.objects.all()) {
    if (value.state === 'withdrawn' || value.mappingVersion >= LINKED_ART_VERSION) continue;
    await report(id, () => remap(id, value.record.key));
  }
}
