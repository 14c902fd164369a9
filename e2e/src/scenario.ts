import assert from 'node:assert/strict';
import type { Museum, MuseumEntry } from '@vitrine/demo/museum.ts';
import { altoPage, picture } from '@vitrine/demo/pictures.ts';
import { manifestFacts } from './manifest-facts.ts';
import type { Site } from './site.ts';

/** What a scenario needs of the machine: a site to look at, a museum to act in, and the server's switch. */
export type Stage = {
  readonly site: Site;
  readonly museum: Museum;
  readonly server: { stop(): Promise<void>; start(): Promise<void>; replayAll(): Promise<void> };
  /** Told of each step, for a person who waits. */
  readonly step: (title: string) => void;
};

const portrait: MuseumEntry = {
  id: 'portrait',
  title: 'A portrait',
  maker: 'Somebody',
  images: [{ id: 'portrait-front', label: 'Front', master: picture({ width: 700, height: 500, seed: 1, format: 'jpeg' }) }],
};
const repainted = picture({ width: 800, height: 500, seed: 11, format: 'jpeg' });
const book: MuseumEntry = {
  id: 'book',
  title: 'A book',
  images: [
    { id: 'book-cover', label: 'Cover', master: picture({ width: 300, height: 420, seed: 2, format: 'png' }) },
    {
      id: 'book-1',
      label: 'Page 1',
      master: picture({ width: 900, height: 1200, seed: 3, format: 'tiff' }),
      alto: altoPage(['the', 'white', 'whale'], 900, 1200),
    },
    {
      id: 'book-2',
      label: 'Page 2',
      master: picture({ width: 600, height: 800, seed: 4, format: 'jpeg', grey: true }),
      alto: altoPage(['a', 'calm', 'sea'], 1200, 1600),
    },
  ],
};
const vase: MuseumEntry = {
  id: 'vase',
  title: 'A vase',
  images: [{ id: 'vase-side', master: picture({ width: 500, height: 500, seed: 5, format: 'png' }) }],
};
const map: MuseumEntry = {
  id: 'map',
  title: 'A map',
  images: [{ id: 'map-sheet', master: picture({ width: 1100, height: 700, seed: 6, format: 'jpeg' }) }],
};

/** The fixed questions whose answers belong to the end state. */
export const QUERIES = ['whale', '"white whale"', 'sea', 'nothing of this'];

/**
 * A museum's life with Vitrine, written once: publish, update, new pixels, a dropped image, withdrawal, return, an outage, a replay. It waits for
 * each thing to be seen before it does the next, so it can be played while somebody kills the server.
 */
