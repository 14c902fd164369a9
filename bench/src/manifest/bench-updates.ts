import { picture } from '@vitrine/demo/pictures.ts';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { VitrineProcess } from '@vitrine/e2e/vitrine-process.ts';
import { isNode, text } from '@vitrine/mapping/json-node.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Figure, percentile, rounded } from '../figure.ts';

const OBJECTS = 50;
const SECONDS = 60;
const EVERY = 100;
/** Milliseconds between two looks at a manifest. */
const LOOK = 10;
const LOST = 30_000;

/** From the end of a notification to the inbox to the manifest that shows what changed: one image, its pixels as before, ten updates a second for a minute. */
export async function updatesSeen(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  const publisher = await openPublisher(await freePort());
  // Nothing is found by looking: the inbox alone says that something happened.
  const settings = { VITRINE_HARVEST_SECONDS: '3600' };
  const server = new VitrineProcess({ data: `${folder.path}/data`, port: await freePort(), stream: publisher.stream, settings });
  const master = picture({ width: 300, height: 200, seed: 1, format: 'jpeg' });
  const publish = (n: number, title: string) => publisher.museum.publish({ id: `o${n}`, title, images: [{ id: `o${n}`, master }] });
  const manifest = async (n: number) => {
    const reply = await fetch(`${server.base}/iiif/presentation/3/manifests/museum-o${n}`);
    return reply.status === 200 ? reply.text() : '';
  };
  try {
    for (let n = 0; n < OBJECTS; n++) publish(n, `Object ${n}`);
    await server.start();
    for (let n = 0; n < OBJECTS; n++) await until(`object ${n} is there`, async () => (await manifest(n)) !== '', 60_000);
    const reply = await fetch(`${server.base}/api/v1/sources/museum`, { headers: { authorization: `Bearer ${await server.token()}` } });
    const source: unknown = await reply.json();
    const token = isNode(source) && isNode(source['inbox']) ? text(source['inbox']['token']) : undefined;

    async function update(turn: number): Promise<number> {
      const n = turn % OBJECTS;
      const title = `Object ${n}, turn ${turn}`;
      publish(n, title);
      const told = await fetch(`${server.base}/api/v1/sources/museum/inbox`, {
        method: 'POST',
        headers: { 'content-type': 'application/ld+json', authorization: `Bearer ${token}` },
        body: JSON.stringify({
          '@context': 'https://www.w3.org/ns/activitystreams',
          type: 'Update',
          object: `${publisher.base}/objects/o${n}`,
        }),
      });
      if (!told.ok) throw new Error(`the inbox answers ${told.status}`);
      const began = performance.now();
      while (!(await manifest(n)).includes(`"${title}"`)) {
        if (performance.now() - began > LOST) throw new Error(`${title} was never seen`);
        await new Promise((resolve) => setTimeout(resolve, LOOK));
      }
      return performance.now() - began;
    }

    const updates: Promise<number>[] = [];
    const began = performance.now();
    for (let turn = 0; turn < (SECONDS * 1000) / EVERY; turn++) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + turn * EVERY - performance.now())));
      updates.push(update(turn));
    }
    const seen = await Promise.all(updates);
    return [
      { name: 'from the notification to the manifest, p50 milliseconds', value: rounded(percentile(seen, 0.5), 0) },
      { name: `the same, p95 of ${seen.length}`, value: rounded(percentile(seen, 0.95), 0), at_most: 1000 },
    ];
  } finally {
    await server.stop().catch(() => {});
    await publisher.close();
    await folder.remove();
  }
}
