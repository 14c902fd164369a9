import { createServer } from 'node:http';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import type { Adapters } from '@vitrine/platform/deps.ts';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { createMetrics } from '@vitrine/platform/metrics.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { runService } from '@vitrine/platform/run-service.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import pino from 'pino';
import { createHarvester } from '../src/service.ts';
import { openStores, type RunDocument, type Stores } from '../src/stores.ts';

/** What a site answers at a path: JSON, or whatever it is. */
export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Milliseconds before it comes. */
  readonly delay?: number;
};

export type Site = {
  readonly base: string;
  readonly answers: Map<string, Answer>;
  /** The requests that came: method, path, and whether they were conditional. */
  readonly requests: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[];
  readonly adapters: Adapters;
  readonly stores: Stores;
  /** Has the source looked at once, to its end, and tells what was published of objects since the last time. */
  look(source?: string): Promise<string[]>;
  /** The report of the last run. */
  report(): Promise<RunDocument | undefined>;
};

type Options = {
  /** Paths of its streams, or of what else lists its records; or whole addresses. */
  readonly streams?: readonly string[];
  readonly definition?: Omit<SourceDefinition, 'addresses'>;
  /** Other sources beside it; `{base}` in an address is the site's. */
  readonly others?: readonly { readonly id: string; readonly definition: SourceDefinition }[];
  readonly now?: () => Date;
};

const log = pino({ level: 'silent' });

/** A Linked Art record of an object. */
export const linkedArt = (id: string, title = id) => ({
  '@context': 'https://linked.art/ns/v1/linked-art.json',
  id,
  type: 'HumanMadeObject',
  _label: title,
  identified_by: [{ type: 'Name', content: title }],
});

/** A site of anybody's making, and a harvester of its streams. Every path below /r/ is a record, unless it is said otherwise. */
export async function withSite(
  { streams = ['/stream'], definition, others = [], now = () => new Date() }: Options,
  run: (site: Site) => Promise<void>,
) {
  const answers: Site['answers'] = new Map();
  const requests: Site['requests'] = [];
  let base = '';
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, headers: request.headers });
    const answer = answers.get(path) ?? (/^\/r\//.test(path) ? { body: linkedArt(`${base}${path}`) } : { status: 404 });
    const { status = 200, headers = {}, body = '', delay = 0 } = answer;
    const content = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body).replaceAll('{base}', base);
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(content);
    }, delay);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  const folder = await temporaryFolder();
  const adapters = await openEmbedded(folder.path);
  const outbound = createOutboundHttp({ allowedOrigins: new Set([base]), timeout: 2000, atOnce: 8, userAgent: 'test' });
  const deps = { ...adapters, publish: createPublisher('harvester', adapters), log, now };
  const stores = await openStores(adapters.documents);
  const service = await createHarvester({
    ...deps,
    outbound,
    instance: 'test',
    sources: [
      ...others.map(({ id, definition: { addresses, ...rest } }) => ({
        id,
        definition: { every: 10_000, ...rest, addresses: addresses.map((address) => address.replace('{base}', base)) },
      })),
      {
        id: 'site',
        definition: {
          ...definition,
          every: 10_000,
          addresses: streams.map((path) => (path.startsWith('/') ? `${base}${path}` : path)),
        },
      },
    ],
    credentials: new Map([['key', { origin: base, headers: { 'x-key': 'secret' } }]]),
    interval: 30,
    maxBytes: 1_000_000,
    retryBase: 1000,
  });
  let told = 1;
  const published = async () => {
    const events: string[] = [];
    for (; ; told++) {
      const record = await adapters.bus.read('vitrine.object.v1', { partition: 0, offset: told });
      if (!record) return events;
      const { object } = JSON.parse(record.value);
      events.push(`${String(record.headers['ce_type']).replace('object.', '')} ${object}`);
    }
  };
  const report = async () => {
    let last: RunDocument | undefined;
    for await (const { value } of stores.runs.all()) last = value;
    return last;
  };
  let running: { stop: () => Promise<void> } | undefined;
  try {
    await run({
      base,
      answers,
      requests,
      adapters,
      stores,
      report,
      look: async (source = 'site') => {
        await stores.sources.update(source, (current) => current && { ...current, lookAt: 0, due: 0 });
        running ??= await runService(service, { metrics: createMetrics(), deps, retryBase: 50, retryTick: 50 });
        await until('it was looked at', async () => ((await stores.sources.get(source))?.lookAt ?? 0) > 0);
        return published();
      },
    });
  } finally {
    await running?.stop();
    await outbound.close();
    await closeAdapters(adapters);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await folder.remove();
  }
}
