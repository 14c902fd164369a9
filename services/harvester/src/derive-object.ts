import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { failure } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { Attachments } from './attach/attachments.ts';
import { canonicalHash } from './domain/canonical-hash.ts';
import { readRecord } from './domain/read-record.ts';
import { imagesOf } from './images-of.ts';
import type { Included, Wanted } from './include-record.ts';
import type { MappedRecords } from './mapped-records.ts';
import { mintId, mintImageIds } from './mint-id.ts';
import { activityFacts, type ObjectWriter } from './object-writer.ts';
import { formatOf, type ObjectDocument, type RecordDocument, recordKey, type Stores, type TextCopy } from './stores.ts';
import type { Walk } from './walk.ts';

type RawCopy = {
  /** Where it came from. */
  readonly address: string;
  readonly copy: BlobRef;
  /** Its bytes, where they are at hand, and what they were said to be. */
  readonly body?: Buffer | undefined;
  readonly contentType?: string | undefined;
};

type Derivation = RawCopy & {
  readonly wanted: Wanted;
  readonly known: RecordDocument | undefined;
  readonly walk: Walk;
  readonly cause: Cause;
  /** Our copies of the texts at these addresses. */
  readonly texts: (addresses: readonly string[]) => Promise<{ copies: TextCopy[]; faults: Problem[] }>;
};

/** Makes an object of a raw copy of its record, and raises its revision where something changed. */
export type DeriveObject = (derivation: Derivation) => Promise<Included>;

/** What a source's records become. */
export type Derivations = {
  readonly derive: DeriveObject;
  /** The outcome that deriving would have, without doing it. */
  readonly foresee: (raw: RawCopy, known: RecordDocument, current: ObjectDocument | undefined) => Promise<string>;
};

type Deps = {
  stores: Pick<Stores, 'ids' | 'objects'>;
  blobs: Blobs;
  records: MappedRecords;
  writer: ObjectWriter;
  attachments: Attachments;
  /** The mapping that the source brings with it. */
  own: string | undefined;
};

export function deriveObject({ stores, blobs, records, writer, attachments, own }: Deps): DeriveObject {
  /** What other sources have of an object; undefined where no source has images of this one's. */
  async function attachedTo(object: string, record: string, content: JsonNode, { source, attachers }: Walk) {
    if (attachers.length === 0) return undefined;
    const { keys = [] } = (await stores.objects.get(object)) ?? {};
    return attachments.imagesOf(source, { object, record, keys }, attachers, content);
  }

  return async ({ wanted, known, walk, cause, texts, ...raw }) => {
    const read = await readCopy(raw, known, { blobs, records, own });
    if ('outcome' in read) return read;
    const { content, mapped, mapping } = read;
    const object = known?.object ?? (await mintId(stores.ids, { kind: 'object', owner: walk.source, sourceId: wanted.object }));
    const attached = await attachedTo(object, recordKey(walk.source, wanted.object), content, walk);
    const images = await mintImageIds(stores.ids, object, imagesOf(mapped, attached?.images));
    const addresses = textAddresses(mapped);
    const { copies, faults } = await texts(addresses);
    const next = {
      source: walk.source,
      fence: walk.lease.fence,
      state: 'present' as const,
      reason: '',
      address: wanted.object,
      record: raw.copy,
      content: canonicalHash(content),
      format: mapping.format,
      mappingVersion: mapping.version,
      texts: copies,
      images,
      ...(attached ? { attached: attached.images, keys: attached.keys } : {}),
      activity: activityFacts(wanted),
    };
    let code = 'unchanged';
    await writer.write(object, walk, cause, (current) => {
      const changed = !current || fingerprint(current) !== fingerprint(next);
      code = !current ? 'created' : changed ? 'updated' : 'unchanged';
      // An equal record keeps its former copy: only white space or the order of keys differs.
      const { owedSince, owedBy } = current ?? {};
      return {
        ...next,
        ...(owedSince === undefined ? {} : { owedSince }),
        ...(owedBy === undefined ? {} : { owedBy }),
        record: changed || !current ? raw.copy : current.record,
        revision: (current?.revision ?? 0) + (changed ? 1 : 0),
      };
    });
    return { outcome: { code }, record: { object, state: 'present' }, faults, texts: addresses.length > 0 };
  };
}

/** What would come of a raw copy, without doing it. */
export function foreseeObject(deps: Pick<Deps, 'blobs' | 'records' | 'own'>): Derivations['foresee'] {
  return async (raw, known, current) => {
    const read = await readCopy(raw, known, deps);
    if ('outcome' in read) return read.outcome.code;
    if (!current) return 'created';
    const texts = current.texts.filter(({ address }) => textAddresses(read.mapped).includes(address));
    const next = {
      state: 'present' as const,
      content: canonicalHash(read.content),
      format: read.mapping.format,
      mappingVersion: read.mapping.version,
      texts,
      attached: current.attached ?? [],
    };
    return fingerprint(current) === fingerprint(next) ? 'unchanged' : 'updated';
  };
}

async function readCopy(
  { address, copy, body, contentType }: RawCopy,
  known: RecordDocument | undefined,
  { blobs, records, own }: Pick<Deps, 'blobs' | 'records' | 'own'>,
): Promise<
  | Included
  | { readonly content: JsonNode; readonly mapping: { readonly format: string; readonly version: number }; readonly mapped: MappedObject }
> {
  const { content, what } = readRecord(body ?? (await blobs.read(copy.key)), contentType, address);
  const mapping = records.chosen(content, own);
  // Our copy waits for a mapping that reads it.
  if (!mapping) {
    const outcome = failure(new Problem('mapping-missing', { detail: `${address}: ${what}` }));
    return { ...quiet({ state: 'present' }), outcome };
  }
  const mapped = await records.mapped(copy.key, own, content);
  if (mapped) return { content, mapping, mapped };
  const type = own === undefined ? String(content['type']) : 'nothing to the mapping of its source';
  // A record that was an object and says now that it is something else takes its object off the web.
  const withdraw = known?.object === undefined ? {} : { withdraw: `now a ${type}` };
  return { ...quiet({ state: 'present' }), outcome: { code: 'not-an-object', detail: type }, ...withdraw };
}

/** Of a record that has no texts. */
export const quiet = (record: Partial<RecordDocument>) => ({ record, faults: [], texts: false });

const textAddresses = ({ images }: MappedObject): readonly string[] => [
  ...new Set(images.flatMap((image) => image.text.map((text) => text.address))),
];

/** What a revision stands for: the source's bytes, the mapping's version, the images of other sources, the object's existence (R3). */
function fingerprint({
  state,
  content,
  format,
  mappingVersion,
  texts,
  attached = [],
}: Pick<ObjectDocument, 'state' | 'content' | 'format' | 'mappingVersion' | 'texts' | 'attached'>): string {
  return JSON.stringify([
    state,
    content,
    formatOf({ format }),
    mappingVersion,
    texts.map(({ address, blob }) => [address, blob.sha256]),
    attached,
  ]);
}
