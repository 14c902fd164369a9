import Type, { type Static } from 'typebox';

const Address = Type.String({ pattern: '^https?://', maxLength: 2000, description: 'An address of the web' });
const Place = Type.String({
  pattern: '^(https?://|file:///|s3://)',
  maxLength: 2000,
  description: 'An address of the web; of a folder file:///…, of a bucket s3://bucket/prefix',
});
/** The name of a source: it begins every identifier of the source, and never changes. */
export const SOURCE_NAME = '^[a-z0-9][a-z0-9-]{0,40}$';

const Expression = Type.String({ minLength: 1, maxLength: 4000, description: 'JSONata' });

/** Of a table: what its columns are. */
const TableColumns = Type.Object(
  {
    id: Type.Optional(Type.String({ minLength: 1, description: 'The column with each row’s own id; else the first whose name says so' })),
    sheet: Type.Optional(Type.String({ minLength: 1, description: 'Of a workbook; else its first' })),
  },
  { additionalProperties: false },
);

/** Of OAI-PMH 2.0: what is asked for. */
const OaiRequest = Type.Object(
  {
    prefix: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.!~*()-]+$', default: 'oai_dc', description: 'metadataPrefix' })),
    set: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { additionalProperties: false },
);

/** Of a museum’s own API in JSON or XML: where in its pages the records are, by JSONata. */
const ApiExpressions = Type.Object(
  {
    records: Expression,
    id: Expression,
    time: Type.Optional(Expression),
    record: Type.Optional(Expression),
    next: Type.Optional(Expression),
    from: Type.Optional(Type.Integer({ minimum: 0, default: 1, description: 'What {number} in an address begins with' })),
    step: Type.Optional(Type.Integer({ minimum: 1, default: 1, description: 'How {number} rises from page to page' })),
  },
  { additionalProperties: false },
);

const SourceKindName = Type.Union(
  [
    Type.Literal('activity-stream'),
    Type.Literal('folder'),
    Type.Literal('bucket'),
    Type.Literal('table'),
    Type.Literal('oai-pmh'),
    Type.Literal('api'),
    Type.Literal('iiif'),
  ],
  {
    default: 'activity-stream',
    description:
      'How it lists its records: as an activity stream; as a folder of images, with tables or manifests in it; as a bucket of images; as a table (CSV or XLSX); by OAI-PMH; by an API of its own; as a IIIF Collection or Manifest',
  },
);
export type SourceKindName = Static<typeof SourceKindName>;

/** How a source says no, and what that means for what it published. 401 and 403 are never a deletion (Change Discovery 1.0, 4.2). */
const Policy = Type.Object(
  {
    refused: Type.Optional(
      Type.Union([Type.Literal('retry'), Type.Literal('ignore')], {
        default: 'retry',
        description: 'A record answers 401 or 403: it is a failure and asked again, or it is expected and let be',
      }),
    ),
    missing: Type.Optional(
      Type.Union([Type.Literal('withdraw'), Type.Literal('keep')], {
        default: 'withdraw',
        description: 'A record answers 404 for longer than `missingDays`',
      }),
    ),
    missingDays: Type.Optional(Type.Number({ minimum: 0, maximum: 365, default: 7 })),
    gone: Type.Optional(
      Type.Union([Type.Literal('withdraw'), Type.Literal('keep')], { default: 'withdraw', description: 'A record answers 410' }),
    ),
    deletions: Type.Optional(
      Type.Union([Type.Literal('withdraw'), Type.Literal('ignore')], {
        default: 'withdraw',
        description:
          'The stream says that a resource was deleted or removed, or a whole walk of a stream without deletions finds it no longer',
      }),
    ),
    withdrawShare: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
        description: 'A run that would withdraw more than this share of the source’s objects (and more than ten) asks first',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Of a source of images: to which objects they belong, and how that is known. */
const Attachment = Type.Object(
  {
    to: Type.String({ pattern: SOURCE_NAME, description: 'The source whose objects get the images' }),
    pattern: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description:
          'Of a folder or a bucket: a regular expression for the name of a file without its ending, with groups key, and where they are order, role and label',
      }),
    ),
    key: Type.Optional(Expression),
    address: Type.Optional(Expression),
    order: Type.Optional(Expression),
    role: Type.Optional(Expression),
    label: Type.Optional(Expression),
    base: Type.Optional(
      Type.String({ pattern: '^[a-z0-9]+://', maxLength: 2000, description: 'What relative addresses of masters are below' }),
    ),
    objectKey: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4000,
        description: 'JSONata: the keys of an object in its record; else its identifiers (accession numbers)',
      }),
    ),
  },
  { additionalProperties: false },
);

