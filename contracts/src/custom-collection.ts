import Type, { type Static } from 'typebox';
import { Id } from './id.ts';
import { LanguageMap } from './language-map.ts';

/** Things chosen in a collection: more is a task for sets of records. */
const MOST = 1000;

/** Pixels of the canvas. */
export const CanvasRegion = Type.Object(
  {
    x: Type.Integer({ minimum: 0 }),
    y: Type.Integer({ minimum: 0 }),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, description: 'A part of the canvas, in pixels of the canvas' },
);
export type CanvasRegion = Static<typeof CanvasRegion>;

/** An object, one of its canvases, or a region of that. */
export const ChosenItem = Type.Object(
  {
    object: Id,
    canvas: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2000, description: 'The id of a canvas of its manifest; all where it is absent' }),
    ),
    region: Type.Optional(CanvasRegion),
    label: Type.Optional(LanguageMap),
  },
  { additionalProperties: false },
);
export type ChosenItem = Static<typeof ChosenItem>;

/** A collection that a person makes of what is published. */
export const CustomCollection = Type.Object(
  {
    label: LanguageMap,
    summary: Type.Optional(LanguageMap),
    publishedAs: Type.Union([Type.Literal('collection'), Type.Literal('manifest')], {
      description: '`collection`: the manifests of objects; `manifest`: one manifest of the chosen canvases',
    }),
    items: Type.Array(ChosenItem, { minItems: 1, maxItems: MOST }),
  },
  { additionalProperties: false },
);
export type CustomCollection = Static<typeof CustomCollection>;
