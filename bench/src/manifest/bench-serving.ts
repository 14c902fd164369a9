import { execFileSync } from 'node:child_process';
import { picture } from '@vitrine/demo/pictures.ts';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { VitrineProcess } from '@vitrine/e2e/vitrine-process.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Figure, rounded } from '../figure.ts';
import { answersAsFiles, startNginx } from '../image/start-nginx.ts';
import { type Load, load } from '../image/wrk.ts';

const OBJECTS = 20;
const CONNECTIONS = 32;
const MANIFESTS = 'iiif/presentation/3/manifests';

const meanOf = (loads: readonly Load[]) => ({
  perSecond: loads.reduce((sum, { perSecond }) => sum + perSecond, 0) / loads.length,
  p99: Math.max(...loads.map(({ p99 }) => p99)),
  errors: loads.reduce((sum, { errors }) => sum + errors, 0),
});

/** Published manifests, whole and as 304, against nginx with the same bytes as files. */
export async function servedManifests(): Promise<Figure[]> {
  for (const program of ['wrk', 'nginx'])
    execFileSync('which', [program], { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } });
  const folder = await temporaryFolder();
  const publisher = await openPublisher(await freePort());
  const server = new VitrineProcess({ data: `${folder.path}/data`, port: await freePort(), stream: publisher.stream });
  try {
    for (let n = 0; n < OBJECTS; n++)
      publisher.museum.publish({
        id: `o${n}`,
        title: `Object ${n}`,
        images: [1, 2, 3].map((i) => ({ id: `o${n}-${i}`, master: picture({ width: 300, height: 200, seed: n, format: 'jpeg' }) })),
      });
    await server.start();
    const paths = Array.from({ length: OBJECTS }, (_, n) => `museum-o${n}`);
    await until(
      'all are published',
      async () =>
        (await Promise.all(paths.map(async (path) => (await fetch(`${server.base}/${MANIFESTS}/${path}`)).status === 200))).every(Boolean),
      60_000,
    );
    const root = await answersAsFiles(
      folder.path,
      server.base,
      paths.map((path) => `${MANIFESTS}/${path}`),
    );
    const nginx = await startNginx(
      folder.path,
      '',
      `location / { root ${root}; default_type application/ld+json; add_header Access-Control-Allow-Origin *; add_header Vary "Accept, Accept-Encoding"; add_header Cache-Control "public, max-age=60"; }`,
    );
    const etags = await Promise.all(
      paths.map(
        async (path) =>
          (await fetch(`${server.base}/${MANIFESTS}/${path}`, { headers: { 'accept-encoding': 'identity' } })).headers.get('etag') ?? '',
      ),
    );
    const ask = (base: string, headers?: (n: number) => Record<string, string>) =>
      load(folder.path, `${base}/${MANIFESTS}`, paths, { connections: CONNECTIONS, ...(headers ? { headers } : {}) });
    await ask(server.base);
    const files = await ask(nginx.base);
    // In turns: the machine is not the same from one moment to the next.
    const wholes = [];
    const unchangeds = [];
    for (let turn = 0; turn < 2; turn++) {
      wholes.push(await ask(server.base));
      unchangeds.push(await ask(server.base, (n) => ({ 'if-none-match': etags[n] ?? '' })));
    }
    const [whole, unchanged] = [meanOf(wholes), meanOf(unchangeds)];
    await nginx.stop();
    return [
      { name: 'nginx, manifests a second', value: rounded(files.perSecond, 0) },
      { name: 'manifests served / nginx', value: rounded(whole.perSecond / files.perSecond), at_least: 0.5 },
      { name: `manifests served at ${CONNECTIONS} connections, p99 milliseconds`, value: rounded(whole.p99, 1), at_most: 10 },
      { name: 'answers 304 / whole', value: rounded(unchanged.perSecond / whole.perSecond), at_least: 1 },
      { name: 'answers that went wrong', value: whole.errors + unchanged.errors, at_most: 0 },
    ];
  } finally {
    await server.stop().catch(() => {});
    await publisher.close();
    await folder.remove();
  }
}
