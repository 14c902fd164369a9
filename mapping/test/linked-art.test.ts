import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { isNode, type JsonNode } from '../src/json-node.ts';
import { mapLinkedArt } from '../src/linked-art/map-linked-art.ts';
import { recordParts, withParts } from '../src/linked-art/record-parts.ts';
import { valueAt } from './value-at.ts';

const aat = (number: string) => ({ id: `http://vocab.getty.edu/aat/${number}`, type: 'Type' });
const record = (fields: object) => ({
  '@context': 'https://linked.art/ns/v1/linked-art.json',
  id: 'https://museum.example/1',
  type: 'HumanMadeObject',
  _label: 'Label',
  ...fields,
});
const image = (fields: object) => ({
  representation: [{ type: 'VisualItem', digitally_shown_by: [{ type: 'DigitalObject', ...fields }] }],
});
const lights = (...digitals: readonly object[]) => ({
  representation: [
    {
      type: 'VisualItem',
      digitally_shown_by: digitals.map((digital) => ({
        type: 'DigitalObject',
        access_point: [{ id: 'https://museum.example/1.tif' }],
        ...digital,
      })),
    },
  ],
});
/** A crosswalk that a curator can read: what the record says, and what becomes of it. */
const crosswalk: readonly (readonly [string, object, string, unknown])[] = [
  [
    'the primary name is the label',
    {
      identified_by: [
        { type: 'Name', content: 'Other' },
        {
          type: 'Name',
          content: 'Nachtwacht',
          classified_as: [aat('300404670')],
          language: [{ id: 'http://vocab.getty.edu/aat/300388256' }],
        },
      ],
    },
    'label',
    { nl: ['Nachtwacht'] },
  ],
  [
    'a name in an unknown language has none',
    { identified_by: [{ type: 'Name', content: 'Spring', language: [{ id: 'https://example.org/lang' }] }] },
    'label',
    { none: ['Spring'] },
  ],
  ['without names the label of the record', {}, 'label', { none: ['Label'] }],
  [
    'markup in a name is text',
    { identified_by: [{ type: 'Name', content: '<i>Spring</i> &amp; more' }] },
    'label',
    { none: ['Spring & more'] },
  ],
  [
    'a description is the summary, with what markup a manifest may have',
    {
      referred_to_by: [{ classified_as: [aat('300435416')], content: '<p class="x">A <b>fine</b> <u>thing</u>.</p><script>x()</script>' }],
    },
    'summary',
    { none: ['<p>A <b>fine</b> thing.</p>'] },
  ],
  [
    'Getty’s own description too',
    { referred_to_by: [{ classified_as: [aat('300080091')], content: 'Old form' }] },
    'summary',
    { none: ['Old form'] },
  ],
  [
    'a credit line is the required statement',
    { referred_to_by: [{ classified_as: [aat('300026687')], content: 'Gift of X' }] },
    'requiredStatement',
    { label: { en: ['Credit line'] }, value: { none: ['Gift of X'] } },
  ],
  [
    'a statement of materials',
    { referred_to_by: [{ classified_as: [aat('300435429')], content: 'Oil' }] },
    'metadata.0',
    { label: { en: ['Materials'] }, value: { none: ['Oil'] } },
  ],
  [
    'the maker of a part of the production',
    { produced_by: { part: [{ carried_out_by: [{ _label: 'Manet' }] }] } },
    'metadata.0',
    { label: { en: ['Maker'] }, value: { none: ['Manet'] } },
  ],
  [
    'an accession number',
    { identified_by: [{ type: 'Identifier', content: '2014.62', classified_as: [aat('300312355')] }] },
    'metadata.0.value',
    { none: ['2014.62'] },
  ],
  [
    'a licence page is folded to its address',
    { subject_to: [{ classified_as: [{ id: 'https://creativecommons.org/licenses/by/4.0/deed.de' }] }] },
    'rights',
    'http://creativecommons.org/licenses/by/4.0/',
  ],
  [
    'a rights statement’s page too',
    { subject_to: [{ classified_as: [{ id: 'https://rightsstatements.org/page/NoC-US/1.0/?language=en' }] }] },
    'rights',
    'http://rightsstatements.org/vocab/NoC-US/1.0/',
  ],
  [
    'rights that manifests can’t hold are left out',
    { subject_to: [{ classified_as: [{ id: 'https://museum.example/terms' }] }] },
    'rights',
    undefined,
  ],
  ['a real date', { produced_by: { timespan: { begin_of_the_begin: '1881-01-01T00:00:00' } } }, 'date.begin', '1881-01-01T00:00:00Z'],
  [
    'a year before the common era is no date',
    { produced_by: { timespan: { _label: '500 BC', begin_of_the_begin: '-0500-01-01T00:00:00Z' } } },
    'date',
    { display: { none: ['500 BC'] } },
  ],
  [
    'a date that does not exist is no date',
    { produced_by: { timespan: { _label: 'odd', begin_of_the_begin: '1881-13-41' } } },
    'date.begin',
    undefined,
  ],
  [
    'a day that does not exist is no date',
    { produced_by: { timespan: { _label: 'odd', begin_of_the_begin: '1900-02-30' } } },
    'date.begin',
    undefined,
  ],
  ['an owner without a web address is no provider', { current_owner: [{ id: 'urn:x', _label: 'Museum' }] }, 'provider', []],
  [
    'the owner is the provider',
    { current_owner: [{ id: 'https://museum.example/', _label: 'Museum' }] },
    'provider.0.label',
    { none: ['Museum'] },
  ],
  [
    'a web page is the homepage',
    {
      subject_of: [
        { digitally_carried_by: [{ classified_as: [aat('300264578')], access_point: [{ id: 'https://museum.example/1.html' }] }] },
      ],
    },
    'homepage.0.id',
    'https://museum.example/1.html',
  ],
  ['the record itself is seeAlso', {}, 'seeAlso.0.id', 'https://museum.example/1'],
  [
    'a file is a master',
    image({ id: 'https://museum.example/d/1', format: 'image/tiff', access_point: [{ id: 'https://museum.example/1.tif' }] }),
    'images.0',
    {
      sourceId: 'https://museum.example/d/1',
      master: { address: 'https://museum.example/1.tif', format: 'image/tiff' },
      text: [],
      annotations: [],
    },
  ],
  [
    'an image without an id is known by its address',
    image({ access_point: [{ id: 'https://museum.example/1.tif' }] }),
    'images.0.sourceId',
    'https://museum.example/1.tif',
  ],
  [
    'an image service is pointed at, not fetched',
    image({
      access_point: [{ id: 'https://museum.example/x/full/full/0/default.jpg' }],
      digitally_available_via: [{ conforms_to: [{ id: 'http://iiif.io/api/image' }], access_point: [{ id: 'https://museum.example/x/' }] }],
    }),
    'images.0.service',
    { id: 'https://museum.example/x', type: 'ImageService2' },
  ],
  ['a sound is no image', image({ format: 'audio/mpeg', access_point: [{ id: 'https://museum.example/1.mp3' }] }), 'images', []],
  [
    'a view’s role from its label',
    image({ _label: 'Verso, raking light', access_point: [{ id: 'https://museum.example/1.tif' }] }),
    'images.0.role',
    'verso',
  ],
  [
    'an image in another light shares the view of the one in plain light',
    lights({ _label: 'Infrared', id: 'ir' }, { id: 'plain' }),
    'images.0.view',
    'plain',
  ],
  ['which names it', lights({ _label: 'Infrared', id: 'ir' }, { id: 'plain' }), 'images.1.view', undefined],
  ['recto and verso are two views', lights({ _label: 'recto', id: 'r' }, { _label: 'verso', id: 'v' }), 'images.1.view', undefined],
  ['of two plain images nobody knows which', lights({ id: 'a' }, { id: 'b' }, { _label: 'x-ray', id: 'x' }), 'images.2.view', undefined],
  [
    'a part with images is a section, and its images follow',
    { part: [{ type: 'HumanMadeObject', _label: 'Left wing', ...lights({ id: 'left' }) }] },
    'structure',
    [{ label: { none: ['Left wing'] }, images: ['left'] }],
  ],
  [
    'a book of pages is paged',
    { classified_as: [aat('300028051')], ...lights({ id: '1' }, { id: '2' }, { id: '3' }) },
    'behavior',
    ['paged'],
  ],
  ['a painting is not', lights({ id: '1' }, { id: '2' }, { id: '3' }), 'behavior', undefined],
  [
    'the words of an image',
    image({
      access_point: [{ id: 'https://museum.example/1.tif' }],
      digitally_carries: [
        {
          digitally_carried_by: [
            {
              format: 'application/xml',
              conforms_to: [{ id: 'http://www.loc.gov/standards/alto/ns-v4#' }],
              access_point: [{ id: 'https://museum.example/1.xml' }],
            },
          ],
        },
      ],
    }),
    'images.0.text',
    [{ address: 'https://museum.example/1.xml', format: 'application/xml' }],
  ],
  [
    'pixels as the record states them',
    image({
      access_point: [{ id: 'https://museum.example/1.tif' }],
      dimension: [
        { classified_as: [aat('300055647')], value: 4000 },
        { classified_as: [aat('300055644')], value: 3000 },
      ],
    }),
    'images.0.width',
    4000,
  ],
];

