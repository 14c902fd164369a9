import Type from 'typebox';

export const manifestConfig = Type.Object({
  VITRINE_MANIFEST_WAIT_SECONDS: Type.Number({
    default: 600,
    exclusiveMinimum: 0,
    description: 'Seconds that a manifest waits for all images of its object; after that it appears with what is there.',
  }),
});
