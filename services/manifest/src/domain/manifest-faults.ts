import { LanguageMap } from '@vitrine/contracts/language-map.ts';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

const Address = Type.String({ pattern: '^https?://[^\\s]+$' });
const Pair = Type.Object({ label: LanguageMap, value: LanguageMap });
const External = Type.Object({ id: Address, type: Type.String(), label: Type.Optional(LanguageMap) });
const Labelled = Type.Object({ id: Address, type: Type.String(), label: LanguageMap });
const Service = Type.Union([
  Type.Object({ id: Address, type: Type.String() }),
  Type.Object({ '@id': Address, '@type': Type.String(), profile: Type.String() }),
]);
const Image = Type.Object({
  id: Address,
  type: Type.Literal('Image'),
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  service: Type.Array(Service, { minItems: 1 }),
});
const Annotation = Type.Object({
  id: Address,
  type: Type.Literal('Annotation'),
  motivation: Type.Literal('painting'),
  body: Image,
  target: Address,
});
const Canvas = Type.Object({
  id: Type.String({ pattern: '^https?://[^\\s?#]+$', description: '5.3: no fragment' }),
  type: Type.Literal('Canvas'),
  label: LanguageMap,
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  thumbnail: Type.Array(Image),
  items: Type.Array(Type.Object({ id: Address, type: Type.Literal('AnnotationPage'), items: Type.Array(Annotation, { minItems: 1 }) }), {
    minItems: 1,
  }),
});

/** What Presentation API 3.0 demands of the manifests that we make; what is not made here is not described here. */
const Manifest = Type.Object({
  '@context': Type.Union([Type.String(), Type.Array(Type.String())]),
  id: Address,
  type: Type.Literal('Manifest'),
  label: Type.Intersect([LanguageMap, Type.Object({}, { minProperties: 1 })]),
  metadata: Type.Optional(Type.Array(Pair, { minItems: 1 })),
  summary: Type.Optional(LanguageMap),
  requiredStatement: Type.Optional(Pair),
  rights: Type.Optional(Type.String({ pattern: '^http://(creativecommons\\.org|rightsstatements\\.org)/' })),
  navDate: Type.Optional(Type.String({ format: 'date-time' })),
  provider: Type.Optional(Type.Array(Labelled)),
  homepage: Type.Optional(Type.Array(Labelled)),
  rendering: Type.Optional(Type.Array(Labelled)),
  seeAlso: Type.Optional(Type.Array(External)),
  items: Type.Array(Canvas, { minItems: 1 }),
});

const validator = Compile(Manifest);

/** The places where a manifest would not be valid, as JSON pointers with a sentence each; empty for a valid one. */
export function manifestFaults(manifest: unknown): string[] {
  return validator.Check(manifest)
    ? []
    : validator
        .Errors(manifest)
        .slice(0, 10)
        .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}
