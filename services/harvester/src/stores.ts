import { createHash } from 'node:crypto';
import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';
import { foldedAddress } from './domain/source-address.ts';

const OptionalText = Type.Optional(Type.String());
const OptionalTime = Type.Optional(Type.Number({ description: 'Milliseconds since 1970' }));

/** A walk that is under way: what survives a crash of it. */
const Run = Type.Object({ id: Type.String(), next: Type.String(), newest: OptionalTime, head: OptionalText, pages: Type.Integer() });

const SourceDocument = Type.Object({
  address: Type.String(),
  /** The newest time of the publisher up to which everything has been walked. */
  watermark: OptionalTime,
  /** The collection and its last page as they were when the last whole walk began: unchanged, there is nothing to walk. */
  head: OptionalText,
  run: Type.Optional(Run),
  runs: Type.Integer(),
  fault: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String(), attempts: Type.Integer() })),
});
export type SourceDocument = Static<typeof SourceDocument>;

const RecordDocument = Type.Object({
  source: Type.String(),
  address: Type.String(),
  object: OptionalText,
  run: Type.String(),
  time: OptionalTime,
  type: Type.String(),
  etag: OptionalText,
  state: Type.Union([Type.Literal('present'), Type.Literal('gone'), Type.Literal('failed')]),
});
export type RecordDocument = Static<typeof RecordDocument>;

const TextCopy = Type.Object({ address: Type.String(), etag: OptionalText, blob: BlobRef });
export type TextCopy = Static<typeof TextCopy>;

const ObjectDocument = Type.Object({
  source: Type.String(),
  revision: Type.Integer(),
  fence: Type.Integer(),
  state: Type.Union([Type.Literal('present'), Type.Literal('withdrawn')]),
  reason: Type.String(),
  address: Type.String(),
  record: BlobRef,
  /** The record's content without its key order and white space. */
  content: Type.String(),
  mappingVersion: Type.Integer(),
  texts: Type.Array(TextCopy),
  /** The minted identifier of each image, by the image's id in the source. */
  images: Type.Array(Type.Object({ sourceId: Type.String(), id: Type.String() })),
  activity: Type.Object({ time: OptionalText, type: Type.String() }),
});
export type ObjectDocument = Static<typeof ObjectDocument>;

const IdDocument = Type.Object({
  kind: Type.Union([Type.Literal('object'), Type.Literal('image')]),
  owner: Type.String(),
  sourceId: Type.String(),
});

/** A record whose source failed: asked again when it is due. */
const PendingDocument = Type.Object({
  source: Type.String(),
  address: Type.String(),
  type: Type.String(),
  time: OptionalTime,
  attempts: Type.Integer(),
  due: Type.Number(),
});

export async function openStores(documents: Documents) {
  return {
    sources: await openCollection(documents, { name: 'harvester.sources', indexes: [], schema: SourceDocument }),
    records: await openCollection(documents, { name: 'harvester.records', indexes: [], schema: RecordDocument }),
    objects: await openCollection(documents, { name: 'harvester.objects', indexes: [], schema: ObjectDocument }),
    ids: await openCollection(documents, { name: 'harvester.ids', indexes: [], schema: IdDocument }),
    pending: await openCollection(documents, { name: 'harvester.pending', indexes: ['due'], schema: PendingDocument }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;

/** The id of what we know about a record: two writings of its address are one record. */
export function recordKey(source: string, address: string): string {
  return `${source}:${createHash('sha256').update(foldedAddress(address)).digest('hex').slice(0, 40)}`;
}
