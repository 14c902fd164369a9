import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { mappingOf } from '../src/mappings.ts';
import { parseRecord } from '../src/parse-record.ts';
import { valueAt } from './value-at.ts';

function mapped(xml: string) {
  const record = parseRecord(Buffer.from(xml), 'test');
  return mappingOf(record)?.map(record);
}

const dc = (elements: string) =>
  `<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Vase</dc:title>${elements}</oai_dc:dc>`;

const lido = (parts: { identified?: string; described?: string; classified?: string; administrative?: string }) =>
  `<lido:lido xmlns:lido="http://www.lido-schema.org"><lido:lidoRecID lido:type="local">1</lido:lidoRecID><lido:descriptiveMetadata xml:lang="de">
  <lido:objectClassificationWrap><lido:objectWorkTypeWrap><lido:objectWorkType><lido:term>Gemälde</lido:term></lido:objectWorkType></lido:objectWorkTypeWrap>${parts.classified ?? ''}</lido:objectClassificationWrap>
  <lido:objectIdentificationWrap>${parts.identified ?? ''}</lido:objectIdentificationWrap>${parts.described ?? ''}</lido:descriptiveMetadata>
  <lido:administrativeMetadata xml:lang="de">${parts.administrative ?? ''}</lido:administrativeMetadata></lido:lido>`;
const titles = (...values: string[]) => `<lido:titleWrap><lido:titleSet>${values.join('')}</lido:titleSet></lido:titleWrap>`;
const value = (text: string, attributes = '') => `<lido:appellationValue ${attributes}>${text}</lido:appellationValue>`;
const event = (type: string, rest: string) =>
  `<lido:eventWrap><lido:eventSet><lido:event><lido:eventType><lido:conceptID>http://terminology.lido-schema.org/${type}</lido:conceptID><lido:term>Ereignis</lido:term></lido:eventType>${rest}</lido:event></lido:eventSet></lido:eventWrap>`;
const resources = (...sets: string[]) => `<lido:resourceWrap>${sets.join('')}</lido:resourceWrap>`;
const resource = (address: string, { order = '', type = 'image_master', rest = '' } = {}) =>
  `<lido:resourceSet ${order === '' ? '' : `lido:sortorder="${order}"`}><lido:resourceRepresentation lido:type="${type}"><lido:linkResource lido:formatResource="image/jpeg">${address}</lido:linkResource></lido:resourceRepresentation>${rest}</lido:resourceSet>`;

