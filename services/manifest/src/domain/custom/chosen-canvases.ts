import type { ChosenItem } from '@vitrine/contracts/custom-collection.ts';
import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { isNode, type JsonNode, nodes } from '@vitrine/mapping/json-node.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { canvasRegion } from './canvas-region.ts';

/** Enough of a hash to tell the regions of a collection apart. */
const NAME = 16;

/** What of a canvas is said of it by its manifest, and must go with it. */
const GOES_WITH_IT = ['requiredStatement', 'rights'] as const;

/**
 * The canvases that an item chooses from its object's manifest, as a manifest of others shows them: with their ids, whose part they are, and what their manifest demands to be said of them.
 *
 * @param base the id of the canvases that are made here
 */
export function chosenCanvases(item: ChosenItem, manifest: JsonNode, base: string): readonly JsonNode[] {
  const all = nodes(manifest['items']);
  const chosen = item.canvas === undefined ? all : all.filter(({ id }) => id === item.canvas);
  return chosen.flatMap((canvas) => {
    const cut = item.region ? canvasRegion(canvas, item.region, `${base}/${regionName(item)}`) : canvas;
    if (!cut) return [];
    const { id, type, label, ...rest } = cut;
    const said = GOES_WITH_IT.filter((name) => rest[name] === undefined && manifest[name] !== undefined);
    return [
      {
        id,
        type,
        label: item.label ?? nameOf(label, manifest['label'], all.length > 1),
        ...Object.fromEntries(said.map((name) => [name, manifest[name]])),
        ...rest,
        partOf: [{ id: manifest['id'], type: 'Manifest', label: manifest['label'] }],
      },
    ];
  });
}

const regionName = ({ object, canvas, region }: ChosenItem): string =>
  sha256(Buffer.from(JSON.stringify([object, canvas, region?.x, region?.y, region?.width, region?.height]))).slice(0, NAME);

/** Why nothing can be shown of an item; undefined where all is well. @param manifest undefined where there is none */
export function chosenFault(item: ChosenItem, manifest: JsonNode | undefined): string | undefined {
  if (!manifest) return `no object is published as ${item.object}`;
  if (item.canvas === undefined) return item.region ? 'a region needs the canvas that it is on' : undefined;
  const canvas = nodes(manifest['items']).find(({ id }) => id === item.canvas);
  if (!canvas) return `${item.canvas} is no canvas of ${item.object}`;
  if (!item.region) return undefined;
  const { x, y, width, height } = item.region;
  if (x + width > Number(canvas['width'] ?? 0) || y + height > Number(canvas['height'] ?? 0))
    return `the region lies outside of its canvas, which is ${canvas['width']} x ${canvas['height']}`;
  return canvasRegion(canvas, item.region, 'https://region.invalid') ? undefined : 'no image service can cut what lies in the region';
}

/** The name of a canvas away from its manifest: "3" says nothing there. */
function nameOf(canvas: unknown, manifest: unknown, several: boolean): LanguageMap {
  const object = languageMap(manifest);
  const page = languageMap(canvas);
  if (!several || Object.keys(page).length === 0) return object;
  const [any] = Object.values(page);
  return Object.fromEntries(
    Object.entries(object).map(([language, values]) => [
      language,
      values.map((value, place) => (place === 0 ? `${value}, ${(page[language] ?? page['none'] ?? any)?.[0]}` : value)),
    ]),
  );
}

function languageMap(value: unknown): LanguageMap {
  if (!isNode(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([language, values]) =>
      Array.isArray(values) && values.length > 0 ? [[language, values.map(String)]] : [],
    ),
  );
}
