import { setImmediate } from 'node:timers/promises';
import { IIIF_MANIFEST } from '@vitrine/mapping/iiif/map-iiif-manifest.ts';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { mappingOf } from '@vitrine/mapping/mappings.ts';
import { fromSimpleForm } from '@vitrine/mapping/own/simple-form.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { fieldOrigins } from './domain/field-origins.ts';
import { readRecord } from './domain/read-record.ts';
import { ownFormat } from './own-mapping/own-format.ts';
import type { OwnMapper } from './own-mapping/own-mapper.ts';
import { formatOf, recordKey, type Stores } from './stores.ts';

/** Milliseconds of trying: a book of thousands of pages is told of in part. */
const LONGEST = 5000;
/** Milliseconds after which others have their turn. */
const AT_A_TIME = 20;

/** The property of a manifest that a field of an object becomes; the rest of its fields is in no manifest. */
const PROPERTIES: Readonly<Record<string, string>> = {
  label: 'label',
  metadata: 'metadata',
  summary: 'summary',
  rights: 'rights',
  requiredStatement: 'requiredStatement',
  provider: 'provider',
  homepage: 'homepage',
  seeAlso: 'seeAlso',
  rendering: 'rendering',
  date: 'navDate',
  collections: 'partOf',
  media: 'items',
  images: 'items',
  structure: 'structures',
  behavior: 'behavior',
  viewingDirection: 'viewingDirection',
  start: 'start',
  place: 'navPlace',
  annotations: 'annotations',
};

type Deps = {
  stores: Pick<Stores, 'objects' | 'records' | 'sources'>;
  blobs: Blobs;
  mapper: Pick<OwnMapper, 'evaluate'>;
  now: () => Date;
};

/** Which record, time and rule gave each value of an object. @throws Problem `object-not-found`, `object-withdrawn`, `blob-missing` */
export function objectProvenance({ stores, blobs, mapper, now }: Deps) {
  return async (object: string) => {
    const document = await stores.objects.get(object);
    if (!document) throw new Problem('object-not-found', { detail: object });
    if (document.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: object });
    const { source, address, record, activity, mappingVersion, attached = [], texts, images } = document;
    const [known, owner] = await Promise.all([stores.records.get(recordKey(source, address)), stores.sources.get(source)]);
    const format = formatOf(document);
    const own = owner?.definition.mapping;
    const isOwn = own !== undefined && ownFormat(own) === format;
    const { content } = readRecord(await blobs.read(record.key), undefined, address);
    const map = async (changed: JsonNode) =>
      isOwn ? fromSimpleForm(await mapper.evaluate(own, changed)) : mappingOf(changed)?.map(changed);
    const until = now().getTime() + LONGEST;
    let turn = performance.now();
    const goesOn = async () => {
      if (performance.now() - turn > AT_A_TIME) {
        await setImmediate();
        turn = performance.now();
      }
      return now().getTime() < until;
    };
    const { fields, complete } = await fieldOrigins(content, { map, goesOn });
    const copy = known?.copies?.find(({ sha256 }) => sha256 === record.sha256);
    const idOf = new Map(images.map(({ sourceId, id }) => [sourceId, id]));
    return {
      object,
      revision: document.revision,
      record: {
        source,
        address,
        sha256: record.sha256,
        ...(activity.time === undefined ? {} : { time: activity.time }),
        ...(copy ? { fetched: new Date(copy.at).toISOString() } : {}),
      },
      mapping: {
        format,
        version: mappingVersion,
        ...(isOwn ? { expression: own } : {}),
        ...(format === IIIF_MANIFEST ? { republished: true } : {}),
      },
      complete,
      fields: fields.map(({ field, ...origin }) => {
        const property = PROPERTIES[field.replace(/\/.*$/, '')];
        return { field, ...(property === undefined ? {} : { property }), ...origin };
      }),
      // What other records gave of it.
      attached: attached.map(({ sourceId, address: from, ...said }) => ({ image: idOf.get(sourceId) ?? sourceId, address: from, ...said })),
      texts: texts.map(({ address: from, blob }) => ({ address: from, sha256: blob.sha256 })),
    };
  };
}
