import { isDeepStrictEqual } from 'node:util';
import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';

export type Difference = {
  /** A field of the museum object; of metadata also what it is called. */
  readonly field: string;
  readonly kind: 'gained' | 'lost' | 'changed';
  /** What was and what would be said; of images the `sourceId`s of those that are other. */
  readonly before?: unknown;
  readonly after?: unknown;
};

/** Images named of an object: a book may have thousands. */
const MOST_IMAGES = 20;

/** What two mappings of a record disagree about, field by field, in the order in which a person reads them. */
export function objectDifferences(before: MappedObject, after: MappedObject): readonly Difference[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const fields = [...new Set([...was.keys(), ...is.keys()])].flatMap((field): readonly Difference[] => {
    if (isDeepStrictEqual(was.get(field), is.get(field))) return [];
    if (!was.has(field)) return [{ field, kind: 'gained', after: is.get(field) }];
    if (!is.has(field)) return [{ field, kind: 'lost', before: was.get(field) }];
    return [{ field, kind: 'changed', before: was.get(field), after: is.get(field) }];
  });
  return [...fields, ...imageDifferences(before.images, after.images)];
}

/** What an object says, by field; what says nothing is no field. */
function fieldsOf({ metadata, images: _, ...rest }: MappedObject): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(rest))
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) fields.set(name, value);
  for (const { label, value } of metadata) {
    const name = `metadata: ${nameOf(label)}`;
    const known = fields.get(name);
    fields.set(name, Array.isArray(known) ? [...known, value] : [value]);
  }
  return fields;
}

function imageDifferences(before: readonly MappedImage[], after: readonly MappedImage[]): readonly Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const other = (these: readonly MappedImage[], those: readonly MappedImage[]): string[] => {
    const known = new Map(those.map((image) => [image.sourceId, image]));
    return these.filter((image) => !isDeepStrictEqual(image, known.get(image.sourceId))).map(({ sourceId }) => sourceId);
  };
  const kind = before.length === 0 ? 'gained' : after.length === 0 ? 'lost' : 'changed';
  return [{ field: 'images', kind, before: other(before, after).slice(0, MOST_IMAGES), after: other(after, before).slice(0, MOST_IMAGES) }];
}

const nameOf = (label: LanguageMap): string => (label['en'] ?? Object.values(label)[0] ?? []).join(', ');
