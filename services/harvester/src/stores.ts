import { createHash } from 'node:crypto';
import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { CollectionSpec, Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';
import { foldedAddress } from './domain/source-address.ts';

const OptionalText = Type.Optional(Type.String());
const OptionalTime = Type.Optional(Type.Number({ description: 'Milliseconds since 1970' }));

/** What a document answered when it was read: asked with again, and compared. */
const Seen = Type.Object({ address: Type.String(), sha256: Type.String(), etag: OptionalText, lastModified: OptionalText });
export type Seen = Static<typeof Seen>;

/** Where the newest activities are: at the end, as Change Discovery says, or at the beginning. */
const Order = Type.Union([Type.Literal('oldest-first'), Type.Literal('newest-first')]);

const Level = Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)]);

/** One stream of a source, or another address of it that lists records, between two walks. */
const StreamState = Type.Object({
  address: Type.String(),
  /** The newest time of the publisher up to which everything has been walked. */
  watermark: OptionalTime,
  /** The collection and the page with the newest activities as they were when the last whole walk began: unchanged, there is nothing to walk. */
  head: Type.Optional(Type.Object({ collection: Seen, page: Type.Optional(Seen) })),
  order: Type.Optional(Order),
  /** Nothing leads back from its end: it is read from its beginning, whole, whenever it changes. */
  forward: Type.Optional(Type.Boolean()),
  /** Change Discovery 1.0, 2.1: told by what the stream holds. */
  level: Type.Optional(Level),
  /** When every page was last read. */
  wholeAt: OptionalTime,
  /** Whether it listed anything when all of it was last read. */
  holds: Type.Optional(Type.Boolean()),
  /** What of it could not be used, as the failures name it: told when it is mended. */
  unusable: Type.Optional(Type.Array(Type.String())),
});
export type StreamState = Static<typeof StreamState>;

const SourceDocument = Type.Object({
  definition: SourceDefinition,
  /** Who wrote the definition: the settings, which are read at every start, or an operator. */
  origin: Type.Union([Type.Literal('settings'), Type.Literal('operator')]),
  streams: Type.Array(StreamState),
  runs: Type.Integer(),
  /** The run that is under way. */
  run: OptionalText,
  /** When it is looked at again; the earlier of the two is `due`. */
  lookAt: Type.Number(),
  retryAt: OptionalTime,
  due: Type.Number(),
  /** Rises when somebody wants a look now. */
  wanted: Type.Integer(),
  fault: Type.Optional(
    Type.Object({ code: Type.String(), detail: Type.String(), attempts: Type.Integer(), pages: Type.Optional(Type.Integer()) }),
  ),
  /** Withdrawals that wait for a person. */
  held: Type.Optional(Type.Object({ withdrawals: Type.Integer(), objects: Type.Integer() })),
  decision: Type.Optional(Type.Union([Type.Literal('carry-out'), Type.Literal('discard')])),
  /** It is being removed, and its objects with it or not. */
  removing: Type.Optional(Type.Union([Type.Literal('withdraw'), Type.Literal('keep')])),
  /** Runs that derive its objects again and have not ended. */
  replays: Type.Optional(Type.Array(Type.String())),
  /** The mappings by which its records were last tried. */
  mappedBy: OptionalText,
  /** By which expressions the keys of its objects have been noted, so that images find them. */
  keyed: OptionalText,
  /** With it its publisher may say that something happened. */
  inboxToken: OptionalText,
});
export type SourceDocument = Static<typeof SourceDocument>;

/** Where a walk is: what survives a crash of it. */
const WalkState = Type.Object({
  /** Place of the stream in the source. */
  stream: Type.Integer(),
  next: Type.String(),
  link: Type.Union([Type.Literal('prev'), Type.Literal('next')]),
  /** From the oldest activities to the newest: then no work begins before the walk has ended. */
  forward: Type.Boolean(),
  newest: OptionalTime,
  head: Type.Object({ collection: Seen, page: Type.Optional(Seen) }),
  order: Type.Optional(Order),
  /** After a Refresh (Change Discovery 1.0, 3.5.2): only deletions count. It belongs to the walk, not to a page. */
  onlyDelete: Type.Boolean(),
  /** Where what the walk meets does not tell it: whether deletions are told (2), or only times (1), or nothing (0). */
  level: Type.Optional(Level),
  /** The watermark was met on the page before: this one is the overlap, and the last. */
  passed: Type.Boolean(),
  /** As they were when the walk began. */
  watermark: OptionalTime,
  isFirst: Type.Boolean(),
  /** The activity at the edge of the page that the walk began with: moved, the borders of pages have. */
  edge: OptionalText,
  /** Pages have moved under the walk, so something may have slipped through between two of them. */
  shifted: Type.Optional(Type.Boolean()),
  /** How often the stream has been walked in this run. */
  turn: Type.Optional(Type.Integer()),
  /** An address that was met, to know it when it comes round again; looked for over `lap` steps, each time twice as many. */
  met: Type.Object({ address: Type.String(), steps: Type.Integer(), lap: Type.Integer(), says: Type.String(), same: Type.Integer() }),
});
export type WalkState = Static<typeof WalkState>;

