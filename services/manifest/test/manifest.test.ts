import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { Ajv } from 'ajv';
import { buildCollection } from '../src/domain/build-collection.ts';
import { buildManifest } from '../src/domain/build-manifest.ts';
import { manifestFaults } from '../src/domain/manifest-faults.ts';
import type { ImageFacts } from '../src/stores.ts';

const publicUrl = 'https://iiif.example';
const golden = async (type: string): Promise<{ museumObject: MuseumObject }> =>
  JSON.parse(await readFile(new URL(`../../../contracts/golden/${type}.json`, import.meta.url), 'utf8')).data;
const facts = (fields: Partial<ImageFacts> = {}): ImageFacts => ({
  object: 'demo-whale',
  revision: 1,
  state: 'converted',
  width: 4000,
  height: 3000,
  version: 'aaaaaaaaaa',
  levels: [
    { width: 4000, height: 3000 },
    { width: 2000, height: 1500 },
  ],
  ...fields,
});
async function manifestOf(imageFacts: ImageFacts, change: Partial<MuseumObject> = {}) {
  const { museumObject } = await golden('object.harvested');
  const image = museumObject.images[0]?.id ?? '';
  return buildManifest({
    publicUrl,
    object: 'demo-whale',
    museumObject: { ...museumObject, ...change },
    facts: new Map([[image, imageFacts]]),
  });
}

suite('a manifest', () => {
  test('of everything that a museum object may say has no fault', async () =>
    assert.deepEqual(manifestFaults(await manifestOf(facts())), []));

  test('has its context first, search before presentation', async () => {
    const manifest = await manifestOf(facts());
    assert.equal(Object.keys(manifest)[0], '@context');
    assert.deepEqual(manifest['@context'], ['http://iiif.io/api/search/2/context.json', 'http://iiif.io/api/presentation/3/context.json']);
  });

  test('points to pixels by their version, and to a canvas without', async () => {
    const [canvas] = (await manifestOf(facts())).items;
    assert.equal(
      canvas?.items[0]?.items[0]?.body.id,
      'https://iiif.example/iiif/image/3/demo-whale-p1~aaaaaaaaaa/full/1200,900/0/default.jpg',
    );
    assert.equal(canvas.id, 'https://iiif.example/iiif/presentation/canvas/demo-whale/demo-whale-p1');
  });

  test('keeps its canvas ids when order and pixels change', async () => {
    const one = await manifestOf(facts());
    const other = await manifestOf(facts({ version: 'bbbbbbbbbb', width: 10, height: 10 }));
    assert.deepEqual(
      one.items.map(({ id }) => id),
      other.items.map(({ id }) => id),
    );
  });

  test('shows an image of somebody else’s service as version 2 writes it', async () => {
    const manifest = await manifestOf(
      facts({
        state: 'described',
        service: { id: 'https://museum.example/iiif/x', type: 'ImageService2', profile: 'http://iiif.io/api/image/2/level2.json' },
      }),
    );
    assert.deepEqual(manifest.items[0]?.items[0]?.items[0]?.body.service, [
      { '@id': 'https://museum.example/iiif/x', '@type': 'ImageService2', profile: 'http://iiif.io/api/image/2/level2.json' },
    ]);
    assert.deepEqual(manifestFaults(manifest), []);
  });

  for (const state of ['rejected', 'withdrawn'] as const) {
    test(`leaves a ${state} image out, and has a fault without any`, async () => {
      const manifest = await manifestOf(facts({ state }));
      assert.equal(manifest.items.length, 0);
      assert.match(manifestFaults(manifest)[0] ?? '', /\/items/);
    });
  }

  test('with rights that are no licence names the place', async () =>
    assert.match(manifestFaults(await manifestOf(facts(), { rights: 'https://museum.example/terms' }))[0] ?? '', /^\/rights/));
});

suite('collections', () => {
  const published = Array.from({ length: 2500 }, (_, n) => ({
    id: `o-${String(n).padStart(4, '0')}`,
    label: { none: [`Object ${n}`] },
    thumbnail: undefined,
  }));
  test('a short list is in root itself', () => assert.equal(buildCollection(publicUrl, 'root', published.slice(0, 3))?.items.length, 3));
  test('a long one is in parts below it', () => {
    assert.deepEqual(
      buildCollection(publicUrl, 'root', published)?.items.map(({ id }) => id.slice(id.lastIndexOf('/') + 1)),
      ['root-1', 'root-2', 'root-3'],
    );
    assert.equal(buildCollection(publicUrl, 'root-3', published)?.items.length, 500);
  });
  for (const name of ['root-4', 'root-0', 'root-x', 'other'])
    test(`${name} is none`, () => assert.equal(buildCollection(publicUrl, name, published), undefined));
});

const fixtures = sharedFixtures(process.env);
suite('the official schema of Presentation 3.0', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  if (fixtures === undefined) return;
  const schema = JSON.parse(await readFile(join(fixtures, 'manifests/schema/iiif_3_0.json'), 'utf8'));
  const valid = new Ajv({ strict: false, allErrors: false, validateFormats: false }).compile(schema);
  test('holds for a manifest with everything', async () =>
    assert.ok(valid(JSON.parse(JSON.stringify(await manifestOf(facts())))), JSON.stringify(valid.errors?.slice(0, 5))));
  test('holds for a foreign image service', async () =>
    assert.ok(
      valid(
        JSON.parse(
          JSON.stringify(
            await manifestOf(facts({ state: 'described', service: { id: 'https://museum.example/iiif/x', type: 'ImageService3' } })),
          ),
        ),
      ),
      JSON.stringify(valid.errors?.slice(0, 5)),
    ));
  test('holds for the collection', () =>
    assert.ok(
      valid(
        JSON.parse(
          JSON.stringify(buildCollection(publicUrl, 'root', [{ id: 'o', label: { en: ['O'] }, thumbnail: 'https://iiif.example/t.jpg' }])),
        ),
      ),
      JSON.stringify(valid.errors?.slice(0, 5)),
    ));
  test('is one that can fail', () =>
    assert.equal(
      valid({ '@context': 'http://iiif.io/api/presentation/3/context.json', id: 'https://x.example/', type: 'Manifest' }),
      false,
    ));
});
