import { objectWithdrawn } from '@vitrine/contracts/events/object-withdrawn.ts';
import { on } from '@vitrine/platform/events/handler.ts';
import { causedBy } from '@vitrine/platform/events/publisher.ts';
import type { AssembleManifest } from '../assemble-manifest.ts';
import type { Stores } from '../stores.ts';

/** Leaves a tombstone, also for an object never seen: an older event that comes later must not bring it back. */
export const onObjectWithdrawn = ({ assemblies }: Stores, assemble: AssembleManifest) =>
  on(objectWithdrawn, async (event) => {
    const { object, revision } = event.data;
    const assembly = await assemblies.update(object, (current) =>
      current && current.revision >= revision ? undefined : { revision, state: 'withdrawn' },
    );
    if (assembly && assembly.revision > revision) return { code: 'stale' };
    return assemble(object, causedBy(event));
  });
