import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { foldedAddress } from '../source-address.ts';
import type { NoteOddity } from './oddities.ts';
import { linkOf } from './stream-link.ts';
import { streamTime } from './stream-time.ts';

type Facts = {
  /** As the source writes it. */
  readonly type: string;
  /** Milliseconds since 1970; undefined where the source gives none that orders anything. */
  readonly time: number | undefined;
};

/** A resource of the source: what it is called for ever, and where its record is read, if elsewhere. */
type Resource = { readonly object: string; readonly record?: string };

/** What an activity asks of us. `copy` is the record itself, where it came with the page. */
export type Activity =
  | (Facts & Resource & { readonly kind: 'include' | 'remove'; readonly copy?: Buffer })
  | (Facts & Resource & { readonly kind: 'move'; readonly target: Resource })
  | (Facts & { readonly kind: 'refresh' })
  /** About another stream, or of a class that nobody wants: it says nothing of the object here. */
  | { readonly kind: 'ignore' };

const KINDS = new Map<string, 'include' | 'remove' | 'move' | 'refresh'>([
  ['create', 'include'],
  ['update', 'include'],
  ['add', 'include'],
  ['delete', 'remove'],
  ['remove', 'remove'],
  ['move', 'move'],
  ['refresh', 'refresh'],
]);
const COMMON = new Set(['Create', 'Update', 'Delete']);
const IIIF = new Set(['Manifest', 'Collection']);

export type ActivityContext = {
  /** The page that it is on; addresses are relative to it. */
  readonly page: string;
  /** The addresses of the stream: those of its collections. */
  readonly streams: readonly string[];
  /** Classes of objects that are wanted, and beginnings of their addresses; all where there is none. */
  readonly classes: readonly string[];
  readonly paths: readonly string[];
  readonly now: number;
  readonly note: NoteOddity;
};

/**
 * One activity of a page (Change Discovery 1.0, 3.3 and 3.5.2). Undefined, and an oddity says why, where it can't be used; a type that nobody knows is
 * taken for an Update, since a look at a record that is unchanged changes nothing.
 */
export function parseActivity(value: unknown, context: ActivityContext): Activity | undefined {
  const { page, now, note } = context;
  const unusable = (why: string) => note('activity-unusable', `${page}: ${why}`);
  if (!isNode(value)) return void unusable('not a JSON object');
  const type = typeOf(value);
  if (type === undefined) return void unusable('no type');
  const kind = KINDS.get(type.toLowerCase());
  if (!kind) note('type-unknown', type);
  else if (!COMMON.has(type)) note('type-uncommon', type);
  const time = streamTime(value, now, note);
  // 3.3: a Refresh "does not have an object or target".
  if (kind === 'refresh') return { kind, type, time };
  const given = value['object'];
  const resource = resourceOf(given, page, note);
  if (!resource) return void unusable(`a ${type} without an object that has an id`);
  if (time === undefined) note('time-missing', resource.object);
  noteClass(given, note);
  if (!isOfClass(given, context.classes) || !isBelow(resource.object, context.paths) || isElsewhere(value, type, context))
    return { kind: 'ignore' };
  if (kind === 'move') {
    const target = resourceOf(value['target'], page, note);
    if (target && target.object !== resource.object) return { kind, type, time, ...resource, target };
    note('move-without-target', resource.object);
  }
  return { kind: kind === 'remove' ? kind : 'include', type, time, ...resource };
}

function typeOf(value: JsonNode): string | undefined {
  const given = value['type'] ?? value['@type'];
  const types = (Array.isArray(given) ? given : [given]).map(text).filter((name) => name !== undefined);
  return types.find((name) => KINDS.has(name.toLowerCase())) ?? types[0];
}

/** 3.3: `canonical` "identifies the resource, regardless of the URI given in the id"; 3.5.3: the description in `seeAlso` is what should be read. */
function resourceOf(given: unknown, page: string, note: NoteOddity): Resource | undefined {
  const one: unknown = Array.isArray(given) ? given[0] : given;
  const id = linkOf(one, page, (code) => note(code === 'link-not-object' ? 'object-not-object' : code, page)) ?? urlOf(one, page);
  if (id === undefined) return undefined;
  if (!isNode(one)) return { object: id };
  const object = linkOf(one['canonical'], page) ?? id;
  const record = describedBy(one, page) ?? (urlOf(one, page) || id);
  return record === object ? { object } : { object, record };
}

/** Activity Streams 2.0 vocabulary, `url`: links by media type; the Library of Congress lists its formats so. */
function urlOf(object: unknown, page: string): string | undefined {
  if (!isNode(object)) return undefined;
  const links = nodes(object['url']);
  const json = links.find((link) => /json/.test(text(link['mediaType']) ?? ''));
  return linkOf(json, page);
}

const LINKED_ART = /linked\.art/;

/** The record of an object that is itself something for viewers, where one is named that can be read. */
function describedBy(object: JsonNode, page: string): string | undefined {
  const described = nodes(object['seeAlso']);
  const linkedArt = described.find((link) => LINKED_ART.test(`${text(link['profile']) ?? ''} ${text(link['format']) ?? ''}`));
  return linkOf(linkedArt, page);
}

function noteClass(given: unknown, note: NoteOddity): void {
  if (!isNode(given)) return;
  const type = text(given['type']);
  if (type === undefined) note('object-type-missing');
  else if (!IIIF.has(type)) note('object-type-other', type);
}

const isOfClass = (given: unknown, classes: readonly string[]): boolean =>
  classes.length === 0 || !isNode(given) || text(given['type']) === undefined || classes.includes(text(given['type']) ?? '');

const isBelow = (address: string, paths: readonly string[]): boolean =>
  paths.length === 0 || paths.some((path) => foldedAddress(address).startsWith(path.replace(/^https?:\/\//i, '')));

/**
 * 3.5.2: an Add whose target, or a Remove whose origin, is another stream says nothing here. Where neither is named it is taken for this one.
 */
function isElsewhere(value: JsonNode, type: string, { page, streams }: ActivityContext): boolean {
  const named = type.toLowerCase() === 'add' ? value['target'] : type.toLowerCase() === 'remove' ? value['origin'] : undefined;
  const stream = linkOf(named, page);
  return stream !== undefined && !streams.some((ours) => foldedAddress(ours) === foldedAddress(stream));
}