export async function scenario({ site, museum, server, step }: Stage): Promise<void> {
  const label = async (object: string) => manifestFacts((await site.manifest(object)).json()).label;
  const status = async (path: string) => (await site.get(path)).status;
  const service = async (object: string, canvas = 0) => manifestFacts((await site.manifest(object)).json()).canvases[canvas]?.service ?? '';

  step('publish: manifest, tile, search hit');
  museum.publish(portrait);
  museum.publish(book);
  museum.publish(vase);
  await site.sees('the portrait has a manifest', () => label('museum-portrait'), 'A portrait');
  await site.sees('the vase has a manifest', () => label('museum-vase'), 'A vase');
  await site.sees(
    'the book has three canvases',
    async () => manifestFacts((await site.manifest('museum-book')).json()).canvases.map(({ width }) => width),
    [300, 900, 600],
  );
  await site.sees(
    'a tile of the portrait',
    async () => status(`${await service('museum-portrait')}/0,0,256,256/256,256/0/default.jpg`),
    200,
  );
  await site.sees('the whale is found where it stands', () => targets(site, 'museum-book', '"white whale"'), [
    'museum-book-book-1#xywh=120,40,180,30',
  ]);
  await site.sees('the sea is found, scaled to its canvas', () => targets(site, 'museum-book', 'sea'), [
    'museum-book-book-2#xywh=110,20,40,15',
  ]);

  step('update: the new version is seen');
  museum.publish({ ...portrait, title: 'A portrait of nobody' });
  await site.sees('the new title', () => label('museum-portrait'), 'A portrait of nobody');

  step('new pixels: a new address, the old one redirects');
  const before = await seen(site, 'the address before', () => service('museum-portrait'));
  museum.replaceMaster('portrait', 'portrait-front', repainted);
  await site.sees('the new size', async () => manifestFacts((await site.manifest('museum-portrait')).json()).canvases[0]?.width, 800);
  const after = await seen(site, 'the address after', () => service('museum-portrait'));
  assert.notEqual(after, before);
  const tile = '/0,0,256,256/256,256/0/default.jpg';
  await site.sees('the old tile leads to the new', async () => {
    const { status: code, location } = await site.get(`${before}${tile}`);
    return [code, location];
  }, [303, `${after}${tile}`]);
  await site.sees('the new tile', () => status(`${after}${tile}`), 200);

  step('a dropped image: gone once the manifest is without it');
  museum.publish({ ...book, images: book.images.slice(1) });
  await site.sees('two canvases', async () => manifestFacts((await site.manifest('museum-book')).json()).canvases.length, 2);
  await site.sees('the dropped cover is gone', () => status('/iiif/image/3/museum-book-book-cover/info.json'), 410);
  await site.sees('the page that stays', () => status('/iiif/image/3/museum-book-book-1/info.json'), 200);

  step('delete: 410 everywhere');
  museum.withdraw('vase');
  const doors = [
    '/iiif/presentation/3/manifests/museum-vase',
    '/iiif/image/3/museum-vase-vase-side/info.json',
    '/iiif/image/3/museum-vase-vase-side/full/max/0/default.jpg',
    '/iiif/search/2/manifests/museum-vase?q=x',
    '/iiif/presentation/manifests/museum-vase',
    '/iiif/presentation/canvas/museum-vase/museum-vase-vase-side',
    '/iiif/presentation/canvas/museum-vase/museum-vase-vase-side/page/painting',
    '/iiif/image/3/museum-vase-vase-side',
    '/objects/museum-vase',
  ];
  for (const door of doors) await site.sees(`${door} is gone`, () => status(door), 410);
  await site.sees('the collection is without it', async () => collectionItems(site), ['museum-book', 'museum-portrait']);

  step('re-create: seen again under the same identifiers');
  museum.publish({ ...vase, title: 'A vase, mended' });
  await site.sees('the vase again', () => label('museum-vase'), 'A vase, mended');
  await site.sees('its image again', () => status('/iiif/image/3/museum-vase-vase-side/full/max/0/default.jpg'), 200);

  step('stop, publish, start: it catches up');
  await server.stop();
  museum.publish(map);
  museum.publish({ ...portrait, title: 'A portrait, again', images: portrait.images.map((image) => ({ ...image, master: repainted })) });
  await server.start();
  await site.sees('the map', () => label('museum-map'), 'A map');
  await site.sees('the newest title', () => label('museum-portrait'), 'A portrait, again');

  step('replay of everything: manifests byte for byte as before');
  const objects = ['museum-book', 'museum-map', 'museum-portrait', 'museum-vase'];
  const bytes = async () => Promise.all(objects.map(async (object) => String((await site.manifest(object)).bytes)));
  const published = await seen(site, 'the manifests', bytes);
  await server.replayAll();
  await site.sees('the manifests as they were', bytes, published);
  await site.sees('a search as it was', () => targets(site, 'museum-book', '"white whale"'), ['museum-book-book-1#xywh=120,40,180,30']);
  await site.sees('tiles as they were', async () => status(`${await service('museum-map')}${tile}`), 200);
}

/** A value read through restarts. */
async function seen<T>(site: Site, what: string, look: () => Promise<T>): Promise<T> {
  let value: T | undefined;
  await site.sees(
    what,
    async () => {
      value = await look();
      return true;
    },
    true,
  );
  assert.ok(value !== undefined);
  return value;
}

async function targets(site: Site, object: string, q: string): Promise<string[]> {
  const items: unknown = (await site.search(object, q)).json()['items'];
  return (Array.isArray(items) ? items : []).map(({ target }: { target: string }) => target.slice(target.lastIndexOf('/') + 1));
}

async function collectionItems(site: Site): Promise<string[]> {
  const items: unknown = (await site.get('/iiif/presentation/3/collections/root')).json()['items'];
  return (Array.isArray(items) ? items : []).map(({ id }: { id: string }) => id.slice(id.lastIndexOf('/') + 1));
}
