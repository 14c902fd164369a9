import { isDeepStrictEqual } from 'node:util';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';

/** Places of a record that are tried; a record of more is one of a book, and its first places describe it. */
const MOST_PLACES = 4000;
/** No record has it. Letters and digits, so that no mapping takes it for punctuation. */
const MARK = 'qzxv7';
/** Shorter values are in others by chance. */
const TELLING = 4;

export type FieldOrigin = {
  /** A field of the museum object; of a list the place in it. */
  readonly field: string;
  readonly value: unknown;
  /** Places in the record, as JSON pointers (RFC 6901), whose words are in the value. */
  readonly from: readonly string[];
  /** Places that decide what the value is, or whether there is one, without being in it: a class, a language. */
  readonly decidedBy: readonly string[];
};

type Place = { readonly pointer: string; readonly steps: readonly (string | number)[]; readonly value: string | number | boolean };

type Options = {
  /** Undefined where the record is no object; throws where it can't be mapped. */
  readonly map: (record: JsonNode) => Promise<MappedObject | undefined>;
  /** Asked before each place: false ends the search, and what was found is answered. */
  readonly goesOn: () => Promise<boolean>;
};

/**
 * Which places of a record each value of its object comes from, by trial: a place is written otherwise and the record is mapped again. So it holds for every mapping, also for a museum's own, and says what the mapping does, not what its author thinks that it does.
 */
export async function fieldOrigins(
  record: JsonNode,
  { map, goesOn }: Options,
): Promise<{ readonly fields: readonly FieldOrigin[]; readonly complete: boolean }> {
  const mapped = await map(record);
  if (!mapped) return { fields: [], complete: true };
  const values = fieldsOf(mapped);
  const from = new Map<string, string[]>();
  const decidedBy = new Map<string, string[]>();
  const places = placesOf(record);
  let complete = places.length < MOST_PLACES;
  for (const place of places) {
    if (!(await goesOn())) {
      complete = false;
      break;
    }
    const tried = await Promise.all(variantsOf(place.value).map((variant) => fieldsWith(record, place, variant, map)));
    for (const [field, value] of values) {
      const others = tried.flatMap((fields) => (fields && !isDeepStrictEqual(fields.get(field), value) ? [fields.get(field)] : []));
      if (others.length === 0) continue;
      const list = isIn(place.value, value, others) ? from : decidedBy;
      list.set(field, [...(list.get(field) ?? []), place.pointer]);
    }
  }
  return {
    fields: [...values].map(([field, value]) => ({ field, value, from: from.get(field) ?? [], decidedBy: decidedBy.get(field) ?? [] })),
    complete,
  };
}

/** Undefined where nothing comes of the record then: such a place decides everything, and says nothing of any field. */
async function fieldsWith(
  record: JsonNode,
  { steps }: Place,
  variant: unknown,
  map: Options['map'],
): Promise<ReadonlyMap<string, unknown> | undefined> {
  const mapped = await map(replaced(record, steps, variant)).catch(() => undefined);
  return mapped && fieldsOf(mapped);
}

/** What is written in the place: its words with a mark, and the mark alone, since some are read only up to where they are known; of what looks like a date also another year. */
function variantsOf(value: Place['value']): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1];
  const year = /^-?\d{4}(?=-|$)/.exec(value)?.[0];
  return [`${value}${MARK}`, MARK, ...(year === undefined ? [] : [value.replace(year, otherYear(year))])];
}

const otherYear = (year: string): string => year.slice(0, -1) + String((Number(year.at(-1)) + 1) % 10);

/** Whether the words of a place are in a value: what was written there instead came out, or the value holds them as they are. */
function isIn(place: Place['value'], value: unknown, others: readonly unknown[]): boolean {
  const written = others.map((other) => JSON.stringify(other ?? ''));
  if (written.some((words) => words.includes(MARK))) return true;
  const said = String(place);
  const year = /^-?\d{4}(?=-|$)/.exec(said)?.[0];
  if (year !== undefined && written.some((words) => words.includes(otherYear(year)))) return true;
  const [whole, part] = [folded(JSON.stringify(value)), folded(said)];
  return part.length >= TELLING && whole.includes(part);
}

/** As mappings write addresses and words: without scheme, quotation marks and final slashes. */
const folded = (words: string): string =>
  words
    .replaceAll(/https?:/g, '')
    .replaceAll(/["\\]/g, '')
    .replace(/\/+$/, '')
    .toLowerCase();

/** An object's fields; each pair of its metadata, each image, each link is one. */
function fieldsOf(mapped: MappedObject): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(mapped).flatMap(([name, value]): [string, unknown][] => {
      if (value === undefined) return [];
      return Array.isArray(value) ? value.map((item: unknown, place) => [`${name}/${place}`, item]) : [[name, value]];
    }),
  );
}

/** Every place of a record that says something, in its order. */
function placesOf(record: JsonNode): readonly Place[] {
  const places: Place[] = [];
  const ahead: { readonly pointer: string; readonly steps: readonly (string | number)[]; readonly value: unknown }[] = [
    { pointer: '', steps: [], value: record },
  ];
  while (ahead.length > 0 && places.length < MOST_PLACES) {
    const { pointer, steps, value } = ahead.pop() ?? { pointer: '', steps: [], value: undefined };
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') places.push({ pointer, steps, value });
    const below: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item: unknown, place) => [place, item])
      : isNode(value)
        ? Object.entries(value)
        : [];
    ahead.push(
      ...below
        .map(([step, item]) => ({
          pointer: `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`,
          steps: [...steps, step],
          value: item,
        }))
        .toReversed(),
    );
  }
  return places;
}

/** The record with another value in one place; the rest is shared with it. */
function replaced(record: JsonNode, steps: readonly (string | number)[], variant: unknown): JsonNode {
  const inside = (value: unknown, depth: number): unknown => {
    const step = steps[depth];
    if (step === undefined) return variant;
    if (Array.isArray(value)) return value.map((item: unknown, place) => (place === step ? inside(item, depth + 1) : item));
    return isNode(value) ? { ...value, [step]: inside(value[step], depth + 1) } : value;
  };
  const changed = inside(record, 0);
  return isNode(changed) ? changed : record;
}