const Count = Type.Object({ name: Type.String(), count: Type.Integer() });

/** A run, under way or ended: its report. */
const RunDocument = Type.Object({
  source: Type.String(),
  startedAt: Type.Number(),
  endedAt: OptionalTime,
  state: Type.Union([Type.Literal('walking'), Type.Literal('working'), Type.Literal('done'), Type.Literal('given-up')]),
  /** Streams that are still to be walked, by their place. */
  ahead: Type.Array(Type.Integer()),
  walk: Type.Optional(WalkState),
  /** Something of it could not be read: what was not met may be there all the same. */
  partial: Type.Optional(Type.Boolean()),
  /** Every address is read whole, changed or not. */
  everything: Type.Optional(Type.Boolean()),
  /** Places of streams of which every page is read, whatever the watermark. */
  whole: Type.Array(Type.Integer()),
  /** Pages of work that were stored. */
  stored: Type.Integer(),
  pages: Type.Integer(),
  bytes: Type.Integer(),
  /** Activities by their type, records by what came of them. */
  activities: Type.Array(Count),
  outcomes: Type.Array(Count),
  oddities: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer(), example: Type.String() })),
  streams: Type.Array(Type.Object({ address: Type.String(), order: Type.Optional(Order), level: Type.Optional(Type.Integer()) })),
  /** What of the stream under way could not be used, as the failures name it. */
  unusable: Type.Optional(Type.Array(Type.String())),
  /** Of a replay: what is derived again from our raw copies, and how far it is. */
  replay: Type.Optional(
    Type.Object({ since: OptionalTime, ids: Type.Optional(Type.Array(Type.String())), dryRun: Type.Boolean(), after: OptionalText }),
  ),
});
export type RunDocument = Static<typeof RunDocument>;

const Resource = { object: Type.String(), record: OptionalText };

/** An activity as it waits to be carried out. */
const StoredActivity = Type.Object({
  kind: Type.Union([Type.Literal('include'), Type.Literal('remove'), Type.Literal('move')]),
  type: Type.String(),
  time: OptionalTime,
  ...Resource,
  target: Type.Optional(Type.Object(Resource)),
  /** The record, where it came with the page. */
  copy: Type.Optional(BlobRef),
});
export type StoredActivity = Static<typeof StoredActivity>;

/** The work of a page. By id in the order in which it is to be done: the newest first. */
const WorkDocument = Type.Object({
  page: Type.String(),
  /** As it was before the walk: what is older may have been done already. */
  watermark: OptionalTime,
  activities: Type.Array(StoredActivity),
});

const RecordDocument = Type.Object({
  source: Type.String(),
  address: Type.String(),
  /** Where it is read, if elsewhere. */
  record: OptionalText,
  object: OptionalText,
  run: Type.String(),
  /** The last run in whose walk it was met. */
  listed: OptionalText,
  time: OptionalTime,
  type: Type.String(),
  etag: OptionalText,
  lastModified: OptionalText,
  state: Type.Union([Type.Literal('present'), Type.Literal('gone'), Type.Literal('moved'), Type.Literal('failed')]),
  /** The whole walk that did not meet it, where one says little. */
  missed: OptionalText,
  /** Since when it answers 404. */
  missingSince: OptionalTime,
  /** Of an image that belongs to an object: its attachment. */
  attached: OptionalText,
  /** Records that were put into it: it is read whole each time. */
  parts: Type.Optional(Type.Integer()),
  /** Our raw copies of it, the newest first. */
  copies: Type.Optional(Type.Array(Type.Object({ ...BlobRef.properties, at: Type.Number() }))),
});
export type RecordDocument = Static<typeof RecordDocument>;

/** Whether something came of a record that can be taken away: an object, or an image of one. */
export const holds = ({ object, attached }: RecordDocument): boolean => object !== undefined || attached !== undefined;

