import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { CustomCollection } from '@vitrine/contracts/custom-collection.ts';
import { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { CollectionSpec, Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

const Size = Type.Object({ width: Type.Integer(), height: Type.Integer() });

/** The record of an object in its source. */
const Record = Type.Object({ address: Type.String(), source: Type.String(), format: Type.String() });

/** An object as its last event said, or its tombstone. Derived. */
const Assembly = Type.Object({
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('present'), Type.Literal('withdrawn')]),
  museumObject: Type.Optional(MuseumObject),
  /** Where its record is, and in which source. */
  record: Type.Optional(Record),
  /** Of a source that publishes manifests: ours is that one, published again. */
  given: Type.Optional(BlobRef),
  /** When to publish what is there although images are missing; absent once they are all there. Milliseconds since 1970. */
  due: Type.Optional(Type.Number()),
  /** When it was last published with images missing. Milliseconds since 1970. */
  incompleteSince: Type.Optional(Type.Number()),
});
export type Assembly = Static<typeof Assembly>;

/** What the manifest needs to know of an image. Derived. */
const ImageFacts = Type.Object({
  object: Type.String(),
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('converted'), Type.Literal('described'), Type.Literal('rejected'), Type.Literal('withdrawn')]),
  width: Type.Integer(),
  height: Type.Integer(),
  version: Type.Optional(Type.String()),
  levels: Type.Array(Size),
  /** Its derivative, and a small copy as JPEG; absent from releases before. */
  pixels: Type.Optional(Type.Object({ derivative: BlobRef, isPyramid: Type.Boolean(), small: Type.Optional(BlobRef) })),
  /** Pages that its master has, where there are several. */
  pages: Type.Optional(Type.Integer()),
  service: Type.Optional(Type.Object({ id: Type.String(), type: Type.String(), profile: Type.Optional(Type.String()) })),
});
export type ImageFacts = Static<typeof ImageFacts>;

/** The words of an image, as the search service keeps them. Derived. */
const TextFacts = Type.Object({ revision: Type.Integer(), page: Type.Optional(BlobRef) });

/** The revisions that a manifest was made of: its object's, and each image's of the object, 0 for one that was not known. */
const MadeOf = Type.Object({
  objectRevision: Type.Integer(),
  images: Type.Array(Type.Object({ id: Type.String(), revision: Type.Integer() })),
});
export type MadeOf = Static<typeof MadeOf>;

const PublicationState = Type.Union([Type.Literal('published'), Type.Literal('withdrawn')]);
const Versions = Type.Array(Type.Union([Type.Literal(2), Type.Literal(3)]));

/** What is published of an object: primary state, so that a rebuild with equal bytes publishes nothing. */
const Publication = Type.Object({
  state: PublicationState,
  revision: Type.Integer(),
  /** The revision whose event has surely been published. */
  announced: Type.Integer(),
  madeOf: MadeOf,
  sha256: Type.String(),
  label: LanguageMap,
  /** The images on its canvases, in order. */
  images: Type.Array(Type.String()),
  thumbnail: Type.Optional(Type.String()),
  /** Where the record is, and in which source. */
  record: Type.Optional(Record),
  /** The source of its record, while it is published: its collection is listed by it. */
  shownOf: Type.Optional(Type.String()),
  /** The address of its record, by which it is found. */
  recordAddress: Type.Optional(Type.String()),
  /** When it was published or withdrawn. Milliseconds since 1970. */
  at: Type.Optional(Type.Number()),
  /** The same below 0: a store finds what is at most a value. */
  changed: Type.Optional(Type.Number()),
  /** Whether 2.1 can show anything of it. */
  versions: Type.Optional(Versions),
  /** What our stream says of it; then `unstreamed` is 1 while it has newer to say (R8: the stored intent). */
  streamed: Type.Optional(Type.Object({ revision: Type.Integer(), versions: Versions, publicUrl: Type.String() })),
  unstreamed: Type.Optional(Type.Literal(1)),
});
export type Publication = Static<typeof Publication>;

/** A collection that records name themselves part of, or the collection of a source. Derived. */
const CollectionDocument = Type.Object({
  kind: Type.Union([Type.Literal('source'), Type.Literal('set')]),
  label: LanguageMap,
  /** The address of the set in its source. */
  address: Type.Optional(Type.String()),
});
export type CollectionDocument = Static<typeof CollectionDocument>;

/** The sets that an object is in, and those that it may still be listed in. Derived. */
const MembershipDocument = Type.Object({
  /** The object's revision that says so. */
  revision: Type.Integer(),
  sets: Type.Array(Type.String()),
});

