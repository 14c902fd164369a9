import { BEHAVIORS } from '@vitrine/mapping/iiif/behaviors.ts';
import Type from 'typebox';

// The values that properties of Presentation API 3.0 have. A description is the sentence that a person reads where a value is another.

export const WebAddress = Type.String({ pattern: '^https?://[^\\s]+$', description: 'an address that begins with http: or https:' });
/** 5.3: "The URI of the canvas … must not contain a fragment". */
export const WithoutFragment = Type.String({ pattern: '^https?://[^\\s#]+$', description: 'an address of the web without a #fragment' });
/** 4.4. */
export const LanguageValue = Type.Record(
  Type.String({ pattern: '^(none|@none|[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*)$' }),
  Type.Array(Type.String(), { minItems: 1 }),
  { additionalProperties: false, description: 'texts by language, each a list, like {"en": ["…"]}; "none" where the language is unknown' },
);
export const Pair = Type.Object(
  { label: LanguageValue, value: LanguageValue },
  { description: 'a label and a value, both texts by language' },
);
/** 3.1 `rights`. */
export const Rights = Type.String({
  pattern: '^http://(creativecommons\\.org/(licenses|publicdomain)/|rightsstatements\\.org/vocab/)[^\\s]+$',
  description: 'an address of Creative Commons or RightsStatements.org, written with http:',
});
export const DateTime = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$',
  description: 'a date with a time and a zone (RFC 3339), like 1851-10-18T00:00:00Z',
});
export const Pixels = Type.Integer({ minimum: 1, description: 'a whole number above 0' });
export const Seconds = Type.Number({ exclusiveMinimum: 0, description: 'a number of seconds above 0' });
export const MediaType = Type.String({ pattern: '^[a-z][a-z0-9]*/[^\\s]+', description: 'a media type, like image/jpeg' });
export const LanguageTag = Type.String({ pattern: '^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$', description: 'a language tag (BCP 47), like en' });
export const Context = Type.Union([
  Type.Literal('http://iiif.io/api/presentation/3/context.json'),
  Type.Array(Type.Union([WebAddress, Type.Object({})]), { minItems: 1 }),
]);
const DIRECTIONS: readonly string[] = ['left-to-right', 'right-to-left', 'top-to-bottom', 'bottom-to-top'];

export const isViewingDirection = (value: string | undefined): value is string => value !== undefined && DIRECTIONS.includes(value);

/** 3.2 `viewingDirection`. */
export const ViewingDirection = Type.Union(
  DIRECTIONS.map((direction) => Type.Literal(direction)),
  { description: `one of ${DIRECTIONS.join(', ')}` },
);
/** 3.2 `behavior`, with `sequence` and those of the registry. */
export const Behavior = Type.Array(Type.Union(BEHAVIORS.map((behavior) => Type.Literal(behavior))), {
  description: 'a list of behaviors of the specification, like ["paged"]',
});
