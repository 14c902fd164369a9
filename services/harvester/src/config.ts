import Type from 'typebox';

export const harvesterConfig = Type.Object({
  VITRINE_SOURCES: Type.String({
    default: '',
    description:
      'Activity Streams to harvest, and folders of images (file:///…), by commas: addresses, each with a name before it if you like (museum=https://…). The name begins every identifier of the source and can’t change later.',
  }),
  VITRINE_SOURCES_YAML: Type.Optional(
    Type.String({ description: 'A YAML file with sources and all that can be said of them; see docs/operations.md. Read at the start.' }),
  ),
  VITRINE_HARVEST_CREDENTIALS: Type.String({
    default: '[]',
    secret: true,
    description:
      'What sources want to be sent, as JSON: [{"name","origin","headers"}, {"name","origin","user","password"}]; a source names one. A file is better: VITRINE_HARVEST_CREDENTIALS_FILE.',
  }),
  VITRINE_HARVEST_SECONDS: Type.Number({
    default: 60,
    exclusiveMinimum: 0,
    maximum: 604800,
    description: 'Seconds between two looks at a source. A look at an unchanged stream costs it two requests.',
  }),
  VITRINE_RECORD_MAX_BYTES: Type.Integer({
    default: 20_000_000,
    minimum: 1000,
    description: 'Largest stream page, record or OCR file accepted, in bytes.',
  }),
});