suite('Linked Art', () => {
  for (const [title, fields, path, expected] of crosswalk) {
    test(title, () => assert.deepEqual(valueAt(mapLinkedArt(record(fields)), path), expected));
  }

  for (const type of ['Person', 'Set', 'Place', 'VisualItem', 'LinguisticObject']) {
    test(`a ${type} is no object`, () => assert.equal(mapLinkedArt(record({ type })), undefined));
  }

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['a list', [], /not a JSON object/],
    ['null', null, /not a JSON object/],
    ['another vocabulary', { '@context': 'https://schema.org', type: 'Painting' }, /Linked Art/],
    ['a record without a type', { '@context': 'https://linked.art/ns/v1/linked-art.json' }, /no type/],
    ['a record without any name', { '@context': 'https://linked.art/ns/v1/linked-art.json', type: 'HumanMadeObject' }, /identified_by/],
  ];
  for (const [title, value, detail] of refused) {
    test(`${title} is refused and says why`, () =>
      assert.throws(
        () => mapLinkedArt(value),
        (error) => error instanceof Problem && error.code === 'record-invalid' && detail.test(error.detail ?? ''),
      ));
  }
});

const asNode = (value: unknown): JsonNode => {
  assert.ok(isNode(value));
  return value;
};
const getty = (fields: object) => record({ _label: 'Drawing', ...fields });
const visualRecord = {
  '@context': 'https://linked.art/ns/v1/linked-art.json',
  id: 'https://museum.example/media/1',
  type: 'VisualItem',
  digitally_shown_by: [
    {
      type: 'DigitalObject',
      _label: 'Recto',
      format: 'image/tiff',
      dimensions: [
        { classified_as: [aat('300055647')], value: 1265 },
        { classified_as: [aat('300055644')], value: 824 },
      ],
      access_point: [
        { id: 'https://images.museum.example/download/1.tif' },
        { id: 'https://images.museum.example/iiif/1', conforms_to: 'http://iiif.io/api/image', format: 'application/json' },
      ],
    },
  ],
};
const reference = { id: 'https://museum.example/media/1', type: 'VisualItem', _label: 'Related media' };
const itself = { id: 'https://images.museum.example/iiif/2/full/full/0/default.jpg', type: 'VisualItem', format: 'image/jpeg' };

