import Type from 'typebox';

export const imageConfig = Type.Object({
  VITRINE_IMAGE_MAX_AREA: Type.Integer({
    default: 36_000_000,
    minimum: 1_000_000,
    description:
      'Largest image given at once, in pixels; info.json states it as maxArea. Each pixel takes about six bytes while it is made.',
  }),
  VITRINE_IMAGE_DECODES: Type.Integer({
    default: 4,
    minimum: 1,
    description: 'Images decoded at once; stored tiles are passed through and don’t count.',
  }),
});
