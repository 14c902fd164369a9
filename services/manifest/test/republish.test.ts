import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { asPresentation3 } from '@vitrine/mapping/iiif/as-presentation-3.ts';
import { isIiifManifest, mapIiifManifest } from '@vitrine/mapping/iiif/map-iiif-manifest.ts';
import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import type { MadeManifest } from '../src/domain/made-manifest.ts';
import { republishManifest } from '../src/domain/republish-manifest.ts';
import type { ImageFacts } from '../src/stores.ts';
import { lostFrom } from './lost-from.ts';
import { asJson, at, converted, PUBLIC_URL } from './museum-object-of.ts';
import { officialSchema } from './official-schema.ts';

/** A manifest as we publish it once its images are there: those with a service stay where they are, the others are ours. */
function republished(record: JsonNode, change: Partial<ImageFacts> = {}): MadeManifest {
  const mapped = mapIiifManifest(record);
  const images = mapped.images.map((image, place) => ({ ...image, id: `o-${place + 1}` }));
  const facts = new Map(
    images.map(({ id, service }) => [
      id,
      converted(service ? { state: 'described', service, width: 1000, height: 1000, levels: [], ...change } : change),
    ]),
  );
  return republishManifest({ publicUrl: PUBLIC_URL, object: 'o', museumObject: { ...mapped, images }, facts }, asPresentation3(record));
}

const body = { id: 'https://m.example/1.png', type: 'Image', format: 'image/png', width: 1200, height: 1800 };
const given = (fields: object = {}, painted: unknown = body): JsonNode => ({
  '@context': 'http://iiif.io/api/presentation/3/context.json',
  id: 'https://m.example/manifest.json',
  type: 'Manifest',
  label: { en: ['Given'] },
  items: [
    {
      id: 'https://m.example/canvas/1',
      type: 'Canvas',
      width: 1200,
      height: 1800,
      items: [
        {
          id: 'https://m.example/page/1',
          type: 'AnnotationPage',
          items: [
            {
              id: 'https://m.example/anno/1',
              type: 'Annotation',
              motivation: 'painting',
              body: painted,
              target: 'https://m.example/canvas/1',
            },
          ],
        },
      ],
    },
  ],
  ...fields,
});
const PAINTED = 'items.0.items.0.items.0.body';

suite('a manifest of a source’s own, published again', () => {
  const cases: readonly (readonly [string, JsonNode, string, unknown])[] = [
    ['has our id', given(), 'id', `${PUBLIC_URL}/iiif/presentation/3/manifests/o`],
    ['keeps the ids of its canvases', given(), 'items.0.id', 'https://m.example/canvas/1'],
    ['paints our image', given(), `${PAINTED}.id`, `${PUBLIC_URL}/iiif/image/3/o-1~aaaaaaaaaa/full/1200,900/0/default.jpg`],
    ['with our service', given(), `${PAINTED}.service.0.type`, 'ImageService3'],
    [
      'also in a choice',
      given({}, { type: 'Choice', items: [body, { ...body, id: 'https://m.example/2.png', label: { en: ['X-ray'] } }] }),
      `${PAINTED}.items.1.label`,
      { en: ['X-ray'] },
    ],
    [
      'and of a region',
      given({}, { type: 'SpecificResource', source: body, selector: { type: 'ImageApiSelector', region: '1,2,3,4' } }),
      `${PAINTED}.source.id`,
      `${PUBLIC_URL}/iiif/image/3/o-1~aaaaaaaaaa/full/1200,900/0/default.jpg`,
    ],
    [
      'leaves a sound where it is',
      given({}, { id: 'https://m.example/a.mp3', type: 'Sound', format: 'audio/mpeg' }),
      `${PAINTED}.id`,
      'https://m.example/a.mp3',
    ],
    ['says where it comes from', given(), 'seeAlso.0.id', 'https://m.example/manifest.json'],
    [
      'folds an address of rights',
      given({ rights: 'https://creativecommons.org/licenses/by/4.0/deed.de' }),
      'rights',
      'http://creativecommons.org/licenses/by/4.0/',
    ],
    [
      'keeps other words about rights',
      given({ rights: 'https://m.example/terms' }),
      'metadata.0.value',
      { none: ['https://m.example/terms'] },
    ],
    [
      'keeps no script',
      given({ summary: { en: ['<p onclick="x()">A <script>alert(1)</script><b>book</b></p>'] } }),
      'summary.en.0',
      '<p>A <b>book</b></p>',
    ],
    ['keeps no address of a script', given({ summary: { en: ['<a href="javascript:alert(1)">x</a>'] } }), 'summary.en.0', '<a>x</a>'],
    [
      'drops a range’s canvas that is not there',
      given({ structures: [{ id: 'https://m.example/r', type: 'Range', items: [{ id: 'https://m.example/c9', type: 'Canvas' }] }] }),
      'structures',
      undefined,
    ],
  ];
  for (const [title, record, path, expected] of cases)
    test(title, () => {
      const { document } = republished(record);
      assert.deepEqual(at(document, path), expected);
      assert.deepEqual(presentationFaults(document), []);
    });

  test('leaves an image that we could not convert as its source has it', () => {
    const { document, images } = republished(given(), { state: 'rejected' });
    assert.deepEqual(at(document, PAINTED), body);
    assert.deepEqual(images, []);
  });
});