/** A crosswalk that a curator can read: what the record says, and what becomes of it. */
const crosswalk: readonly (readonly [string, string, string, unknown])[] = [
  ['Dublin Core: the title', dc(''), 'label', { none: ['Vase'] }],
  ['its language', dc('<dc:title xml:lang="nl">Vaas</dc:title>'), 'label', { none: ['Vase'], nl: ['Vaas'] }],
  ['the description', dc('<dc:description>Blue &amp; white</dc:description>'), 'summary', { none: ['Blue & white'] }],
  [
    'a creator',
    dc('<dc:creator>A</dc:creator><dc:creator>B</dc:creator>'),
    'metadata.0',
    { label: { en: ['Creator'] }, value: { none: ['A', 'B'] } },
  ],
  [
    'rights by their address',
    dc('<dc:rights>https://rightsstatements.org/page/InC/1.0/</dc:rights>'),
    'rights',
    'http://rightsstatements.org/vocab/InC/1.0/',
  ],
  ['rights in words', dc('<dc:rights>Museum</dc:rights>'), 'metadata.0', { label: { en: ['Rights'] }, value: { none: ['Museum'] } }],
  [
    'an identifier that is an image',
    dc('<dc:identifier>https://m.example/1.jpg</dc:identifier>'),
    'images.0.master.address',
    'https://m.example/1.jpg',
  ],
  ['an identifier that is a page', dc('<dc:identifier>https://m.example/1</dc:identifier>'), 'homepage.0.id', 'https://m.example/1'],
  [
    'an image service among relations',
    dc('<dc:relation>https://m.example/iiif/x/full/max/0/default.jpg</dc:relation>'),
    'images.0.service.id',
    'https://m.example/iiif/x',
  ],

  [
    'LIDO: the preferred title',
    lido({ identified: titles(value('Anders', 'lido:pref="alternate"'), value('Frühling', 'lido:pref="preferred"')) }),
    'label',
    { de: ['Frühling'] },
  ],
  [
    'the other ones are names',
    lido({ identified: titles(value('Anders', 'lido:pref="alternate"'), value('Frühling', 'lido:pref="preferred"')) }),
    'names.0.value',
    { de: ['Anders'] },
  ],
  [
    'a title in a language of its own',
    lido({ identified: titles(value('Spring', 'xml:lang="en"'), value('Frühling')) }),
    'label',
    { en: ['Spring'], de: ['Frühling'] },
  ],
  ['without a title what it is', lido({}), 'label', { de: ['Gemälde'] }],
  ['what it is', lido({}), 'metadata.0', { label: { en: ['Type'] }, value: { de: ['Gemälde'] } }],
  [
    'a description',
    lido({
      identified:
        '<lido:objectDescriptionWrap><lido:objectDescriptionSet><lido:descriptiveNoteValue>Text</lido:descriptiveNoteValue></lido:objectDescriptionSet></lido:objectDescriptionWrap>',
    }),
    'summary',
    { de: ['Text'] },
  ],
  [
    'who made it, as it is displayed',
    lido({
      described: event('lido00007', '<lido:eventActor><lido:displayActorInRole>Manet (Maler)</lido:displayActorInRole></lido:eventActor>'),
    }),
    'metadata.1',
    { label: { en: ['Maker'] }, value: { de: ['Manet (Maler)'] } },
  ],
  [
    'who made it, by the preferred name',
    lido({
      described: event(
        'lido00007',
        `<lido:eventActor><lido:actorInRole><lido:actor><lido:nameActorSet>${value('E. M.', 'lido:pref="alternative"')}${value('Manet', 'lido:pref="preferred"')}</lido:nameActorSet></lido:actor></lido:actorInRole></lido:eventActor>`,
      ),
    }),
    'metadata.1.value',
    { de: ['Manet'] },
  ],
  [
    'when',
    lido({
      described: event(
        'lido00007',
        '<lido:eventDate><lido:displayDate>um 1881</lido:displayDate><lido:date><lido:earliestDate>1881</lido:earliestDate></lido:date></lido:eventDate>',
      ),
    }),
    'date',
    { display: { de: ['um 1881'] }, begin: '1881-01-01T00:00:00Z' },
  ],
  [
    'no year before the common era',
    lido({
      described: event('lido00007', '<lido:eventDate><lido:date><lido:earliestDate>-0500</lido:earliestDate></lido:date></lido:eventDate>'),
    }),
    'date',
    undefined,
  ],
  [
    'what else happened',
    lido({ described: event('lido00001', '<lido:eventDate><lido:displayDate>1901</lido:displayDate></lido:eventDate>') }),
    'metadata.1',
    { label: { de: ['Ereignis'] }, value: { de: ['1901'] } },
  ],
  [
    'the largest representation',
    lido({
      administrative: resources(
        `<lido:resourceSet><lido:resourceRepresentation lido:type="image_thumb"><lido:linkResource>https://m.example/t.jpg</lido:linkResource></lido:resourceRepresentation><lido:resourceRepresentation lido:type="image_master"><lido:linkResource>https://m.example/m.jpg</lido:linkResource></lido:resourceRepresentation></lido:resourceSet>`,
      ),
    }),
    'images.0.master.address',
    'https://m.example/m.jpg',
  ],
  [
    'images in their order',
    lido({
      administrative: resources(resource('https://m.example/2.jpg', { order: '2' }), resource('https://m.example/1.jpg', { order: '1' })),
    }),
    'images.0.master.address',
    'https://m.example/1.jpg',
  ],
  [
    'the main view first',
    lido({
      administrative: resources(
        resource('https://m.example/1.jpg'),
        resource('https://m.example/2.jpg', { rest: '<lido:resourceRelType><lido:term>Hauptansicht</lido:term></lido:resourceRelType>' }),
      ),
    }),
    'images.0.master.address',
    'https://m.example/2.jpg',
  ],
  ['a local file name is no image', lido({ administrative: resources(resource('bild.tif')) }), 'images', []],
  [
    'rights of an image',
    lido({
      administrative: resources(
        resource('https://m.example/1.jpg', {
          rest: '<lido:rightsResource><lido:rightsType><lido:conceptID>https://creativecommons.org/licenses/by/4.0/</lido:conceptID></lido:rightsType></lido:rightsResource>',
        }),
      ),
    }),
    'rights',
    'http://creativecommons.org/licenses/by/4.0/',
  ],
  [
    'a credit line',
    lido({
      administrative: resources(
        resource('https://m.example/1.jpg', {
          rest: '<lido:rightsResource><lido:creditLine>Foto: X</lido:creditLine></lido:rightsResource>',
        }),
      ),
    }),
    'requiredStatement.value',
    { de: ['Foto: X'] },
  ],
  [
    'its page',
    lido({
      administrative:
        '<lido:recordWrap><lido:recordInfoSet><lido:recordInfoLink>https://m.example/1</lido:recordInfoLink></lido:recordInfoSet></lido:recordWrap>',
    }),
    'homepage.0.id',
    'https://m.example/1',
  ],
];

suite('records in XML', () => {
  for (const [title, xml, path, expected] of crosswalk) test(title, () => assert.deepEqual(valueAt(mapped(xml), path), expected));

  for (const [title, xml, code] of [
    ['Dublin Core without a title', '<dc><date>1</date></dc>', 'record-invalid'],
    ['LIDO that says nothing', '<lido><lidoRecID>1</lidoRecID><descriptiveMetadata/></lido>', 'record-invalid'],
    ['a bomb', '<!DOCTYPE x [<!ENTITY a "b">]><dc><title>&a;</title></dc>', 'record-invalid'],
    ['half of it', '<dc><title>Vase', 'record-invalid'],
  ] as const)
    test(`${title} is refused`, () =>
      assert.throws(
        () => mapped(xml),
        (error) => error instanceof Problem && error.code === code,
      ));
  test('other XML is read by nobody', () => assert.equal(mapped('<ead><archdesc/></ead>'), undefined));
});

const fixtures = sharedFixtures(process.env);
suite('LIDO of museums', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  if (fixtures === undefined) return;
  /** How many images with an address each has. */
  const images: Readonly<Record<string, number>> = {
    'Deutsche_Fotothek.xml': 2,
  };
  for (const name of await readdir(join(fixtures, 'records/lido')))
    test(name, async () => {
      const record = parseRecord(await readFile(join(fixtures, 'records/lido', name)), name);
      const mapping = mappingOf(record);
      const object = mapping?.map(record);
      assert.equal(mapping?.format, 'lido');
      assert.ok(object && Object.keys(object.label).length > 0);
      assert.ok(object.metadata.length > 1, JSON.stringify(object.metadata));
      const expected = images[name];
      if (expected !== undefined) assert.equal(object.images.length, expected);
    });
});
