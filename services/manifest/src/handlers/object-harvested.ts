import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import { IIIF_MANIFEST } from '@vitrine/mapping/iiif/map-iiif-manifest.ts';
import { on } from '@vitrine/platform/events/handler.ts';
import { causedBy } from '@vitrine/platform/events/publisher.ts';
import type { AssembleManifest } from '../assemble-manifest.ts';
import type { Stores } from '../stores.ts';

export const onObjectHarvested = ({ assemblies }: Stores, assemble: AssembleManifest) =>
  on(objectHarvested, async (event) => {
    const { object, revision, museumObject, mapping, record, source } = event.data;
    const given = mapping.format === IIIF_MANIFEST ? { given: record.blob } : {};
    const assembly = await assemblies.update(object, (current) =>
      current && current.revision >= revision
        ? undefined
        : { revision, state: 'present', museumObject, record: { address: record.address, source, format: mapping.format }, ...given },
    );
    if (assembly && assembly.revision > revision) return { code: 'stale' };
    return assemble(object, causedBy(event));
  });
