import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import type { MappedObject, MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { IIIF_MANIFEST } from '@vitrine/mapping/iiif/map-iiif-manifest.ts';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { withIdentifiers } from './announce-object.ts';
import { rawCopyOf } from './derive-again.ts';
import { type Difference, objectDifferences } from './domain/object-differences.ts';
import { readRecord } from './domain/read-record.ts';
import { imagesOf } from './images-of.ts';
import type { MappedRecords } from './mapped-records.ts';
import { foreseenId } from './mint-id.ts';
import type { ObjectDocument, RecordDocument, Stores } from './stores.ts';

/** Milliseconds that a page may take: what is not done then is on the next one. */
const LONGEST = 10_000;

type Previewed = {
  readonly record: string;
  readonly object: string;
  /** What would become of it, or the code of the problem that keeps anything from it. */
  readonly outcome: string;
  readonly detail?: string;
  readonly differences: readonly Difference[];
  readonly museumObject?: MuseumObject;
  /** Of a format that is published again: our copy of the record. */
  readonly given?: BlobRef;
};

type Page = { readonly records: readonly Previewed[]; readonly next?: string };

type Wanted = {
  readonly source: string;
  /** What the source has now, and what it would have; undefined for the mappings of this release. */
  readonly own: string | undefined;
  readonly wanted: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
  readonly objects: boolean;
};

type Deps = { stores: Pick<Stores, 'records' | 'objects' | 'ids'>; blobs: Blobs; records: MappedRecords; now: () => Date };

/** What the raw copies of a source would become by a mapping, a page of them; nothing is stored or told. */
export function previewMapping({ stores, blobs, records, now }: Deps) {
  async function preview(known: RecordDocument, { source, own, wanted, objects }: Wanted): Promise<Previewed | undefined> {
    const current = known.object === undefined ? undefined : await stores.objects.get(known.object);
    const raw = rawCopyOf(known, current);
    if (!raw) return undefined;
    const object = known.object ?? (await foreseenId(stores.ids, { kind: 'object', owner: source, sourceId: known.address }));
    const said = { record: known.address, object };
    try {
      const content = contentOf(await blobs.read(raw.copy.key), raw.address);
      const before = current?.state === 'present' ? await mappedOrNothing(current.record.key, own) : undefined;
      const chosen = records.chosen(content, wanted);
      if (!chosen) throw new Problem('mapping-missing', { detail: raw.address });
      const after = await records.mapped(raw.copy.key, wanted, content);
      if (!after) return { ...said, outcome: before ? 'withdrawn' : 'not-an-object', differences: [] };
      const differences = before ? objectDifferences(before, after) : [];
      return {
        ...said,
        outcome: !before ? 'created' : differences.length > 0 ? 'changed' : 'unchanged',
        differences,
        ...(objects
          ? {
              museumObject: await asPublished(object, after, current),
              ...(chosen.format === IIIF_MANIFEST ? { given: raw.copy } : {}),
            }
          : {}),
      };
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.fault === 'infrastructure') throw thrown;
      return { ...said, outcome: problem.code, ...(problem.detail === undefined ? {} : { detail: problem.detail }), differences: [] };
    }
  }

  /** As it is now; a mapping that fails today is no reason not to try another. */
  async function mappedOrNothing(key: string, own: string | undefined): Promise<MappedObject | undefined> {
    return records.mapped(key, own).catch((thrown: unknown) => {
      if (asProblem(thrown).fault === 'infrastructure') throw thrown;
      return undefined;
    });
  }

  async function asPublished(object: string, mapped: MappedObject, current: ObjectDocument | undefined): Promise<MuseumObject> {
    const images = [];
    for (const { sourceId } of imagesOf(mapped, current?.attached))
      images.push({ sourceId, id: await foreseenId(stores.ids, { kind: 'image', owner: object, sourceId }) });
    return withIdentifiers({ address: object, images, texts: current?.texts ?? [], attached: current?.attached ?? [] }, mapped);
  }

  return async (wanted: Wanted): Promise<Page> => {
    const until = now().getTime() + LONGEST;
    const { source, after, limit } = wanted;
    const { items, next } = await stores.records.list({ prefix: `${source}:`, limit, ...(after === undefined ? {} : { after }) });
    const previewed: Previewed[] = [];
    for (const { id, value } of items) {
      if (value.state !== 'gone' && value.state !== 'moved') {
        const one = await preview(value, wanted);
        if (one) previewed.push(one);
      }
      if (now().getTime() > until) return { records: previewed, ...(id === items.at(-1)?.id && next === undefined ? {} : { next: id }) };
    }
    return { records: previewed, ...(next === undefined ? {} : { next }) };
  };
}

const contentOf = (bytes: Buffer, address: string): JsonNode => readRecord(bytes, undefined, address).content;
