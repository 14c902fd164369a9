import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { MuseumEntry } from '@vitrine/demo/museum.ts';
import { altoPage, picture } from '@vitrine/demo/pictures.ts';
import { manifestKey } from '@vitrine/manifest/manifest-key.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { StoredRecord } from '@vitrine/platform/bus/port.ts';
import { broken, flaky, seeded, slow } from '@vitrine/platform/faults.ts';
import { until } from '@vitrine/platform/until.ts';
import { failuresOf, type InProcess, inProcess } from './in-process.ts';

const jpeg = (seed: number, width = 600) => picture({ width, height: 400, seed, format: 'jpeg' });
const vase = (title = 'A vase', seed = 1): MuseumEntry => ({ id: 'vase', title, images: [{ id: 'vase', master: jpeg(seed) }] });
const book: MuseumEntry = {
  id: 'book',
  title: 'A book',
  images: [1, 2].map((n) => ({ id: `book-${n}`, master: jpeg(n + 5), alto: altoPage(['page', n === 1 ? 'one' : 'two'], 600, 400) })),
};
const MANIFEST = '/iiif/presentation/3/manifests/museum-vase';

const textOf = async ({ get }: InProcess, path: string) => {
  const reply = await get(path);
  return `${reply.status} ${await reply.text()}`;
};
const appears = (running: InProcess, path: string, pattern: RegExp) =>
  until(`${path} matches ${pattern}`, async () => pattern.test(await textOf(running, path)), 20_000);
const serviceOf = async (running: InProcess) =>
  /"(http[^"]+\/iiif\/image\/3\/museum-vase-vase~[0-9a-f]{10})"/.exec(await textOf(running, MANIFEST))?.[1] ?? '';

const GROUPS = {
  'vitrine.object.v1': ['manifest', 'search', 'converter-plan', 'console'],
  'vitrine.image.v1': ['manifest', 'search', 'image'],
  'vitrine.manifest.v1': ['console', 'converter-plan'],
  'vitrine.conversion.v1': ['converter'],
} as const;

async function quiet({ adapters }: InProcess): Promise<void> {
  let calm = 0;
  await until(
    'every group has read everything',
    async () => {
      const lags = await Promise.all(
        Object.entries(GROUPS).flatMap(([topic, groups]) => groups.map((group) => adapters().bus.lag(group, topic))),
      );
      calm = lags.every((lag) => lag === 0) ? calm + 1 : 0;
      return calm > 10;
    },
    20_000,
  );
}

async function recordsOf({ adapters }: InProcess, topic: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let offset = 1, gaps = 0; gaps < 100; offset++) {
    const record = await adapters().bus.read(topic, { partition: 0, offset });
    if (record) records.push(record);
    else gaps++;
  }
  return records;
}

/** What the world sees of the two objects. */
async function worldOf(running: InProcess): Promise<string[]> {
  const paths = [
    MANIFEST,
    MANIFEST.replace('vase', 'book'),
    '/iiif/image/3/museum-vase-vase/info.json',
    '/iiif/image/3/museum-book-book-1/info.json',
    '/iiif/search/2/manifests/museum-book?q=page',
    '/iiif/presentation/3/collections/root',
    '/api/v1/objects',
  ];
  return Promise.all(paths.map((path) => textOf(running, path)));
}

suite('R4: an image’s content version is in its address', () => {
  test('pixels at a version are immutable, everything else is short-lived, and what changed redirects', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      museum.publish(vase());
      await appears(running, MANIFEST, /A vase/);
      const first = await serviceOf(running);
      const plain = first.replace(/~.*/, '');
      const header = async (path: string, name: string) => (await get(path)).headers.get(name);
      assert.equal(await header(`${first}/full/max/0/default.jpg`, 'cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(await header(`${plain}/full/max/0/default.jpg`, 'cache-control'), 'public, max-age=60');
      for (const path of [`${first}/info.json`, `${plain}/info.json`]) {
        assert.equal(await header(path, 'cache-control'), 'public, max-age=60');
        const etag = await header(path, 'etag');
        assert.equal((await get(path, { 'if-none-match': etag ?? '' })).status, 304);
      }
      const pixels = `${plain}/0,0,300,200/150,100/0/default.jpg`;
      assert.equal((await get(pixels, { 'if-none-match': `"other", ${await header(pixels, 'etag')}` })).status, 304);
      assert.equal(
        await header(`${plain}/full/^max/0/default.jpg`, 'link'),
        `<${first}/full/^max/0/default.jpg>;rel="canonical", <http://iiif.io/api/image/3/level2.json>;rel="profile"`,
      );

      museum.replaceMaster('vase', 'vase', jpeg(9));
      await until('there is another version', async () => ![first, ''].includes(await serviceOf(running)));
      const second = await serviceOf(running);
      await until('the old one redirects', async () => (await header(`${first}/info.json`, 'location')) === `${second}/info.json`);
      assert.equal((await get(`${first}/full/max/0/default.jpg`)).status, 303);
      assert.equal((await get(`${plain}~0123456789/info.json`)).status, 404, 'a version that never was');
      museum.withdraw('vase');
      for (const path of [first, second, plain])
        await until(`${path} is gone`, async () => (await get(`${path}/info.json`)).status === 410);
    }));
});

