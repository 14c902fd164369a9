import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { asPresentation3 } from '@vitrine/mapping/iiif/as-presentation-3.ts';
import { isIiifManifest } from '@vitrine/mapping/iiif/map-iiif-manifest.ts';
import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import { downgradeManifest } from '../src/domain/presentation-2/downgrade-presentation.ts';
import type { Loss } from '../src/domain/presentation-2/losses.ts';
import { asJson, at, image, manifestOf, objectOf, PUBLIC_URL } from './museum-object-of.ts';

const downgraded = (object: Parameters<typeof manifestOf>[0], facts?: Parameters<typeof manifestOf>[1]) => {
  const document = asJson(manifestOf(object, facts).document);
  return downgradeManifest(isNode(document) ? document : {}, PUBLIC_URL);
};
const described = { label: { en: ['A'], none: ['B'] }, summary: { en: ['S'] } };

/** What an object says, and what its manifest of version 2.1 has at a path. */
const cases: readonly (readonly [string, Parameters<typeof manifestOf>[0], string, unknown])[] = [
  ['names its own address', objectOf([image('1')]), '@id', `${PUBLIC_URL}/iiif/presentation/2/manifests/o`],
  ['writes languages as 2.1 does', objectOf([image('1')], described), 'label', [{ '@value': 'A', '@language': 'en' }, 'B']],
  ['describes', objectOf([image('1')], described), 'description', { '@value': 'S', '@language': 'en' }],
  [
    'has a licence',
    objectOf([image('1')], { rights: 'http://creativecommons.org/licenses/by/4.0/' }),
    'license',
    'http://creativecommons.org/licenses/by/4.0/',
  ],
  [
    'attributes',
    objectOf([image('1')], { requiredStatement: { label: { en: ['Attribution'] }, value: { none: ['Gift'] } } }),
    'attribution',
    'Gift',
  ],
  [
    'is related to its page',
    objectOf([image('1')], { homepage: [{ id: 'https://m.example/1', format: 'text/html' }] }),
    'related',
    { '@id': 'https://m.example/1', label: 'https://m.example/1', format: 'text/html' },
  ],
  ['gives dates in UTC', objectOf([image('1')], { date: { begin: '1851-01-01T01:00:00+01:00' } }), 'navDate', '1851-01-01T00:00:00Z'],
  ['hints at pages', objectOf([image('1')], { behavior: ['paged'] }), 'viewingHint', 'paged'],
  [
    'points to version 2 of an image of ours',
    objectOf([image('1')]),
    'sequences.0.canvases.0.images.0.resource.service.@id',
    `${PUBLIC_URL}/iiif/image/2/o-1~aaaaaaaaaa`,
  ],
  ['has a choice', objectOf([image('1'), image('2', { view: '1' })]), 'sequences.0.canvases.0.images.0.resource.@type', 'oa:Choice'],
  [
    'paints a region',
    objectOf([image('1'), image('2', { view: '1', region: { x: 1, y: 2, width: 3, height: 4 } })]),
    'sequences.0.canvases.0.images.1.on',
    `${PUBLIC_URL}/iiif/presentation/canvas/o/o-1#xywh=1,2,3,4`,
  ],
  [
    'begins where it should',
    objectOf([image('1'), image('2')], { start: '2' }),
    'sequences.0.startCanvas',
    `${PUBLIC_URL}/iiif/presentation/canvas/o/o-2`,
  ],
  [
    'lists its ranges flat',
    objectOf([image('1')], {
      structure: [
        { label: { en: ['P'] }, images: [] },
        { label: { en: ['C'] }, images: ['1'], parent: 0 },
      ],
    }),
    'structures.length',
    2,
  ],
];

const losses: readonly (readonly [Loss, Parameters<typeof manifestOf>[0]])[] = [
  ['media', objectOf([image('1')], { media: [{ id: 'https://m.example/a.mp3', type: 'Sound', duration: 5 }] })],
  ['provider', objectOf([image('1')], { provider: [{ id: 'https://m.example/', label: { en: ['M'] }, homepage: [], logo: [] }] })],
  ['statement', objectOf([image('1')], { requiredStatement: { label: { en: ['Credit line'] }, value: { en: ['Gift'] } } })],
  ['behavior', objectOf([image('1')], { behavior: ['unordered'] })],
  ['place', objectOf([image('1')], { place: [{ label: { en: ['N'] }, longitude: 1, latitude: 2 }] })],
  ['annotations', objectOf([image('1')], { annotations: ['https://m.example/notes'] })],
  ['languages', objectOf([image('1')], { homepage: [{ id: 'https://m.example/', language: ['en'] }] })],
];

