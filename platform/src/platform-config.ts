import Type, { type Static } from 'typebox';

/** Settings that every process reads. */
export const platformConfig = Type.Object({
  VITRINE_PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^?#\\s]*[^/?#\\s]$',
      description:
        'The address under which the world sees this server, without a slash at its end; it stands in every manifest. May have a path. By default http://localhost with the port.',
    }),
  ),
  VITRINE_HOST: Type.String({
    default: '127.0.0.1',
    description: 'The address to listen on. 0.0.0.0 opens the server to the network: put a proxy with TLS in front.',
  }),
  VITRINE_PORT: Type.Integer({ default: 8080, minimum: 1, maximum: 65535, description: 'The port to listen on.' }),
  VITRINE_DATA: Type.String({ default: './data', description: 'The folder that holds everything. One process at a time.' }),
  VITRINE_BUS: Type.String({
    default: 'sqlite:',
    pattern: '^(sqlite:|kafka://[^\\s]+)$',
    secret: true,
    description:
      'The event bus: sqlite: in the data folder, or kafka://[user:password@]host:port[,host:port][?ssl=true&mechanism=scram-sha-512&replication=3].',
  }),
  VITRINE_DOCUMENTS: Type.String({
    default: 'sqlite:',
    pattern: '^(sqlite:|mongodb(\\+srv)?://[^\\s]+)$',
    secret: true,
    description: 'The document store: sqlite: in the data folder, or mongodb://[user:password@]host:port/database.',
  }),
  VITRINE_INDEX: Type.String({
    default: 'sqlite:',
    pattern: '^(sqlite:|https?://[^\\s]+)$',
    secret: true,
    description: 'The text index: sqlite: in the data folder, or OpenSearch’s https://[user:password@]host:port[/alias].',
  }),
  VITRINE_BLOBS: Type.String({
    default: 'file:',
    pattern: '^(file:|s3://[^\\s]+)$',
    secret: true,
    description:
      'The blob store: file: in the data folder, or s3://[key:secret@]bucket[/prefix][?endpoint=https://host&region=…]; without a key the AWS SDK’s own credentials.',
  }),
  VITRINE_ACCESS: Type.Union([Type.Literal('open'), Type.Literal('policies')], {
    default: 'open',
    description: 'open shows every object; policies refuses each object that no policy has assigned a class.',
  }),
  VITRINE_SWEEP_DAYS: Type.Integer({
    default: 7,
    minimum: 1,
    description: 'Days after which derivatives, reports, pages and indexes of texts that nothing points to any more are deleted.',
  }),
  VITRINE_ALLOWED_ORIGINS: Type.String({
    default: '',
    description:
      'Private origins that may be harvested, scheme://host:port by commas. Inner addresses are refused otherwise, at every redirect.',
  }),
  VITRINE_TRUSTED_PROXIES: Type.String({
    default: '',
    description: 'Addresses or networks of proxies whose X-Forwarded-For is believed, by commas.',
  }),
  VITRINE_OPERATOR_TOKEN_FILE: Type.Optional(
    Type.String({
      description: 'The file with the operators’ token. By default operator-token in the data folder, made at the first start.',
    }),
  ),
  VITRINE_LOG_LEVEL: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
    default: 'warn',
    description: 'The least level that is logged. info logs each walk, debug logs every event handled.',
  }),
  VITRINE_OUTBOUND_TIMEOUT: Type.Integer({
    default: 30,
    minimum: 1,
    description: 'Seconds that a source may take to answer, and between two pieces of its answer.',
  }),
  VITRINE_OUTBOUND_PER_HOST: Type.Integer({
    default: 4,
    minimum: 1,
    description: 'Requests to one host at once. Lower it for a slow museum.',
  }),
  VITRINE_RETRY_SECONDS: Type.Number({
    default: 5,
    exclusiveMinimum: 0,
    description: 'Seconds before a source that failed is asked again; doubles up to an hour.',
  }),
});

export type PlatformConfig = Static<typeof platformConfig>;

/** A list in a variable, by commas. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
