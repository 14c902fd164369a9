import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { isIiifManifest, mapIiifManifest } from '../iiif/map-iiif-manifest.ts';
import { isNode, type JsonNode, nodes, text, texts } from '../json-node.ts';
import { NOTHING_SAID } from '../nothing-said.ts';
import { rightsUri } from '../rights-uri.ts';
import { ACCESS_NOTE, aatNumber, BOUND, CREDIT_LINE, DESCRIPTION, WEB_PAGE } from './aat.ts';
import { isLinkedArt } from './is-linked-art.ts';
import { manifestAddress } from './manifest-address.ts';
import { objectImages, objectSections } from './object-images.ts';
import { objectDate, objectMetadata } from './object-metadata.ts';
import { objectName } from './object-name.ts';
import { ITS_MANIFEST } from './record-parts.ts';
import { contentOf, htmlOf, isClassifiedAs, labelsOf } from './statements.ts';

/** Raised when the same record would give another object, so that every object is emitted again. */
export const LINKED_ART_VERSION = 3;

/** Classes whose records are objects with images; the rest of Linked Art is context. `ManMadeObject` is the older name. */
const OBJECTS = new Set(['HumanMadeObject', 'ManMadeObject', 'DigitalObject']);

/**
 * A Linked Art 1.0 record as a museum object; undefined when the record is of a class that is no object (a person, a place, a set).
 *
 * @throws Problem `record-invalid` when it is not Linked Art at all, or has no name
 */
export function mapLinkedArt(record: unknown): MappedObject | undefined {
  if (!isNode(record)) throw new Problem('record-invalid', { detail: 'the record is not a JSON object' });
  if (!isLinkedArt(record)) throw new Problem('record-invalid', { detail: '@context does not name Linked Art' });
  const type = text(record['type']);
  if (type === undefined) throw new Problem('record-invalid', { detail: 'no type' });
  if (!OBJECTS.has(type)) return undefined;
  const name = objectName(record);
  if (!name) throw new Problem('record-invalid', { detail: 'identified_by has no Name with content, and there is no _label' });

  const statements = nodes(record['referred_to_by']);
  const summary = htmlOf(statements.filter((statement) => isClassifiedAs(statement, DESCRIPTION)));
  const credit = contentOf(statements.filter((statement) => isClassifiedAs(statement, CREDIT_LINE)));
  const described = objectImages(record);
  const images = described.length > 0 ? described : imagesOfManifest(record);
  const rights = rightsOf(record) ?? images.find((image) => image.rights !== undefined)?.rights;
  const date = objectDate(record);
  const id = text(record['id']);
  return {
    ...NOTHING_SAID,
    ...name,
    metadata: objectMetadata(record),
    ...(summary ? { summary } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(credit ? { requiredStatement: { label: { en: ['Credit line'] }, value: credit } } : {}),
    provider: providersOf(record),
    homepage: homepagesOf(record),
    seeAlso: [...(isWebAddress(id) ? [recordLink(id)] : []), ...manifestLink(record)],
    ...(date ? { date } : {}),
    parts: related(record['part']),
    wholes: related(record['part_of']),
    collections: related(record['member_of']),
    structure: objectSections(record),
    ...(images.length > 2 && nodes(record['classified_as']).some((type) => BOUND.includes(aatNumber(type['id']) ?? ''))
      ? { behavior: ['paged'] }
      : {}),
    access: statements.filter((statement) => isClassifiedAs(statement, ACCESS_NOTE)).flatMap(accessNote),
    images: [...images],
  };
}

/** What a manifest may link to; anything else in a record is left out rather than spoil the whole. */
function isWebAddress(value: string | undefined): value is string {
  return value !== undefined && /^https?:\/\/\S+$/.test(value);
}

const recordLink = (id: string) => ({
  id,
  type: 'Dataset',
  format: 'application/ld+json',
  profile: 'https://linked.art/ns/v1/linked-art.json',
});

/** What the manifest of an object paints, where its record names no image. One that says nothing of itself is none. */
function imagesOfManifest(record: JsonNode): MappedObject['images'] {
  const manifest = record[ITS_MANIFEST];
  if (!isNode(manifest) || !isIiifManifest(manifest)) return [];
  try {
    return mapIiifManifest(manifest).images;
  } catch (thrown) {
    if (thrown instanceof Problem) return [];
    throw thrown;
  }
}

function manifestLink(record: JsonNode): MappedObject['seeAlso'] {
  const id = manifestAddress(record);
  return id === undefined ? [] : [{ id, type: 'Manifest', format: 'application/ld+json' }];
}

function accessNote(statement: JsonNode): MappedObject['access'] {
  const value = contentOf([statement]);
  return value ? [{ kind: 'note', value }] : [];
}

function rightsOf(record: JsonNode): string | undefined {
  const holders = [...nodes(record['shows']), ...nodes(record['representation']), record];
  return holders
    .flatMap((holder) => nodes(holder['subject_to']))
    .flatMap((right) => texts(right['classified_as']))
    .map(rightsUri)
    .find((uri) => uri !== undefined);
}

function providersOf(record: JsonNode): MappedObject['provider'] {
  const owners = ['current_owner', 'current_custodian', 'current_keeper'].flatMap((field) => nodes(record[field]));
  return owners.slice(0, 1).flatMap((owner) => {
    const id = text(owner['id']);
    const label = labelsOf([owner]);
    return isWebAddress(id) && label ? [{ id, label, homepage: [], logo: [] }] : [];
  });
}

/** Linked Art 1.0, model/digital: `subject_of` a text that a web page carries; Getty's older records have the page itself there. */
function homepagesOf(record: JsonNode): MappedObject['homepage'] {
  const carriers = nodes(record['subject_of']).flatMap((subject) => [subject, ...nodes(subject['digitally_carried_by'])]);
  return carriers
    .filter((carrier) => isClassifiedAs(carrier, WEB_PAGE))
    .flatMap((page) => {
      const [id] = texts(page['access_point']);
      const label = labelsOf([page]);
      return isWebAddress(id) ? [{ id, type: 'Text', format: 'text/html', label: label ?? { en: ['Web page'] } }] : [];
    })
    .slice(0, 1);
}

function related(value: unknown): { id: string; label?: MappedObject['label'] }[] {
  return nodes(value).flatMap((node) => {
    const id = text(node['id']);
    const label = labelsOf([node]);
    return id === undefined ? [] : [{ id, ...(label ? { label } : {}) }];
  });
}
