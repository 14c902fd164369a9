import Type, { type Static } from 'typebox';

const Size = Type.Object({ width: Type.Integer({ minimum: 1 }), height: Type.Integer({ minimum: 1 }) });

/** What a static copy needs of an `info.json` of Image API 3.0. */
export const ImageInfo = Type.Object({
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  sizes: Type.Array(Size),
  tiles: Type.Array(
    Type.Object({
      width: Type.Integer({ minimum: 1 }),
      height: Type.Integer({ minimum: 1 }),
      scaleFactors: Type.Array(Type.Integer({ minimum: 1 })),
    }),
    { minItems: 1 },
  ),
  rights: Type.Optional(Type.String()),
  service: Type.Optional(Type.Array(Type.Unknown())),
});
export type ImageInfo = Static<typeof ImageInfo>;

export type StaticApi = 2 | 3;

/** A file of the copy, below the image's folder, and the request of Image API 3.0 that gives it. */
type StaticFile = { readonly path: string; readonly ask: string };

export type StaticImage = { readonly info: object; readonly files: readonly StaticFile[] };

export type StaticOptions = {
  readonly info: ImageInfo;
  /** Where the copy will be. */
  readonly id: string;
  readonly api: StaticApi;
  /** The longest side of the largest whole image that is in it, in pixels. */
  readonly maxWidth: number;
};

/**
 * An image as files that a plain web server can give: level 0 (Image API 3.0, compliance, and 2.1.1, 6). Tiles are named as viewers ask for them, in
 * the canonical form of their version, sizes rounded up (implementation notes, 3).
 */
export function staticImage({ info, id, api, maxWidth }: StaticOptions): StaticImage {
  const sizes = info.sizes
    .filter(({ width, height }) => Math.max(width, height) <= maxWidth)
    .toSorted((a, b) => a.width - b.width || a.height - b.height);
  const largest = sizes.at(-1) ?? info.sizes.toSorted((a, b) => a.width - b.width)[0] ?? info;
  const whole = largest.width === info.width && largest.height === info.height;
  const files = new Map<string, string>();
  const add = (region: string, size: string, ask: string) => void files.set(`${region}/${size}/0/default.jpg`, `${ask}/0/default.jpg`);
  const named = ({ width, height }: Static<typeof Size>) => {
    if (api === 3) return width === info.width && height === info.height ? 'max' : `${width},${height}`;
    // OpenSeadragon 6 takes what is as wide as the image for "full", also a part of it.
    return width === info.width ? 'full' : `${width},`;
  };
  for (const tile of info.tiles)
    for (const factor of tile.scaleFactors)
      for (const { region, size } of tilesOf(info, tile, factor)) add(region, named(size), `${region}/${size.width},${size.height}`);
  for (const size of sizes.length > 0 ? sizes : [largest]) add('full', named(size), `full/${size.width},${size.height}`);
  // Level 0 wants "max", which is the largest that there is.
  add('full', 'max', `full/${largest.width},${largest.height}`);
  return {
    info: (api === 3 ? info3 : info2)(id, info, sizes, whole ? undefined : largest),
    files: [...files].map(([path, ask]) => ({ path, ask })),
  };
}

function* tilesOf(info: Static<typeof Size>, tile: Static<typeof Size>, factor: number) {
  const [across, down] = [tile.width * factor, tile.height * factor];
  for (let y = 0; y < info.height; y += down)
    for (let x = 0; x < info.width; x += across) {
      const [width, height] = [Math.min(across, info.width - x), Math.min(down, info.height - y)];
      const all = width === info.width && height === info.height;
      yield {
        region: all ? 'full' : `${x},${y},${width},${height}`,
        size: { width: Math.ceil(width / factor), height: Math.ceil(height / factor) },
      };
    }
}

const PROTOCOL = 'http://iiif.io/api/image';
type Sizes = readonly Static<typeof Size>[];

function info3(id: string, { width, height, tiles, rights, service }: ImageInfo, sizes: Sizes, limit: Static<typeof Size> | undefined) {
  return {
    '@context': 'http://iiif.io/api/image/3/context.json',
    id,
    type: 'ImageService3',
    protocol: PROTOCOL,
    profile: 'level0',
    width,
    height,
    ...(limit ? { maxWidth: limit.width, maxHeight: limit.height } : {}),
    sizes,
    tiles,
    ...(rights === undefined ? {} : { rights }),
    ...(service === undefined ? {} : { service }),
  };
}

function info2(id: string, { width, height, tiles, rights, service }: ImageInfo, sizes: Sizes, limit: Static<typeof Size> | undefined) {
  const [physical] = service ?? [];
  return {
    '@context': 'http://iiif.io/api/image/2/context.json',
    '@id': id,
    protocol: PROTOCOL,
    width,
    height,
    sizes,
    tiles,
    profile: [
      'http://iiif.io/api/image/2/level0.json',
      { formats: ['jpg'], qualities: ['default'], ...(limit ? { maxWidth: limit.width, maxHeight: limit.height } : {}) },
    ],
    ...(rights === undefined ? {} : { license: rights }),
    ...(physical === undefined ? {} : { service: physical }),
  };
}
