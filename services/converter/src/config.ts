import Type from 'typebox';

export const converterConfig = Type.Object({
  VITRINE_CONVERTERS: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: 'Masters converted at once, each in a process of its own: a core each. Fewer where their estimates of memory say so.',
  }),
  VITRINE_CONVERTER_MEMORY_MB: Type.Integer({
    default: 1500,
    minimum: 200,
    description: 'Memory that the conversion of one master may take, in megabytes.',
  }),
  VITRINE_CONVERTERS_MEMORY_MB: Type.Integer({
    default: 3000,
    minimum: 200,
    description: 'Memory that all conversions together may take by estimate, in megabytes; one alone always begins.',
  }),
  VITRINE_CONVERTER_SECONDS: Type.Integer({ default: 600, minimum: 1, description: 'Seconds that the conversion of one master may take.' }),
  VITRINE_CONVERTER_FREE_PERCENT: Type.Integer({
    default: 10,
    minimum: 0,
    maximum: 90,
    description: 'Bulk conversions wait while less of the disk of VITRINE_DATA is free, in per cent.',
  }),
  VITRINE_DERIVATIVE_ENCODING: Type.Union(
    [Type.Literal('jpeg'), Type.Literal('deflate'), Type.Literal('jp2'), Type.Literal('jp2-lossless')],
    {
      default: 'jpeg',
      description:
        'What derivatives are: pyramids of jpeg tiles; of deflate tiles, without loss, and each answer is encoded anew; or JPEG 2000 files, also without loss, of at most 40 megapixels.',
    },
  ),
  VITRINE_DERIVATIVE_QUALITY: Type.Integer({
    default: 85,
    minimum: 50,
    maximum: 100,
    description: 'JPEG quality of derivatives. From 90 on colours are not subsampled and files grow by half.',
  }),
  VITRINE_DERIVATIVE_JP2_RATIO: Type.Number({
    default: 12,
    minimum: 1,
    maximum: 200,
    description: 'How many times smaller than its pixels a JPEG 2000 derivative is, where it may lose some.',
  }),
  VITRINE_DERIVATIVE_TILE: Type.Union([Type.Literal('256'), Type.Literal('512')], {
    default: '256',
    description: 'Side of a tile in pixels: 256 or 512.',
  }),
  VITRINE_DERIVATIVE_BACKGROUND: Type.String({
    default: '#ffffff',
    pattern: '^#[0-9a-f]{6}$',
    description: 'What shows through transparent parts, as #rrggbb.',
  }),
  VITRINE_DERIVATIVE_THUMBNAILS: Type.String({
    default: '100,250,400',
    pattern: '^(\\d{1,4}(,\\d{1,4}){0,7})?$',
    description:
      'Longest sides, in pixels, of small copies that are made beside each derivative and served without any work; by commas, at most eight.',
  }),
  VITRINE_JP2_MASTERS: Type.Union([Type.Literal('convert'), Type.Literal('keep')], {
    default: 'convert',
    description:
      'What is done with JPEG 2000 masters: convert makes pyramids of them, keep serves them as they are, slower and up to 40 megapixels.',
  }),
  VITRINE_PDF_DPI: Type.Integer({
    default: 200,
    minimum: 36,
    maximum: 1200,
    description: 'Dots per inch at which the pages of PDF masters are drawn.',
  }),
  VITRINE_IIIF_SERVICES: Type.Union([Type.Literal('describe'), Type.Literal('copy')], {
    default: 'describe',
    description:
      'What is done with images that a IIIF server elsewhere serves: describe points viewers there, copy fetches them as masters.',
  }),
  VITRINE_MASTER_MAX_BYTES: Type.Integer({ default: 4_000_000_000, minimum: 1000, description: 'Largest master fetched, in bytes.' }),
  VITRINE_MASTER_MAX_PIXELS: Type.Integer({
    default: 1_000_000_000,
    minimum: 1,
    description: 'Largest master converted, in pixels. A gigapixel takes minutes.',
  }),
  VITRINE_MASTER_PLACES: Type.String({
    default: '[]',
    secret: true,
    description:
      'Where masters may come from beside the open web, as JSON: [{"name","folder"}, {"name","bucket","store":"s3://…"}, {"name","origin","headers"}]. See docs/operations.md. A file is better: VITRINE_MASTER_PLACES_FILE.',
  }),
});