suite('R6: at least once, in order per key, idempotent', () => {
  test('every event of every entity twice more, in any order: nothing changes, nothing is published anew', () =>
    inProcess(async (running) => {
      const { museum, adapters } = running;
      museum.publish(vase());
      museum.publish(book);
      await appears(running, MANIFEST, /A vase/);
      museum.publish(vase('A blue vase'));
      museum.replaceMaster('vase', 'vase', jpeg(4, 700));
      museum.publish({ ...vase('Short-lived'), id: 'gone', images: [{ id: 'gone', master: jpeg(8) }] });
      await appears(running, '/iiif/presentation/3/manifests/museum-gone', /Short-lived/);
      museum.withdraw('gone');
      await appears(running, MANIFEST, /"width":700/);
      await appears(running, '/iiif/presentation/3/manifests/museum-gone', /^410/);
      await appears(running, MANIFEST.replace('vase', 'book'), /A book/);
      await quiet(running);
      const before = await worldOf(running);
      const manifests = (await recordsOf(running, 'vitrine.manifest.v1')).length;
      const records = [
        ...(await recordsOf(running, 'vitrine.object.v1')),
        ...(await recordsOf(running, 'vitrine.image.v1')),
        ...(await recordsOf(running, 'vitrine.manifest.v1')),
      ];
      const random = seeded(6);
      const shuffled = [...records, ...records].map((record) => ({ record, at: random() })).sort((a, b) => a.at - b.at);
      await adapters().bus.publish(shuffled.map(({ record }) => record));
      await quiet(running);
      assert.deepEqual(await worldOf(running), before);
      const again = (await recordsOf(running, 'vitrine.manifest.v1')).length;
      const repeated = records.filter(({ topic }) => topic === 'vitrine.manifest.v1').length * 2;
      assert.equal(again, manifests + repeated, 'no manifest was published anew');
      assert.equal((await running.get('/iiif/image/3/museum-gone-gone/info.json')).status, 410);
      assert.deepEqual(await failuresOf(running), []);
    }));

  test('with a flaky bus, store and disk everything arrives, and nothing is put aside', () =>
    inProcess(
      async (running) => {
        running.museum.publish(vase());
        running.museum.publish(book);
        await appears(running, MANIFEST, /A vase/);
        await appears(running, MANIFEST.replace('vase', 'book'), /A book/);
        await appears(running, '/iiif/search/2/manifests/museum-book?q=one', /xywh=120,40,80,30/);
        running.museum.withdraw('vase');
        await appears(running, MANIFEST, /^410/);
        assert.deepEqual(await failuresOf(running), []);
      },
      {},
      (openers) => ({
        bus: async () => flaky(await openers.bus(), 1, 0.05),
        documents: async () => flaky(await openers.documents(), 2, 0.01),
        textIndex: async () => flaky(await openers.textIndex(), 3, 0.2, ['close', 'search']),
        blobs: async () => flaky(await openers.blobs(), 4, 0.05, ['close', 'stream', 'list', 'read']),
      }),
    ));
});

