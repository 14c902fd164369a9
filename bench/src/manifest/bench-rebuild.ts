import { createServer } from 'node:http';
import { VitrineProcess } from '@vitrine/e2e/vitrine-process.ts';
import { isNode, nodes } from '@vitrine/mapping/json-node.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Figure, rounded } from '../figure.ts';

const OBJECTS = 10_000;
const PAGE = 500;
const MINUTES = 60_000;

/** A museum with an API of its own, whose images an image service elsewhere serves. */
async function openMuseum() {
  const count = { requests: 0 };
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const server = createServer((request, reply) => {
    count.requests++;
    const url = new URL(request.url ?? '/', base);
    const [, image] = /^\/iiif\/(\d+)\/info\.json$/.exec(url.pathname) ?? [];
    const page = Number(url.searchParams.get('page') ?? 0);
    const id = `${base}/iiif/${image}`;
    const body =
      image === undefined
        ? {
            records: Array.from({ length: page * PAGE < OBJECTS ? PAGE : 0 }, (_, n) => ({
              id: page * PAGE + n,
              title: `Object ${page * PAGE + n}`,
            })),
          }
        : {
            '@context': 'http://iiif.io/api/image/3/context.json',
            id,
            type: 'ImageService3',
            protocol: 'http://iiif.io/api/image',
            profile: 'level2',
            width: 4000,
            height: 3000,
          };
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    base,
    count,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** All manifests of a source again after its mapping was changed: from our copies, without a word to the museum or to an image service. */
export async function rebuiltAfterMapping(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  const museum = await openMuseum();
  const server = new VitrineProcess({
    data: `${folder.path}/data`,
    port: await freePort(),
    // Of no source that is measured.
    stream: 'http://127.0.0.1:1/none',
    settings: { VITRINE_SOURCES: '', VITRINE_ALLOWED_ORIGINS: museum.base },
  });
  const mapping = (title: string) => `{"label": {"en": ${title}}, "images": {"service": "${museum.base}/iiif/" & id}}`;
  try {
    await server.start();
    const headers = { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/json' };
    const define = async (title: string) => {
      const body = {
        kind: 'api',
        addresses: [`${museum.base}/api?page={number}`],
        api: { records: 'records', id: 'id', from: 0 },
        every: 86_400,
        mapping: mapping(title),
      };
      const reply = await fetch(`${server.base}/api/v1/sources/all`, { method: 'PUT', headers, body: JSON.stringify(body) });
      if (reply.ok) return;
      const added = await fetch(`${server.base}/api/v1/sources`, { method: 'POST', headers, body: JSON.stringify({ id: 'all', ...body }) });
      if (!added.ok) throw new Error(`the source is refused: ${await added.text()}`);
    };
    const told = async () => {
      const document: unknown = await (await fetch(`${server.base}/iiif/activity/all-changes`)).json();
      // An activity for each version.
      return isNode(document) ? Number(document['totalItems']) / 2 : 0;
    };
    await define('title');
    await until('all are published', async () => (await told()) === OBJECTS, 10 * MINUTES);
    // All are told before the walk has come to its end.
    await until(
      'the walk has ended',
      async () => {
        const reply: unknown = await (await fetch(`${server.base}/api/v1/sources/all/runs`, { headers })).json();
        return isNode(reply) && nodes(reply['runs'])[0]?.['state'] === 'done';
      },
      MINUTES,
    );
    const asked = museum.count.requests;
    const began = performance.now();
    await define('title & ", again"');
    await until('all are published again', async () => (await told()) === 2 * OBJECTS, 10 * MINUTES);
    const seconds = (performance.now() - began) / 1000;
    return [
      { name: `${OBJECTS} manifests again after a change of mapping, seconds`, value: rounded(seconds, 1) },
      { name: 'requests to the museum and its images meanwhile', value: museum.count.requests - asked, at_most: 0 },
    ];
  } finally {
    await server.stop().catch(() => {});
    museum.close();
    await folder.remove();
  }
}
