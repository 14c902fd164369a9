// A publisher of very many activities, in a process of its own: IIIF Change Discovery 1.0, level 2, pages of 100, and a Linked Art record for each object. It is started
// with how many there are; it says its port, and on SIGUSR2 how many requests came since the last time.

import { createServer } from 'node:http';

const PAGE = 100;
const [, , count = '1000'] = process.argv;
const total = Number(count);
const pages = Math.ceil(total / PAGE);
const CONTEXT = 'http://iiif.io/api/discovery/1/context.json';
const EPOCH = Date.UTC(2020, 0, 1);
let base = '';
let requests = 0;

const link = (path: string, type: string) => ({ id: `${base}${path}`, type });

function page(n: number): string {
  const items: string[] = [];
  for (let index = n * PAGE; index < Math.min(total, (n + 1) * PAGE); index++)
    items.push(
      `{"type":"Create","object":{"id":"${base}/record/${index}","type":"HumanMadeObject"},"endTime":"${new Date(EPOCH + index * 1000).toISOString()}"}`,
    );
  const links = {
    '@context': CONTEXT,
    ...link(`/page/${n}`, 'OrderedCollectionPage'),
    partOf: link('/stream', 'OrderedCollection'),
    startIndex: n * PAGE,
    ...(n > 0 ? { prev: link(`/page/${n - 1}`, 'OrderedCollectionPage') } : {}),
    ...(n + 1 < pages ? { next: link(`/page/${n + 1}`, 'OrderedCollectionPage') } : {}),
  };
  return `${JSON.stringify(links).slice(0, -1)},"orderedItems":[${items.join(',')}]}`;
}

const record = (n: string) =>
  JSON.stringify({
    '@context': 'https://linked.art/ns/v1/linked-art.json',
    id: `${base}/record/${n}`,
    type: 'HumanMadeObject',
    _label: `Object ${n}`,
    identified_by: [
      {
        type: 'Name',
        content: `Object ${n}, a vessel with two handles`,
        classified_as: [{ id: 'http://vocab.getty.edu/aat/300404670', type: 'Type' }],
      },
      { type: 'Identifier', content: `1926.${n}`, classified_as: [{ id: 'http://vocab.getty.edu/aat/300312355', type: 'Type' }] },
    ],
    referred_to_by: Array.from({ length: 8 }, (_, line) => ({
      type: 'LinguisticObject',
      content: `A statement about object ${n}, number ${line}: it was found in a grave and is made of clay, painted and fired.`,
      classified_as: [{ id: 'http://vocab.getty.edu/aat/300435416', type: 'Type' }],
    })),
  });

function answer(path: string): string | undefined {
  const [, kind, n = ''] = /^\/(stream|page|record)(?:\/(\d+))?$/.exec(path) ?? [];
  if (kind === 'stream') {
    const ends = { first: link('/page/0', 'OrderedCollectionPage'), last: link(`/page/${pages - 1}`, 'OrderedCollectionPage') };
    return JSON.stringify({ '@context': CONTEXT, ...link('/stream', 'OrderedCollection'), totalItems: total, ...ends });
  }
  if (kind === 'page') return page(Number(n));
  return kind === 'record' ? record(n) : undefined;
}

const server = createServer((request, response) => {
  requests++;
  const path = request.url ?? '';
  const body = answer(path);
  if (body === undefined) return void response.writeHead(404).end();
  const etag = `"${path}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, {
    'content-type': 'application/ld+json',
    'content-length': Buffer.byteLength(body),
    'access-control-allow-origin': '*',
    etag,
  });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  process.send?.({ base });
});
process.on('message', () => {
  process.send?.({ requests });
  requests = 0;
});
process.on('disconnect', () => process.exit());