suite('Presentation 2.1', () => {
  for (const [title, object, path, expected] of cases)
    test(title, () => assert.deepEqual(at(asJson(downgraded(object).document), path), expected));
  for (const [loss, object] of losses) test(`says that it loses ${loss}`, () => assert.deepEqual(downgraded(object).losses, [loss]));
  test('loses nothing of an object of images', () =>
    assert.deepEqual(downgraded(objectOf([image('1'), image('2', { view: '1' })], described)).losses, []));
  test('has no form for what only sounds', () =>
    assert.equal(downgraded(objectOf([], { media: [{ id: 'https://m.example/a.mp3', type: 'Sound', duration: 5 }] })).document, undefined));
});

/** What is equal in both versions, written alike: without what the listed losses take away, and without what each version names in its own way. */
function comparable(manifest: JsonNode, lost: readonly Loss[] = []): unknown {
  const bare = (node: unknown, key = ''): unknown => {
    if (Array.isArray(node)) return node.map((item: unknown) => bare(item, key));
    if (!isNode(node)) return node;
    const dropped = new Set([
      '@context',
      '@format',
      'service',
      'services',
      'provider',
      'placeholderCanvas',
      'accompanyingCanvas',
      'navPlace',
      'annotations',
      'behavior',
      'thumbnail',
      'language',
      'duration',
      'supplementary',
    ]);
    if (lost.includes('wholes') && key === 'partOf') dropped.add('label');
    if (lost.includes('labels') && (node['type'] === 'Canvas' || node['type'] === 'Range')) dropped.add('label');
    if (node['type'] === 'Range') for (const property of ['metadata', 'seeAlso', 'rendering']) dropped.add(property);
    if (node['type'] === 'AnnotationPage') dropped.add('id');
    if (['homepage', 'seeAlso', 'rendering'].includes(key)) dropped.add('type');
    return Object.fromEntries(
      Object.entries(node)
        .filter(([property]) => !dropped.has(property))
        .map(([property, value]) => [
          property,
          property === 'requiredStatement'
            ? Reflect.get(Object(value), 'value')
            : property === 'id' || property === 'source'
              ? String(isNode(value) ? value['id'] : value)
                  .replace('/iiif/presentation/2/', '/iiif/presentation/3/')
                  .replace('/iiif/image/2/', '/iiif/image/3/')
              : bare(value, property),
        ])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    );
  };
  return bare(manifest);
}

const upgradedAgain = (manifest: JsonNode) => {
  const { document, losses: lost } = downgradeManifest(manifest, PUBLIC_URL);
  const again = document && asPresentation3(Object(asJson(document)));
  return { again, lost };
};

test('a manifest of ours, written as 2.1 and upgraded again, is as it was but for the losses', () => {
  const document = asJson(
    manifestOf(
      objectOf(
        [
          image('1', { label: { de: ['Eins'] } }),
          image('2', { view: '1' }),
          image('3', { view: '1', region: { x: 1, y: 2, width: 3, height: 4 } }),
          image('4'),
        ],
        {
          ...described,
          metadata: [{ label: { en: ['Maker'] }, value: { en: ['<span>A <i>B</i></span>'], none: ['C'] } }],
          rights: 'http://rightsstatements.org/vocab/NoC-US/1.0/',
          requiredStatement: { label: { en: ['Attribution'] }, value: { none: ['Gift'] } },
          homepage: [{ id: 'https://m.example/1', type: 'Text', format: 'text/html', label: { en: ['Page'] } }],
          seeAlso: [
            {
              id: 'https://m.example/1.json',
              type: 'Dataset',
              format: 'application/ld+json',
              profile: 'https://linked.art/ns/v1/linked-art.json',
            },
          ],
          structure: [
            { label: { en: ['P'] }, images: ['1'] },
            { label: { en: ['C'] }, images: ['4'], parent: 0 },
          ],
          viewingDirection: 'right-to-left',
        },
      ),
    ).document,
  );
  assert.ok(isNode(document));
  assert.deepEqual(comparable(upgradedAgain(document).again ?? {}), comparable(document));
});

const fixtures = sharedFixtures(process.env);
suite('manifests as 2.1, upgraded again', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  if (fixtures === undefined) return;
  for (const folder of ['cookbook', 'presentation-3', 'presentation-2'])
    for (const name of await readdir(join(fixtures, 'manifests', folder))) {
      const record: unknown = JSON.parse(await readFile(join(fixtures, 'manifests', folder, name), 'utf8'));
      if (!isNode(record) || !isIiifManifest(record)) continue;
      const manifest = asPresentation3(record);
      if (presentationFaults(manifest).length > 0) continue;
      const { again, lost } = upgradedAgain(manifest);
      // What paints more than images, or a part of something, is lost with its canvas: the rest can't be compared place by place.
      if (!again || lost.some((loss) => ['media', 'composite', 'empty', 'rangeParts'].includes(loss))) continue;
      test(`${folder}/${name}`, () => {
        assert.deepEqual(comparable(again, lost), comparable(manifest, lost));
        assert.deepEqual(presentationFaults(again), []);
      });
    }
});
