import Type, { type Static } from 'typebox';
import { BlobRef } from './blob-ref.ts';
import { Id } from './id.ts';
import { LanguageMap } from './language-map.ts';

const Uri = Type.String({ minLength: 1, description: 'An absolute address' });

const LabelledValue = Type.Object({ label: LanguageMap, value: LanguageMap });

const Link = Type.Object({
  id: Uri,
  label: Type.Optional(LanguageMap),
  type: Type.Optional(Type.String({ description: 'Text, Dataset, …' })),
  format: Type.Optional(Type.String({ description: 'Media type' })),
  profile: Type.Optional(Type.String()),
  language: Type.Optional(Type.Array(Type.String())),
});

const Related = Type.Object({ id: Uri, label: Type.Optional(LanguageMap) });

/** Where the words of an image are published, and our raw copy of them once the harvester has fetched it. */
const TextSource = Type.Object({
  address: Uri,
  format: Type.Optional(Type.String()),
  language: Type.Optional(Type.String()),
  blob: Type.Optional(BlobRef),
});

const ImageService = Type.Object({ id: Uri, type: Type.String(), profile: Type.Optional(Type.String()) });

const Region = Type.Object(
  {
    x: Type.Integer({ minimum: 0 }),
    y: Type.Integer({ minimum: 0 }),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
  },
  { description: 'Where it lies on the canvas of its view, in pixels of the image that names it' },
);

/**
 * One view of an object, in the order of the object. `sourceId` is the digital object's id in the source, else the master's
 * address: it is what the identity of the image rests on, not the pixels.
 */
const MappedImage = Type.Object({
  sourceId: Type.String({ minLength: 1 }),
  master: Type.Optional(Type.Object({ address: Uri, format: Type.Optional(Type.String()) })),
  service: Type.Optional(ImageService),
  label: Type.Optional(LanguageMap),
  role: Type.Optional(Type.String({ description: 'recto, verso, detail, visible, raking-light, infrared, x-ray, …' })),
  /** Images of one view share a canvas: that of the image that it names by `sourceId`. Without a `region` they are a choice. */
  view: Type.Optional(Type.String({ description: 'The sourceId of the image whose canvas this one shares' })),
  region: Type.Optional(Region),
  /** The canvas, where a manifest of the source shows it on one: it keeps its address. */
  canvas: Type.Optional(Uri),
  width: Type.Optional(Type.Integer({ minimum: 1 })),
  height: Type.Optional(Type.Integer({ minimum: 1 })),
  rights: Type.Optional(Uri),
  text: Type.Array(TextSource),
  annotations: Type.Array(Uri),
});
export type MappedImage = Static<typeof MappedImage>;

const Media = Type.Object({
  id: Uri,
  /** Whoever reads a type that it does not know leaves the medium out. */
  type: Type.String({ minLength: 1, examples: ['Sound', 'Video'] }),
  format: Type.Optional(Type.String()),
  label: Type.Optional(LanguageMap),
  duration: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Seconds' })),
  width: Type.Optional(Type.Integer({ minimum: 1 })),
  height: Type.Optional(Type.Integer({ minimum: 1 })),
  /** What is seen before it plays, by `sourceId`; it has no canvas of its own. */
  placeholder: Type.Optional(Type.String()),
});
export type Medium = Static<typeof Media>;

/** A part of the structure; `images` name images by `sourceId`, `parent` another section by its place in the list. */
const Section = Type.Object({
  label: LanguageMap,
  images: Type.Array(Type.String()),
  parent: Type.Optional(Type.Integer({ minimum: 0 })),
});

const Place = Type.Object({
  label: LanguageMap,
  id: Type.Optional(Uri),
  longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
  latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
});

const described = {
  label: LanguageMap,
  names: Type.Array(Type.Object({ kind: Type.String({ description: 'primary, display, former, translated, …' }), value: LanguageMap })),
  metadata: Type.Array(LabelledValue),
  summary: Type.Optional(LanguageMap),
  rights: Type.Optional(Uri),
  requiredStatement: Type.Optional(LabelledValue),
  provider: Type.Array(Type.Object({ id: Uri, label: LanguageMap, homepage: Type.Array(Link), logo: Type.Array(Link) })),
  homepage: Type.Array(Link),
  seeAlso: Type.Array(Link),
  rendering: Type.Array(Link),
  date: Type.Optional(
    Type.Object({
      display: Type.Optional(LanguageMap),
      begin: Type.Optional(Type.String({ description: 'RFC 3339 date-time' })),
      end: Type.Optional(Type.String({ description: 'RFC 3339 date-time' })),
    }),
  ),
  parts: Type.Array(Related),
  wholes: Type.Array(Related),
  collections: Type.Array(Related),
  media: Type.Array(Media),
  structure: Type.Array(Section),
  /** Presentation API 3.0, 3.2: `paged`, `continuous`, … */
  behavior: Type.Optional(Type.Array(Type.String())),
  viewingDirection: Type.Optional(Type.String({ examples: ['left-to-right', 'right-to-left', 'top-to-bottom', 'bottom-to-top'] })),
  /** The image that is shown first, by `sourceId`. */
  start: Type.Optional(Type.String()),
  place: Type.Array(Place),
  access: Type.Array(Type.Object({ kind: Type.String(), value: LanguageMap, id: Type.Optional(Uri) })),
  annotations: Type.Array(Uri),
};

/** What a mapping makes of a source's record: pure description, nothing minted, nothing fetched. */
export const MappedObject = Type.Object({ ...described, images: Type.Array(MappedImage) });
export type MappedObject = Static<typeof MappedObject>;

const MuseumImage = Type.Object({ ...MappedImage.properties, id: Id });
export type MuseumImage = Static<typeof MuseumImage>;

/** The museum object as events carry it: a mapped object whose images have their minted identifiers. */
export const MuseumObject = Type.Object({ ...described, images: Type.Array(MuseumImage) });
export type MuseumObject = Static<typeof MuseumObject>;