const fixtures = sharedFixtures(process.env);
const RECIPES = new URL('../../../docs/reference/cookbook.md', import.meta.url);

suite('manifests of institutions', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  if (fixtures === undefined) return;
  const official = await officialSchema(fixtures);
  const read = async (file: string): Promise<JsonNode> => {
    const document: unknown = JSON.parse(await readFile(join(fixtures, 'manifests', file), 'utf8'));
    assert.ok(isNode(document));
    return document;
  };
  /** What no publisher of ours would let pass either: a canvas with a fragment in its id, no canvases at all. */
  const refused = new Set(['presentation-3/ldmax.json']);
  for (const folder of ['presentation-2', 'presentation-3', 'upgrade-2-to-3', 'p2-good'])
    for (const name of await readdir(join(fixtures, 'manifests', folder))) {
      const file = `${folder}/${name}`;
      const record = await read(file);
      if (!isIiifManifest(record) || refused.has(file)) continue;
      test(`${file} is published valid, with the images that it has`, () => {
        const { document, images } = republished(record);
        assert.deepEqual(presentationFaults(document), []);
        assert.ok(official(document), 'the official schema');
        assert.equal(images.length, mapIiifManifest(record).images.length);
      });
    }

  const rows: string[] = [];
  for (const name of (await readdir(join(fixtures, 'manifests/cookbook'))).toSorted()) {
    const record = await read(`cookbook/${name}`);
    const recipe = name.replace(/\.json$/, '');
    if (!isIiifManifest(record)) {
      rows.push(
        `| ${recipe} | ${record['type'] === 'Collection' ? 'a collection: a source that lists manifests' : 'no manifest: read by who follows the manifest’s link'} |`,
      );
      continue;
    }
    const { document } = republished(record);
    const given = record['@id'] === undefined ? [record] : [];
    const lost = [asPresentation3(record), ...given].flatMap((original) => lostFrom(original, asJson(document)));
    test(`recipe ${recipe} loses nothing`, () => {
      assert.deepEqual(presentationFaults(document), []);
      assert.ok(official(document), 'the official schema');
      assert.deepEqual(lost, []);
    });
    const isValid = presentationFaults(document).length === 0 && official(document);
    const status = !isValid
      ? 'refused'
      : lost.length === 0
        ? 'published again, nothing lost'
        : `published again without ${lost.join(', ')}`;
    rows.push(`| ${recipe} | ${status} |`);
  }

  test('the list of recipes is as these tests found them', async () => {
    const list = `# The IIIF cookbook

Every recipe of the [IIIF cookbook](https://iiif.io/api/cookbook/) in version 3, harvested and published again. Written by the tests (\`npm test\` with \`VITRINE_WRITE_DOCS=1\`).

| recipe | status |
| --- | --- |
${rows.join('\n')}
`;
    if (process.env['VITRINE_WRITE_DOCS'] === '1') await writeFile(RECIPES, list);
    assert.equal(await readFile(RECIPES, 'utf8'), list);
  });
});