/** As museums of today have their images: what the record says, with its parts, and what becomes of it. */
const shapes: readonly (readonly [string, object, string, unknown])[] = [
  ['an image that is a record of its own', getty({ shows: [reference] }), 'images.0.service.id', 'https://images.museum.example/iiif/1'],
  ['has its size', getty({ shows: [reference] }), 'images.0.width', 1265],
  ['and its role', getty({ shows: [reference] }), 'images.0.role', 'recto'],
  [
    'an image whose address is where its visual item should be',
    getty({ representation: [itself] }),
    'images.0.service.id',
    'https://images.museum.example/iiif/2',
  ],
  ['is no image beside those that are described', getty({ shows: [reference], representation: [itself] }), 'images.length', 1],
  [
    'a request for a small image names the service',
    record(image({ access_point: [{ id: 'https://images.museum.example/iiif/2/ypm:1/full/!480,480/0/default.jpg' }] })),
    'images.0.service',
    { id: 'https://images.museum.example/iiif/2/ypm:1', type: 'ImageService2' },
  ],
];

const MANIFEST = 'https://museum.example/manifests/1';
const manifest = {
  '@context': 'http://iiif.io/api/presentation/3/context.json',
  id: MANIFEST,
  type: 'Manifest',
  label: { en: ['Theirs'] },
  items: [
    {
      id: `${MANIFEST}/canvas/1`,
      type: 'Canvas',
      width: 10,
      height: 10,
      items: [
        {
          id: `${MANIFEST}/page/1`,
          type: 'AnnotationPage',
          items: [
            {
              id: `${MANIFEST}/annotation/1`,
              type: 'Annotation',
              motivation: 'painting',
              target: `${MANIFEST}/canvas/1`,
              body: {
                id: 'https://images.museum.example/iiif/9/full/max/0/default.jpg',
                type: 'Image',
                service: [{ id: 'https://images.museum.example/iiif/9', type: 'ImageService3', profile: 'level2' }],
              },
            },
          ],
        },
      ],
    },
  ],
};

