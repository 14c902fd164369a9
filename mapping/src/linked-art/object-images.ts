import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';
import { imageServiceAt } from '../image-at.ts';
import { type JsonNode, nodes, text, texts } from '../json-node.ts';
import { rightsUri } from '../rights-uri.ts';
import { HEIGHT, WIDTH } from './aat.ts';
import { isClassifiedAs, labelsOf } from './statements.ts';

const IMAGE_API = /^https?:\/\/iiif\.io\/api\/image/;
const ALTO = /alto/i;

/** Words in labels that say how a view was taken; the first that occurs wins. */
const ROLES: readonly (readonly [RegExp, string])[] = [
  [/\brecto\b/i, 'recto'],
  [/\bverso\b/i, 'verso'],
  [/\bdetail\b/i, 'detail'],
  [/\braking\b/i, 'raking-light'],
  [/\binfrared\b/i, 'infrared'],
  [/\bx-?ray\b/i, 'x-ray'],
  [/\bultraviolet\b/i, 'ultraviolet'],
  [/\bvisible\b/i, 'visible'],
];

/** Roles of images that show the same thing in another light. */
const LIGHTS = new Set(['visible', 'raking-light', 'infrared', 'x-ray', 'ultraviolet']);

/**
 * Linked Art 1.0, model/digital: an object's representations, each shown by digital objects, and those of its parts after them; or a digital object's own file. What shows one visual item in several lights
 * is one view, which the image in visible light names.
 */
export function objectImages(record: JsonNode): readonly MappedImage[] {
  return distinct([...ownImages(record), ...nodes(record['part']).flatMap(ownImages)]);
}

/** The parts of an object that have images of their own, as sections. */
export function objectSections(record: JsonNode): MappedObject['structure'] {
  return nodes(record['part']).flatMap((part) => {
    const [label, images] = [labelsOf([part]), distinct(ownImages(part))];
    return label && images.length > 0 ? [{ label, images: images.map(({ sourceId }) => sourceId) }] : [];
  });
}

/** What an object shows, where it says in which order; then what represents it. */
const visualItems = (record: JsonNode): readonly JsonNode[] => {
  const shown = nodes(record['shows']);
  const places = new Map(shown.map((visual) => [visual, sequenceOf(visual)]));
  const ordered = shown.toSorted((a, b) => (places.get(a) ?? Number.POSITIVE_INFINITY) - (places.get(b) ?? Number.POSITIVE_INFINITY));
  return [...ordered, ...nodes(record['representation'])];
};

/** The Getty's: the place of an image among those of its object is a dimension that was assigned to it. */
function sequenceOf(visual: JsonNode): number | undefined {
  const values = nodes(visual['assigned_by']).flatMap((assignment) => nodes(assignment['assigned']).map(({ value }) => Number(value)));
  return values.find((value) => Number.isFinite(value));
}

function ownImages(record: JsonNode): readonly MappedImage[] {
  const visuals = visualItems(record);
  const described = visuals.flatMap((visual) =>
    inOneLightEach(nodes(visual['digitally_shown_by']).flatMap((digital) => imageOf(digital, visual) ?? [])),
  );
  // Older records have the image itself where its visual item should be: it is the same image again, where others are told of as they should be.
  const shown = described.length > 0 ? described : visuals.flatMap((visual) => imageItself(visual) ?? []);
  return record['type'] === 'DigitalObject' ? [...shown, ...[imageOf(record, record)].filter((image) => image !== undefined)] : shown;
}

function inOneLightEach(images: readonly MappedImage[]): readonly MappedImage[] {
  const isPlain = ({ role }: MappedImage) => role === undefined || role === 'visible';
  const lights = images.filter(({ role }) => role !== undefined && LIGHTS.has(role));
  const plain = images.filter(isPlain);
  const [main] = plain;
  // Two in plain light are two views: nobody can say of which one the others are.
  if (!main || plain.length > 1 || lights.length + plain.length < 2) return images;
  return images.map((image) => (lights.includes(image) && image !== main ? { ...image, view: main.sourceId } : image));
}

