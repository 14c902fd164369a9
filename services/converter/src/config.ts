import Type from 'typebox';

export const converterConfig = Type.Object({
  VITRINE_CONVERTERS: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 64,
    description: 'Masters converted at once, each in a process of its own. Each takes a core and up to VITRINE_CONVERTER_MEMORY_MB.',
  }),
  VITRINE_CONVERTER_MEMORY_MB: Type.Integer({
    default: 1500,
    minimum: 200,
    description: 'Memory that the conversion of one master may take, in megabytes.',
  }),
  VITRINE_CONVERTER_SECONDS: Type.Integer({ default: 600, minimum: 1, description: 'Seconds that the conversion of one master may take.' }),
  VITRINE_DERIVATIVE_QUALITY: Type.Integer({
    default: 85,
    minimum: 50,
    maximum: 100,
    description: 'JPEG quality of derivatives. From 90 on colours are not subsampled and files grow by half.',
  }),
  VITRINE_MASTER_MAX_BYTES: Type.Integer({ default: 4_000_000_000, minimum: 1000, description: 'Largest master fetched, in bytes.' }),
  VITRINE_MASTER_MAX_PIXELS: Type.Integer({
    default: 1_000_000_000,
    minimum: 1,
    description: 'Largest master converted, in pixels. A gigapixel takes minutes.',
  }),
});
