import Type from 'typebox';

/** What an operator asks to be handled again: one failure, those of a reason, or all. */
export const ReplayFailures = Type.Union([
  Type.Object({ id: Type.String({ description: 'A failure' }) }, { additionalProperties: false }),
  Type.Object({ code: Type.String({ description: 'A reason' }) }, { additionalProperties: false }),
  Type.Object({ all: Type.Literal(true) }, { additionalProperties: false }),
]);

/** Derives everything again from primary state (R9). */
export const ReplayAll = Type.Object(
  {
    all: Type.Literal(true),
    dropDerived: Type.Optional(Type.Boolean({ description: 'After dropping manifests, texts, the index and the list of images' })),
  },
  { additionalProperties: false },
);

const After = Type.Optional(Type.String({ description: 'The `next` of the page before' }));

export const Page = Type.Object({ after: After });

/** Which of the objects, one of these at a time; else all that are published. */
export const ObjectsQuery = Type.Object({
  after: After,
  source: Type.Optional(Type.String({ description: 'Those of a source' })),
  record: Type.Optional(Type.String({ description: 'What was made of the record at an address, or with an id, of its source' })),
  since: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Those whose manifest changed since, withdrawn ones among them; what changed at that time too',
    }),
  ),
});

/** A time, of which the version of a manifest is wanted. */
export const VersionsQuery = Type.Object({
  at: Type.Optional(Type.String({ format: 'date-time', description: 'Redirects to the version that was published then' })),
});

/** After which change. */
export const ChangesQuery = Type.Object({
  after: Type.Optional(Type.String({ description: 'The id of a change, or `0` for all; the end of the stream where it is absent' })),
});

/** Who is to be told of changes. */
export const Webhook = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'An http or https address that takes POST' }),
    after: Type.Optional(
      Type.String({ description: 'Told of what came after this change, or `0` of all; of what comes from now on where it is absent' }),
    ),
  },
  { additionalProperties: false },
);

/** oEmbed 1.0, 2.2. */
export const OembedQuery = Type.Object({
  url: Type.String({ description: 'The page of an object here, or its manifest' }),
  maxwidth: Type.Optional(Type.Integer({ minimum: 1 })),
  maxheight: Type.Optional(Type.Integer({ minimum: 1 })),
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('xml')])),
});

/** Of pixels. */
export const ImageQuery = Type.Object({
  'response-content-disposition': Type.Optional(
    Type.String({ description: '`attachment`, with a `filename` if wanted: the browser saves the image' }),
  ),
});

/** Content Search 2.0, 3.2. */
const Filters = {
  motivation: Type.Optional(
    Type.String({ description: 'Any of these, apart by spaces: words of OCR are `supplementing` (in 1.0 `painting`)' }),
  ),
  date: Type.Optional(Type.String({ description: 'Annotations created between two times; words of OCR have none' })),
  user: Type.Optional(Type.String({ description: 'Annotations of these people; words of OCR have none' })),
};

/** Content Search: what is searched for in an object or a range of it. */
export const SearchQuery = Type.Object({
  q: Type.Optional(Type.String({ description: 'Words, and phrases in quotation marks' })),
  ...Filters,
  page: Type.Optional(Type.Integer({ minimum: 1, description: 'The page of results; `next` leads to it' })),
});

/** The same in a collection. */
export const CollectionSearchQuery = Type.Object({
  q: Type.Optional(Type.String({ description: 'Words, and phrases in quotation marks' })),
  ...Filters,
  at: Type.Optional(Type.String({ description: 'Where a page of results begins; `next` leads to it' })),
});

const Several = (description: string) => Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description }));

/** A search of the museum. Also `label.{label}` for each of the configured labels: values of it, any of them. */
export const MuseumQuery = Type.Object({
  q: Type.Optional(Type.String({ description: 'Words, and phrases in quotation marks: an object has all of them' })),
  in: Several('`label`, `metadata`, `text`: where they are looked for; everywhere where it is absent'),
  metadata: Several('`Label:words`: objects whose value of that label has these words in a row'),
  source: Several('Objects of any of these sources'),
  type: Several('Of any of these types'),
  rights: Several('Under any of these rights'),
  century: Several('That begin in any of these hundreds of years, by their first: `1600`'),
  collection: Several('In any of these collections, by their names'),
  from: Type.Optional(Type.Integer({ description: 'Whose time is not before this year' })),
  to: Type.Optional(Type.Integer({ description: 'Whose time is not after this year' })),
  sort: Type.Optional(Type.String({ description: '`relevance` (the usual one), `title`, `oldest`, `newest`, `id`' })),
  page: Type.Optional(Type.Integer({ minimum: 1, description: 'The page of results' })),
  after: Type.Optional(Type.String({ description: 'Objects behind this one, for `sort=id`: so all can be read through' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Objects a page; 20 where it is absent' })),
});

/** What a person has begun to type. */
export const AutocompleteQuery = Type.Object({
  q: Type.String({ description: 'The beginning of a word, or words and the beginning of one' }),
  min: Type.Optional(Type.Integer({ minimum: 1, description: 'How often a word must be there' })),
  ...Filters,
});

/** What object stores send when something happens to an object: Amazon S3's event message structure, of which gateways leave out and add; and their test. */
export const S3Notification = Type.Union([
  Type.Object({ Event: Type.Literal('s3:TestEvent') }),
  Type.Object({
    Records: Type.Array(
      Type.Object({
        eventName: Type.String(),
        s3: Type.Object({
          bucket: Type.Object({ name: Type.String(), arn: Type.Optional(Type.String()) }),
          object: Type.Object({ key: Type.String(), eTag: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
        }),
      }),
      { maxItems: 1000 },
    ),
  }),
]);