function distinct(images: readonly MappedImage[]): readonly MappedImage[] {
  const seen = new Set<string>();
  return images.filter(({ sourceId }) => !seen.has(sourceId) && seen.add(sourceId));
}

/** A representation whose address is that of an image (the Getty's, until its images became records). */
function imageItself(visual: JsonNode): MappedImage | undefined {
  if (!/^image\//.test(text(visual['format']) ?? '')) return undefined;
  const { digitally_shown_by: _, ...rest } = visual;
  return imageOf({ ...rest, access_point: [{ id: visual['id'] }] }, visual);
}

function imageOf(digital: JsonNode, visual: JsonNode): MappedImage | undefined {
  const format = text(digital['format']);
  if (format !== undefined && !format.startsWith('image/')) return undefined;
  const [address] = texts(digital['access_point']);
  // Yale's: a request for a small image, where the service itself is meant.
  const service = imageService(digital) ?? (address === undefined ? undefined : imageServiceAt(address));
  const location = service ? service.id : address;
  if (location === undefined) return undefined;
  const label = labelsOf(nodes(digital['identified_by']).length > 0 || text(digital['_label']) ? [digital] : []);
  const role = roleOf(digital) ?? roleOf(visual);
  const rights = [...nodes(digital['subject_to']), ...nodes(visual['subject_to'])]
    .flatMap((right) => texts(right['classified_as']))
    .map(rightsUri)
    .find((uri) => uri !== undefined);
  const width = pixels(digital, WIDTH);
  const height = pixels(digital, HEIGHT);
  return {
    sourceId: text(digital['id']) ?? location,
    ...(service ? { service } : { master: { address: location, ...(format === undefined ? {} : { format }) } }),
    ...(label ? { label } : {}),
    ...(role === undefined ? {} : { role }),
    ...(rights === undefined ? {} : { rights }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    text: textsOf(digital),
    annotations: [],
  };
}

/** Linked Art 1.0, model/digital: a service by which the image is available; the Getty has it among the access points. */
function imageService(digital: JsonNode): MappedImage['service'] {
  const ways = [
    ...nodes(digital['digitally_available_via']).map((via) => ({ via, ids: texts(via['access_point']) })),
    ...nodes(digital['access_point']).map((via) => ({ via, ids: texts(via['id']) })),
  ];
  for (const { via, ids } of ways) {
    if (!texts(via['conforms_to']).some((id) => IMAGE_API.test(id))) continue;
    const [id] = ids;
    if (id !== undefined)
      return { id: id.replace(/\/$/, ''), type: /image\/3/.test(text(via['format']) ?? '') ? 'ImageService3' : 'ImageService2' };
  }
  return undefined;
}

/** The words that an image carries, where another digital object carries them as ALTO. */
function textsOf(digital: JsonNode): MappedImage['text'] {
  return nodes(digital['digitally_carries'])
    .flatMap((words) => nodes(words['digitally_carried_by']))
    .filter((carrier) => ALTO.test(text(carrier['format']) ?? '') || texts(carrier['conforms_to']).some((id) => ALTO.test(id)))
    .flatMap((carrier) => {
      const [address] = texts(carrier['access_point']);
      const format = text(carrier['format']);
      return address === undefined ? [] : [{ address, ...(format === undefined ? {} : { format }) }];
    });
}

function roleOf(node: JsonNode): string | undefined {
  const words = [
    text(node['_label']),
    ...[...nodes(node['classified_as']), ...nodes(node['classified_by'])].map((type) => text(type['_label'])),
  ].join(' ');
  return ROLES.find(([pattern]) => pattern.test(words))?.[1];
}

function pixels(digital: JsonNode, terms: readonly string[]): number | undefined {
  const value = [...nodes(digital['dimension']), ...nodes(digital['dimensions'])].find((dimension) => isClassifiedAs(dimension, terms))?.[
    'value'
  ];
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