suite('engines that are slow or away', () => {
  test('with every engine slow everything arrives, and nothing is put aside', () =>
    inProcess(
      async (running) => {
        running.museum.publish(vase());
        await appears(running, MANIFEST, /A vase/);
        running.museum.publish(vase('A vase, described anew'));
        await appears(running, MANIFEST, /anew/);
        assert.deepEqual(await failuresOf(running), []);
      },
      {},
      (openers) => ({
        bus: async () => slow(await openers.bus(), 1, 40),
        documents: async () => slow(await openers.documents(), 2, 10),
        textIndex: async () => slow(await openers.textIndex(), 3, 40),
        blobs: async () => slow(await openers.blobs(), 4, 40),
      }),
    ));

  test('an image that was seen is served while the document store is away, and what needs the store says when to ask again', () => {
    let away = false;
    return inProcess(
      async (running) => {
        running.museum.publish(vase());
        await appears(running, MANIFEST, /A vase/);
        const service = await serviceOf(running);
        away = true;
        for (let x = 0; x < 5; x++) assert.equal((await running.get(`${service}/${x},0,100,100/100,/0/default.jpg`)).status, 200);
        const manifest = await running.get(MANIFEST);
        assert.deepEqual([manifest.status, manifest.headers.get('retry-after')], [503, '5']);
        assert.equal((await running.get('/readyz')).status, 503);
        away = false;
        await until('it is ready again', async () => (await running.get('/readyz')).status === 200);
        assert.deepEqual(await failuresOf(running), []);
      },
      {},
      (openers) => ({ ...openers, documents: async () => broken(await openers.documents(), () => away) }),
    );
  });
});

suite('R9: primary state is kept, everything else is derived again', () => {
  test('after a replay that dropped what is derived, the world is byte for byte the same, and no manifest was published', () =>
    inProcess(async (running) => {
      const { museum, operator } = running;
      museum.publish(vase());
      museum.publish(book);
      await appears(running, MANIFEST, /A vase/);
      museum.publish(vase('A vase, described anew'));
      museum.replaceMaster('vase', 'vase', jpeg(3, 500));
      await appears(running, MANIFEST, /anew.*"width":500/);
      await appears(running, '/iiif/search/2/manifests/museum-book?q=one', /xywh/);
      await quiet(running);
      const before = await worldOf(running);
      const published = (await recordsOf(running, 'vitrine.manifest.v1')).map(({ headers }) => headers['ce_id']);
      const masters = (await recordsOf(running, 'vitrine.image.v1')).length;
      // The bytes of manifests are kept, as earlier versions to be: lost ones are made again, byte for byte.
      const { blobs } = running.adapters();
      const shown = [MANIFEST, '/iiif/presentation/3/manifests/museum-book'];
      const keys = await Promise.all(
        shown.map(async (path) => manifestKey(sha256(Buffer.from(await (await running.get(path)).arrayBuffer())))),
      );
      for (const key of keys) await blobs.delete(key);
      await operator('/api/v1/replay', { all: true, dropDerived: true });
      await until('images are announced again', async () => (await recordsOf(running, 'vitrine.image.v1')).length >= masters + 3, 20_000);
      await until('the world is as it was', async () => JSON.stringify(await worldOf(running)) === JSON.stringify(before), 20_000);
      await until(
        'the manifests are made again',
        async () => (await Promise.all(keys.map((key) => blobs.stat(key)))).every(Boolean),
        20_000,
      );
      await quiet(running);
      assert.deepEqual(
        (await recordsOf(running, 'vitrine.manifest.v1')).map(({ headers }) => headers['ce_id']),
        published,
        'equal bytes publish nothing',
      );
      assert.deepEqual(await failuresOf(running), []);
    }));

  test('a second start goes on where the first stopped, without asking for masters again', () =>
    inProcess(async (running) => {
      running.museum.publish(vase());
      await appears(running, MANIFEST, /A vase/);
      await quiet(running);
      const before = await worldOf(running);
      const requests = (await recordsOf(running, 'vitrine.conversion.v1')).length;
      await running.restart();
      await quiet(running);
      assert.deepEqual(await worldOf(running), before);
      assert.equal((await recordsOf(running, 'vitrine.conversion.v1')).length, requests);
    }));
});

/** A master that comes only when it is let go. */
function heldMaster(seed: number) {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { type, read } = jpeg(seed);
  return { master: { type, read: () => held.then(read) }, release: () => release() };
}

