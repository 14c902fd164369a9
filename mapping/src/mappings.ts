import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { DUBLIN_CORE, DUBLIN_CORE_VERSION, isDublinCore, mapDublinCore } from './dublin-core/map-dublin-core.ts';
import { FOLDER_OBJECT_VERSION, isFolderObject, mapFolderObject } from './folder/map-folder-object.ts';
import { IIIF_MANIFEST, IIIF_MANIFEST_VERSION, isIiifManifest, mapIiifManifest } from './iiif/map-iiif-manifest.ts';
import type { JsonNode } from './json-node.ts';
import { isLido, LIDO, LIDO_VERSION, mapLido } from './lido/map-lido.ts';
import { isLinkedArt } from './linked-art/is-linked-art.ts';
import { LINKED_ART_VERSION, mapLinkedArt } from './linked-art/map-linked-art.ts';
import { isTableObject, mapTableObject, TABLE_OBJECT_VERSION } from './table/map-table-object.ts';

/** What one kind of record means to us. */
export type Mapping = {
  readonly format: string;
  /** Raised when the same record would give another object, so that every object of the format is emitted again. */
  readonly version: number;
  reads(record: JsonNode): boolean;
  /**
   * Undefined for a record that is no object.
   *
   * @throws Problem `record-invalid`
   */
  map(record: JsonNode): MappedObject | undefined;
};

const mappings: readonly Mapping[] = [
  { format: 'linked-art', version: LINKED_ART_VERSION, reads: isLinkedArt, map: mapLinkedArt },
  { format: IIIF_MANIFEST, version: IIIF_MANIFEST_VERSION, reads: isIiifManifest, map: mapIiifManifest },
  { format: 'folder-object', version: FOLDER_OBJECT_VERSION, reads: isFolderObject, map: mapFolderObject },
  { format: 'table-object', version: TABLE_OBJECT_VERSION, reads: isTableObject, map: mapTableObject },
  { format: LIDO, version: LIDO_VERSION, reads: isLido, map: mapLido },
  { format: DUBLIN_CORE, version: DUBLIN_CORE_VERSION, reads: isDublinCore, map: mapDublinCore },
];

/** All formats with their versions: where it is another, records may be read that nobody read before. */
export const MAPPINGS = mappings.map(({ format, version }) => `${format} ${version}`).join(', ');

/** The mapping that reads a record; undefined where none does yet. */
export const mappingOf = (record: JsonNode): Mapping | undefined => mappings.find((mapping) => mapping.reads(record));

/** The version that a format is mapped by now; undefined where nobody maps it any more. */
export const versionOf = (format: string): number | undefined => mappings.find((mapping) => mapping.format === format)?.version;