suite('Linked Art whose images are elsewhere', () => {
  for (const [name, given, path, expected] of shapes)
    test(name, () =>
      assert.deepEqual(valueAt(mapLinkedArt(withParts(asNode(given), new Map([[reference.id, visualRecord]]))), path), expected),
    );

  const carried = {
    subject_of: [
      {
        type: 'LinguisticObject',
        digitally_carried_by: [
          { conforms_to: [{ id: 'http://iiif.io/api/presentation/3/context.json' }], access_point: [{ id: MANIFEST }] },
        ],
      },
    ],
  };
  const itself = { subject_of: [{ id: MANIFEST, conforms_to: [{ id: 'http://iiif.io/api/presentation' }] }] };
  for (const [name, fields] of [
    ['what its text is carried by', carried],
    ['the text itself', itself],
  ] as const)
    test(`without an image of its own, an object has those of the manifest that it names: ${name}`, () => {
      const given = asNode(record(fields));
      assert.deepEqual(recordParts(given), [MANIFEST]);
      const mapped = mapLinkedArt(withParts(given, new Map([[MANIFEST, manifest]])));
      assert.deepEqual(
        mapped?.images.map(({ service }) => service?.id),
        ['https://images.museum.example/iiif/9'],
      );
      assert.ok(mapped?.seeAlso.some(({ id }) => id === MANIFEST));
      assert.deepEqual(mapLinkedArt(given)?.images, [], 'where that is not to be had there are none');
      const withImage = asNode(record({ ...fields, ...image({ access_point: [{ id: 'https://museum.example/1.tif' }] }) }));
      assert.deepEqual(recordParts(withImage), [], 'one with an image needs none');
    });

  test('only what a record names and does not describe is a part of it', () => {
    assert.deepEqual(recordParts(asNode(getty({ shows: [reference, reference], representation: [itself, visualRecord] }))), [reference.id]);
    assert.deepEqual(recordParts(asNode({ ...getty({ shows: [reference] }), '@context': 'https://other.example/' })), []);
    assert.deepEqual(
      recordParts(asNode(getty({ shows: [{ type: 'VisualItem' }, { ...reference, id: 'urn:x' }, { ...reference, type: 'Place' }] }))),
      [],
    );
  });
});