/** A source, as an operator writes it: what is harvested, how often, how politely, and what its answers mean. */
export const SourceDefinition = Type.Object(
  {
    kind: Type.Optional(SourceKindName),
    addresses: Type.Array(Place, { minItems: 1, maxItems: 50, description: 'Where it does, read as one' }),
    table: Type.Optional(TableColumns),
    oai: Type.Optional(OaiRequest),
    api: Type.Optional(ApiExpressions),
    every: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 31_536_000,
        description:
          'Seconds between two looks; without it VITRINE_HARVEST_SECONDS, of what must be read whole each time (api, iiif, bucket) a day, of a folder at most ten',
      }),
    ),
    wholeWalkEvery: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 31_536_000,
        default: 604_800,
        description: 'Seconds after which a stream that tells no deletions is walked whole, to find what it has no longer',
      }),
    ),
    atOnce: Type.Optional(Type.Integer({ minimum: 1, maximum: 64, default: 8, description: 'Records asked for at once, at the most' })),
    pause: Type.Optional(
      Type.Number({ minimum: 0, maximum: 3600, default: 0, description: 'Seconds between the beginnings of two requests' }),
    ),
    credential: Type.Optional(
      Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$', description: 'The name of a credential of VITRINE_HARVEST_CREDENTIALS' }),
    ),
    classes: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 50,
        description: 'Types of objects that are wanted; else all',
      }),
    ),
    paths: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), {
        maxItems: 50,
        description: 'Beginnings of the addresses that are wanted, without their scheme; else all',
      }),
    ),
    policy: Type.Optional(Policy),
    mapping: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64_000,
        description: 'JSONata: what a record is, in the simple form; else its content decides who maps it',
      }),
    ),
    attach: Type.Optional(Attachment),
    paused: Type.Optional(Type.Boolean({ default: false })),
  },
  { additionalProperties: false },
);

export type SourceDefinition = Static<typeof SourceDefinition>;

/** A new source. Without a name that of its host is taken. */
export const NewSource = Type.Object(
  { id: Type.Optional(Type.String({ pattern: SOURCE_NAME })), ...SourceDefinition.properties },
  { additionalProperties: false },
);

/** Where a stream is looked for: the address of any one record, or of the stream itself. */
export const StreamSearch = Type.Object({ address: Address }, { additionalProperties: false });

/** What of a source is derived again from our raw copies. Everything where nothing is said. */
export const SourceReplay = Type.Object(
  {
    since: Type.Optional(Type.String({ format: 'date-time', description: 'Records whose last activity is not older' })),
    ids: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), {
        minItems: 1,
        maxItems: 10_000,
        description: 'These objects, by their identifiers or by the addresses of their records',
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Only says what would come of it' })),
  },
  { additionalProperties: false },
);
export type SourceReplay = Static<typeof SourceReplay>;

/** What becomes of a source’s objects when it is removed. */
export const RemovalQuery = Type.Object({
  objects: Type.Union([Type.Literal('withdraw'), Type.Literal('keep')], {
    description: 'withdraw takes its objects off the web, keep leaves them as they are',
  }),
});

/** Which side is asked for. */
export const UnmatchedQuery = Type.Object({
  of: Type.Optional(Type.Union([Type.Literal('images'), Type.Literal('objects')], { default: 'images' })),
  after: Type.Optional(Type.String({ description: 'The `next` of the page before' })),
});

/** Activity Streams 2.0: something happened. What it says is not trusted; the source is looked at. */
export const StreamNotification = Type.Union([
  Type.Object({ type: Type.Union([Type.String(), Type.Array(Type.String())]) }),
  Type.Object({ Records: Type.Array(Type.Unknown()) }, { description: 'As object stores send them' }),
]);

/** What becomes of withdrawals that were held back because they are many. */
export const WithdrawalsDecision = Type.Object(
  { decision: Type.Union([Type.Literal('carry-out'), Type.Literal('discard')]) },
  { additionalProperties: false },
);