/** An image of another source than its object's. */
const AttachedImage = Type.Object({
  /** The source that has it, and its name there. */
  sourceId: Type.String(),
  address: Type.String(),
  order: Type.Optional(Type.Number()),
  role: OptionalText,
  label: OptionalText,
  /** Changes when its file, or its record, does. */
  mark: Type.String(),
});
export type AttachedImage = Static<typeof AttachedImage>;

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
  /** What mapped it, and by which version; without a format it is of the time when all was Linked Art. */
  format: OptionalText,
  mappingVersion: Type.Integer(),
  texts: Type.Array(TextCopy),
  /** The minted identifier of each image, by the image's id in the source. */
  images: Type.Array(Type.Object({ sourceId: Type.String(), id: Type.String() })),
  /** Images that other sources have of it, and the keys by which they know it. */
  attached: Type.Optional(Type.Array(AttachedImage)),
  keys: Type.Optional(Type.Array(Type.String())),
  activity: Type.Object({ time: OptionalText, type: Type.String() }),
  /** Since when, and by which replica, its newest revision is still to be published (R8): what a crash left in between is published by who comes after. */
  owedSince: OptionalTime,
  owedBy: OptionalText,
});
export type ObjectDocument = Static<typeof ObjectDocument>;

export const formatOf = ({ format }: { readonly format?: string | undefined }): string => format ?? 'linked-art';

const IdDocument = Type.Object({
  kind: Type.Union([Type.Literal('object'), Type.Literal('image')]),
  owner: Type.String(),
  sourceId: Type.String(),
});

/** A record whose source failed: asked again when it is due. By the record's key. */
const PendingDocument = Type.Object({
  source: Type.String(),
  address: Type.String(),
  record: OptionalText,
  type: Type.String(),
  time: OptionalTime,
  attempts: Type.Integer(),
  since: Type.Number(),
  due: Type.Number(),
  /** The record, where it came with its page: only what it names is asked for again. */
  copy: Type.Optional(BlobRef),
});

/** A record whose object a run is to withdraw, when the run has ended and they are not too many. By the record's key. */
const WithdrawalDocument = Type.Object({
  source: Type.String(),
  run: Type.String(),
  type: Type.String(),
  time: OptionalTime,
  reason: Type.String(),
});

/** An image that waits for its object, or has it. By the object's source, the image's source, the key, and the image. */
const AttachmentDocument = Type.Object({
  record: Type.String(),
  image: AttachedImage,
  /** Of the lease under which it was written; absent where a release before fences wrote it. */
  fence: Type.Optional(Type.Integer()),
  /** Its objects may not know it yet. */
  untold: Type.Optional(Type.Literal(true)),
});

/** An object that has a key, by both sources, the key, and the object. */
const KeyDocument = Type.Object({ object: Type.String(), record: Type.String() });

/** A record that is made of several: by the record of the part, and its own. */
const PartDocument = Type.Object({ record: Type.String() });

/** An object whose images changed in another source: derived again by who tends its own. By source and object's record. */
const TouchedDocument = Type.Object({ record: Type.String(), at: Type.Number() });

export const SOURCES: CollectionSpec = { name: 'harvester.sources', indexes: ['due'] };

export async function openStores(documents: Documents) {
  return {
    sources: await openCollection(documents, { ...SOURCES, schema: SourceDocument }),
    runs: await openCollection(documents, { name: 'harvester.runs', indexes: [], schema: RunDocument }),
    work: await openCollection(documents, { name: 'harvester.work', indexes: [], schema: WorkDocument }),
    records: await openCollection(documents, { name: 'harvester.records', indexes: [], schema: RecordDocument }),
    objects: await openCollection(documents, { name: 'harvester.objects', indexes: ['owedSince', 'owedBy'], schema: ObjectDocument }),
    ids: await openCollection(documents, { name: 'harvester.ids', indexes: [], schema: IdDocument }),
    pending: await openCollection(documents, { name: 'harvester.pending', indexes: ['due'], schema: PendingDocument }),
    withdrawals: await openCollection(documents, { name: 'harvester.withdrawals', indexes: [], schema: WithdrawalDocument }),
    attachments: await openCollection(documents, { name: 'harvester.attachments', indexes: [], schema: AttachmentDocument }),
    keys: await openCollection(documents, { name: 'harvester.keys', indexes: [], schema: KeyDocument }),
    parts: await openCollection(documents, { name: 'harvester.parts', indexes: [], schema: PartDocument }),
    touched: await openCollection(documents, { name: 'harvester.touched', indexes: [], schema: TouchedDocument }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;

/** The id of what we know about a record: two writings of its address are one record. */
export function recordKey(source: string, address: string): string {
  return `${source}:${createHash('sha256').update(foldedAddress(address)).digest('hex').slice(0, 40)}`;
}
