import Type, { type TProperties } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  Behavior,
  Context,
  DateTime,
  LanguageTag,
  LanguageValue,
  MediaType,
  Pair,
  Pixels,
  Rights,
  Seconds,
  ViewingDirection,
  WebAddress,
  WithoutFragment,
} from './values.ts';

// One schema for each class of Presentation API 3.0 (3 and 5), of its own properties only: what a property holds is looked at by the class of that, so that a fault is told
// where it is. Unknown properties are no faults ("clients should ignore properties they don't understand", 4.7 of the editorial conventions of the API).

const Nodes = Type.Array(Type.Unknown(), { description: 'a list' });
const Held = Type.Array(Type.Unknown(), { minItems: 1, description: 'a list of at least one' });
const optional = <P extends TProperties>(properties: P) => Type.Partial(Type.Object(properties)).properties;

const said = optional({
  label: LanguageValue,
  metadata: Type.Array(Pair, { description: 'a list of pairs' }),
  summary: LanguageValue,
  requiredStatement: Pair,
  rights: Rights,
  navDate: DateTime,
});
const linked = optional({
  provider: Nodes,
  homepage: Nodes,
  seeAlso: Nodes,
  rendering: Nodes,
  partOf: Nodes,
  thumbnail: Nodes,
  service: Nodes,
  services: Nodes,
  annotations: Nodes,
});
const ways = optional({
  behavior: Behavior,
  viewingDirection: ViewingDirection,
  navPlace: Type.Object({ type: Type.Literal('FeatureCollection') }),
});
const type = (name: string) => Type.Literal(name, { description: `“${name}”` });
const link = {
  id: WebAddress,
  type: Type.String({ minLength: 1, description: 'the type of what is linked to' }),
  ...optional({ format: MediaType, label: LanguageValue, language: Type.Array(LanguageTag) }),
};

const Texts = Type.Union([Type.String(), Type.Array(Type.String())]);

const CLASSES = {
  Manifest: Type.Object({
    ...optional({ '@context': Context }),
    id: WebAddress,
    type: type('Manifest'),
    ...said,
    ...linked,
    ...ways,
    label: LanguageValue,
    items: Held,
    ...optional({ structures: Nodes }),
  }),
  Collection: Type.Object({
    ...optional({ '@context': Context }),
    id: WebAddress,
    type: type('Collection'),
    ...said,
    ...linked,
    ...ways,
    label: LanguageValue,
    ...optional({ items: Nodes }),
  }),
  Canvas: Type.Object({
    id: WithoutFragment,
    type: type('Canvas'),
    ...said,
    ...linked,
    ...ways,
    ...optional({ width: Pixels, height: Pixels, duration: Seconds, items: Nodes }),
  }),
  Range: Type.Object({ id: WebAddress, type: type('Range'), ...said, ...linked, ...ways, items: Held }),
  AnnotationPage: Type.Object({
    id: WebAddress,
    type: type('AnnotationPage'),
    ...optional({ label: LanguageValue, items: Nodes, partOf: Nodes, rendering: Nodes, service: Nodes, thumbnail: Nodes }),
  }),
  Annotation: Type.Object({
    id: WebAddress,
    type: type('Annotation'),
    ...optional({ label: LanguageValue, motivation: Texts, rendering: Nodes, service: Nodes, thumbnail: Nodes, timeMode: Type.String() }),
    target: Type.Unknown(),
  }),
  AnnotationCollection: Type.Object({
    id: WebAddress,
    type: type('AnnotationCollection'),
    ...said,
    ...linked,
    ...optional({ total: Type.Integer({ minimum: 0 }) }),
  }),
  Choice: Type.Object({ type: type('Choice'), items: Held }),
  SpecificResource: Type.Object({
    type: type('SpecificResource'),
    ...optional({ id: WebAddress, format: MediaType, styleClass: Texts }),
    source: Type.Unknown(),
  }),
  TextualBody: Type.Object({
    type: type('TextualBody'),
    ...optional({ id: WebAddress, format: MediaType, language: Texts }),
    value: Type.String({ description: 'a text' }),
  }),
  Feature: Type.Object({ type: type('Feature'), geometry: Type.Unknown() }),
  /** An image, a sound, a video, a text, a dataset … (5.7). */
  Content: Type.Object({
    id: WebAddress,
    type: Type.String({ minLength: 1, description: 'the type of the content' }),
    ...optional({
      format: MediaType,
      width: Pixels,
      height: Pixels,
      duration: Seconds,
      label: LanguageValue,
      language: Texts,
      service: Nodes,
      thumbnail: Nodes,
      annotations: Nodes,
      rendering: Nodes,
    }),
  }),
  Agent: Type.Object({
    id: WebAddress,
    type: type('Agent'),
    label: LanguageValue,
    ...optional({ homepage: Nodes, logo: Nodes, seeAlso: Nodes }),
  }),
  Link: Type.Object(link),
  /** `homepage` and `rendering` must have a label (3.3). */
  LabelledLink: Type.Object({
    ...link,
    id: Type.String({ pattern: '^(https?://|mailto:)[^\\s]+$', description: 'an address of the web' }),
    label: LanguageValue,
  }),
  /** A resource that is described elsewhere. */
  Reference: Type.Object({
    id: WebAddress,
    type: Type.String({ minLength: 1, description: 'the type of the resource' }),
    ...optional({ label: LanguageValue, thumbnail: Nodes }),
  }),
  Service: Type.Union([
    Type.Object({ id: WebAddress, type: Type.String({ minLength: 1 }), ...optional({ profile: Type.String(), service: Nodes }) }),
    Type.Object({ '@id': WebAddress, '@type': Type.String({ minLength: 1 }), ...optional({ profile: Type.String(), service: Nodes }) }),
  ]),
};
export type ClassName = keyof typeof CLASSES;

const named = Object.entries(CLASSES).map(([name, schema]) => [name, Compile(schema)] as const);
const compiled = new Map(named);

export type Fault = {
  /** A JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly sentence: string;
};

/** Where a resource is not as its class demands. */
export function classFaults(name: ClassName, resource: unknown, pointer: string): readonly Fault[] {
  const validator = compiled.get(name);
  if (!validator || validator.Check(resource)) return [];
  const faults = validator.Errors(resource).map((error): Fault => {
    if (error.keyword === 'required') return { pointer, sentence: `${a(name)} must have ${error.params.requiredProperties.join(' and ')}` };
    const at = error.instancePath;
    const [, property = ''] = at.split('/');
    return { pointer: `${pointer}${at}`, sentence: sentenceOf(name, property) };
  });
  return faults.filter(
    ({ pointer: at, sentence }, place) => faults.findIndex((other) => other.pointer === at && other.sentence === sentence) === place,
  );
}

function sentenceOf(name: ClassName, property: string): string {
  const schema: unknown = CLASSES[name];
  const properties: unknown = Reflect.get(Object(schema), 'properties');
  const description: unknown = Reflect.get(Object(Reflect.get(Object(properties), property)), 'description');
  if (typeof description === 'string') return `${property} must be ${description}`;
  return property === ''
    ? `${a(name)} must be an object with ${name === 'Service' ? 'id and type' : 'its properties'}`
    : `${property} has another form than the specification gives it`;
}

const a = (name: string): string => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name === 'LabelledLink' ? 'link' : name}`;
