import Type from 'typebox';

export const imageConfig = Type.Object({
  VITRINE_IMAGE_WORKERS: Type.Integer({
    default: 0,
    minimum: 0,
    description:
      'Processes behind the one port where the image service runs alone; 0 is as many as there are cores. The memory of the other settings is that of each.',
  }),
  VITRINE_IMAGE_MAX_AREA: Type.Integer({
    default: 36_000_000,
    minimum: 1_000_000,
    description: 'Largest image given at once, in pixels; info.json states it as maxArea.',
  }),
  VITRINE_IMAGE_MAX_WIDTH: Type.Optional(
    Type.Integer({
      minimum: 256,
      description: 'Widest image given at once, in pixels; info.json states it as maxWidth. By default only the area limits.',
    }),
  ),
  VITRINE_IMAGE_MAX_HEIGHT: Type.Optional(
    Type.Integer({
      minimum: 256,
      description: 'Highest image given at once, in pixels; needs VITRINE_IMAGE_MAX_WIDTH, which by default holds for the height too.',
    }),
  ),
  VITRINE_IMAGE_DECODES: Type.Integer({
    default: 4,
    minimum: 1,
    description: 'Answers of the size of a tile made at once; stored tiles are passed through and don’t count.',
  }),
  VITRINE_IMAGE_LARGE: Type.Integer({ default: 1, minimum: 1, description: 'Larger answers (whole images, slow formats) made at once.' }),
  VITRINE_IMAGE_MEMORY_MB: Type.Integer({
    default: 512,
    minimum: 64,
    description: 'Megabytes that larger answers may take together while they are made; one that alone would take more is refused (413).',
  }),
  VITRINE_IMAGE_CACHE_MB: Type.Integer({
    default: 64,
    minimum: 0,
    description: 'Megabytes of answers kept in memory, a third of them stored tiles.',
  }),
  VITRINE_IMAGE_TILE_CACHE_MB: Type.Integer({
    default: 32,
    minimum: 0,
    description: 'Megabytes of decoded tiles kept in memory, from which other sizes, turns and formats are made.',
  }),
  VITRINE_IMAGE_DISK_CACHE_MB: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'Megabytes of answers that were made and are kept on disk, for all processes of a host; 0 keeps none there.',
  }),
  VITRINE_IMAGE_DISK_CACHE: Type.String({
    default: 'data/image-cache',
    minLength: 1,
    description: 'The folder of the cache on disk; nothing else may lie in it.',
  }),
  VITRINE_IMAGE_CLIENT_MEGAPIXELS: Type.Integer({
    default: 0,
    minimum: 0,
    description:
      'Megapixels a minute that each process decodes and makes for one client (an address, of IPv6 a network); more answers 429. What is stored or in memory costs nothing. 0 is no limit.',
  }),
  VITRINE_IMAGE_MOVED: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'A CSV file of addresses that images had at an earlier server: old base address, image, version of the Image API.',
    }),
  ),
  VITRINE_IMAGE_MOVED_ANSWER: Type.Union([Type.Literal('redirect'), Type.Literal('serve')], {
    default: 'redirect',
    description: 'What earlier addresses answer: 301 to ours, or the image where it was asked for.',
  }),
});
