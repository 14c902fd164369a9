import Type from 'typebox';

export const manifestConfig = Type.Object({
  VITRINE_MANIFEST_WAIT_SECONDS: Type.Number({
    default: 600,
    exclusiveMinimum: 0,
    description: 'Seconds that a manifest waits for all images of its object; after that it appears with what is there.',
  }),
  VITRINE_MANIFEST_MOVED: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'A CSV file of addresses that manifests had at an earlier server: old address, object, version of the Presentation API.',
    }),
  ),
});