suite('what a start finds changed', () => {
  test('another public address is in every manifest', () =>
    inProcess(async (running) => {
      running.museum.publish(vase());
      await appears(running, MANIFEST, /A vase/);
      const local = running.vitrine().address;
      await running.restart({ VITRINE_PUBLIC_URL: `${local}/museum` });
      await appears(running, MANIFEST, new RegExp(`"id":"${local}/museum/iiif/presentation`));
      await appears(running, `${await serviceOf(running)}/info.json`, /"id":"[^"]+\/museum\/iiif\/image/);
    }));

  test('an operator’s command that was stored and not published before a crash is published (R8)', () =>
    inProcess(async (running) => {
      running.museum.publish(vase());
      await appears(running, MANIFEST, /A vase/);
      const commands = () => running.adapters().documents.collection({ name: 'console.commands', indexes: ['state'] });
      await (await commands()).put('from-before', { state: 'stored', full: { dropDerived: false } }, 0);
      await running.restart();
      await until('it is published', async () => (await (await commands()).get('from-before'))?.body['state'] === 'published');
      await until('and carried out', async () =>
        (await recordsOf(running, 'vitrine.image.v1')).some(({ headers }) => headers['ce_replay'] === 'from-before'),
      );
    }));

  test('a newer mapping raises every object’s revision, from our own copies', () =>
    inProcess(async (running) => {
      running.museum.publish(vase());
      await appears(running, MANIFEST, /A vase/);
      const objects = await running.adapters().documents.collection({ name: 'harvester.objects', indexes: [] });
      const known = await objects.get('museum-vase');
      await objects.put('museum-vase', { ...known?.body, mappingVersion: 0 }, known?.version ?? 0);
      await running.restart({ VITRINE_SOURCES: '' });
      await until('its revision rose', async () => (await objectRevisions(running)).includes(2));
      await appears(running, MANIFEST, /A vase/);
    }));
});

async function objectRevisions(running: InProcess): Promise<number[]> {
  return (await recordsOf(running, 'vitrine.object.v1')).map(({ value }) => Number(JSON.parse(value).revision));
}

suite('R10: a manifest waits for its images, but not for ever', () => {
  const slow = heldMaster(7);
  test('the first publication waits, then shows what is there, and shows the rest when it comes', () =>
    inProcess(
      async (running) => {
        const { museum } = running;
        const began = Date.now();
        museum.publish({
          id: 'vase',
          title: 'A vase',
          images: [
            { id: 'quick', master: jpeg(1) },
            { id: 'slow', master: slow.master },
          ],
        });
        await until(
          'the quick image is there',
          async () => (await running.get('/iiif/image/3/museum-vase-quick/info.json')).status === 200,
        );
        assert.match(await textOf(running, MANIFEST), /^404/);
        await appears(running, MANIFEST, /A vase/);
        assert.ok(Date.now() - began >= 2000, 'it waited');
        assert.doesNotMatch(await textOf(running, MANIFEST), /museum-vase-slow/);
        slow.release();
        await appears(running, MANIFEST, /museum-vase-slow/);
      },
      { VITRINE_MANIFEST_WAIT_SECONDS: '2' },
    ));

  test('an update keeps the old manifest until the new set of images is there; a dropped image goes only after that', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      museum.publish(vase());
      await appears(running, MANIFEST, /A vase/);
      const late = heldMaster(8);
      museum.publish({ id: 'vase', title: 'A vase with a lid', images: [{ id: 'lid', master: late.master }] });
      await until('the update has been read', async () => (await recordsOf(running, 'vitrine.object.v1')).length === 2);
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.match(await textOf(running, MANIFEST), /"A vase"/);
      assert.equal((await get('/iiif/image/3/museum-vase-vase/info.json')).status, 200);
      late.release();
      await appears(running, MANIFEST, /A vase with a lid/);
      await until('the dropped image is gone', async () => (await get('/iiif/image/3/museum-vase-vase/info.json')).status === 410);
    }));

  test('an update whose images don’t come appears after the wait, with the old image of what it still has', () =>
    inProcess(
      async (running) => {
        const late = heldMaster(5);
        running.museum.publish(vase());
        await appears(running, MANIFEST, /A vase/);
        running.museum.publish({
          id: 'vase',
          title: 'A vase and a lid',
          images: [
            { id: 'vase', master: jpeg(1) },
            { id: 'lid', master: late.master },
          ],
        });
        await appears(running, MANIFEST, /A vase and a lid/);
        assert.match(await textOf(running, MANIFEST), /museum-vase-vase/);
        assert.doesNotMatch(await textOf(running, MANIFEST), /museum-vase-lid/);
        late.release();
        await appears(running, MANIFEST, /museum-vase-lid/);
      },
      { VITRINE_MANIFEST_WAIT_SECONDS: '0.5' },
    ));
});
