import Type, { type Static } from 'typebox';
import { Parse } from 'typebox/value';

const Service = Type.Object({ id: Type.String() });
const Manifest = Type.Object({
  label: Type.Record(Type.String(), Type.Array(Type.String())),
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      width: Type.Integer(),
      height: Type.Integer(),
      items: Type.Array(Type.Object({ items: Type.Array(Type.Object({ body: Type.Object({ service: Type.Array(Service) }) })) })),
    }),
  ),
});

export type ManifestFacts = {
  readonly label: string;
  readonly canvases: readonly { id: string; image: string; width: number; height: number; service: string }[];
};

/** What a viewer takes from a manifest. */
export function manifestFacts(json: unknown): ManifestFacts {
  const { label, items }: Static<typeof Manifest> = Parse(Manifest, json);
  return {
    label: Object.values(label).flat().join('; '),
    canvases: items.map((canvas) => ({
      id: canvas.id,
      image: canvas.id.slice(canvas.id.lastIndexOf('/') + 1),
      width: canvas.width,
      height: canvas.height,
      service: canvas.items[0]?.items[0]?.body.service[0]?.id ?? '',
    })),
  };
}