/** By set and object. Derived. */
const MemberDocument = Type.Object({ object: Type.String() });

/** A manifest that was published before what is now, by object and revision: primary state, and so are its bytes. */
const VersionDocument = Type.Object({
  /** Of its bytes; absent where the object was withdrawn then. */
  sha256: Type.Optional(Type.String()),
  /** Since when. Milliseconds since 1970; 0 where it is not known. */
  at: Type.Number(),
});

const ChangePlace = Type.Object({ page: Type.Integer(), taken: Type.Integer() });

/** Somebody who wants to be told of changes, by the name that an operator gave him: primary state. */
const WebhookDocument = Type.Object({
  url: Type.String(),
  /** What signs the messages: bytes in base64. */
  secret: Type.String(),
  /** Up to where he was told. */
  position: ChangePlace,
  /** `stopped`: he answered that he is gone. */
  state: Type.Union([Type.Literal('active'), Type.Literal('stopped')]),
  /** Tries of the message that is next. */
  attempts: Type.Integer(),
  /** Where a message that was tried and not taken ends: it comes again as it was. */
  trying: Type.Optional(ChangePlace),
  /** When that is tried. Milliseconds since 1970. */
  due: Type.Number(),
  failing: Type.Optional(Type.Object({ since: Type.Number(), detail: Type.String() })),
  /** When he was last told something. Milliseconds since 1970. */
  delivered: Type.Optional(Type.Number()),
});
export type WebhookDocument = Static<typeof WebhookDocument>;

/** A collection that a person made, by its slug: primary state. The ids of our canvases are kept below the public address, which may become another. */
const CustomDocument = Type.Object({ collection: CustomCollection });

/**
 * One change of a manifest, as our stream tells it: an activity for each version that was or is there. It says all that is needed to write it the same way for ever.
 */
const StreamEntry = Type.Object({
  object: Type.String(),
  revision: Type.Integer(),
  /** Milliseconds since 1970; never earlier than the entry before. */
  time: Type.Number(),
  /** The versions that were there, and those that are there now: none of a manifest that was withdrawn. */
  before: Versions,
  versions: Versions,
  publicUrl: Type.String(),
  /** The public address before, where it was another. */
  from: Type.Optional(Type.String()),
  record: Type.Optional(Type.String()),
});
export type StreamEntry = Static<typeof StreamEntry>;

/** A page of our own stream: primary state. Sealed, and never changed again, when the next one is there. */
const StreamPage = Type.Object({
  /** Activities on the pages before. */
  before: Type.Integer(),
  entries: Type.Array(StreamEntry),
});
export type StreamPage = Static<typeof StreamPage>;

/** The newest page that is known of; there may be one after it. */
const StreamHead = Type.Object({ page: Type.Integer() });

/** The public address that the manifests were made with. */
const MadeWith = Type.Object({ publicUrl: Type.String() });

export const PUBLICATIONS: CollectionSpec = {
  name: 'manifest.publications',
  indexes: ['state', 'unstreamed', 'shownOf', 'recordAddress', 'changed'],
};

export async function openStores(documents: Documents) {
  return {
    assemblies: await openCollection(documents, { name: 'manifest.assemblies', indexes: ['due'], schema: Assembly }),
    images: await openCollection(documents, { name: 'manifest.images', indexes: [], schema: ImageFacts }),
    texts: await openCollection(documents, { name: 'manifest.texts', indexes: [], schema: TextFacts }),
    settings: await openCollection(documents, { name: 'manifest.settings', indexes: [], schema: MadeWith }),
    publications: await openCollection(documents, { ...PUBLICATIONS, schema: Publication }),
    collections: await openCollection(documents, { name: 'manifest.collections', indexes: ['kind'], schema: CollectionDocument }),
    memberships: await openCollection(documents, { name: 'manifest.memberships', indexes: [], schema: MembershipDocument }),
    members: await openCollection(documents, { name: 'manifest.members', indexes: [], schema: MemberDocument }),
    versions: await openCollection(documents, { name: 'manifest.versions', indexes: [], schema: VersionDocument }),
    webhooks: await openCollection(documents, { name: 'manifest.webhooks', indexes: [], schema: WebhookDocument }),
    custom: await openCollection(documents, { name: 'manifest.custom', indexes: [], schema: CustomDocument }),
    streamPages: await openCollection(documents, { name: 'manifest.stream-pages', indexes: [], schema: StreamPage }),
    streamHead: await openCollection(documents, { name: 'manifest.stream-head', indexes: [], schema: StreamHead }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;

/** An object's versions are in the order of their names. */
export const versionKey = (object: string, revision: number): string => `${object}:${String(revision).padStart(12, '0')}`;
