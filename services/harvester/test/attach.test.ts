import assert from 'node:assert/strict';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { attachImage } from '../src/attach/attach-image.ts';
import { openAttachments } from '../src/attach/attachments.ts';
import { rawCopyOf } from '../src/derive-again.ts';
import { belongingOf } from '../src/domain/attach/attached-image.ts';
import { recordKey } from '../src/stores.ts';
import { type Answer, linkedArt, type Site, withSite } from './site.ts';

const old = new Date('2024-01-01T00:00:00Z');

const record = (name: string, ...accession: string[]) => ({
  ...linkedArt(`{base}/r/${name}`),
  identified_by: [{ type: 'Name', content: name }, ...accession.map((content) => ({ type: 'Identifier', content }))],
});

const stream = (...names: string[]) => ({
  body: {
    id: '{base}/stream',
    type: 'OrderedCollection',
    orderedItems: names.map((name, n) => ({
      type: 'Update',
      object: { id: `{base}/r/${name.replace(/@.*/, '')}`, type: 'HumanMadeObject' },
      endTime: new Date(Date.UTC(2024, 0, 1 + n + 30 * Number(/@(\d+)/.exec(name)?.[1] ?? 0))).toISOString(),
    })),
  },
});

async function withScans(
  attach: Partial<NonNullable<SourceDefinition['attach']>>,
  run: (site: Site, put: (name: string, body?: string) => Promise<void>, remove: (name: string) => Promise<void>) => Promise<void>,
) {
  const folder = await temporaryFolder();
  const put = async (name: string, body = name) => {
    const path = join(folder.path, 'scans', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, body);
    await utimes(path, old, old);
  };
  await mkdir(join(folder.path, 'scans'));
  const definition: SourceDefinition = {
    kind: 'folder',
    addresses: [pathToFileURL(join(folder.path, 'scans')).href],
    attach: { to: 'site', ...attach },
    policy: { withdrawShare: 1 },
  };
  try {
    await withSite({ others: [{ id: 'scans', definition }] }, (site) => run(site, put, (name) => rm(join(folder.path, 'scans', name))));
  } finally {
    await folder.remove();
  }
}

const attachedTo = async ({ stores }: Site, object: string): Promise<string> =>
  ((await stores.objects.get(object))?.attached ?? [])
    .map(({ sourceId, role }) => `${sourceId.replace('scans/', '')}${role === undefined ? '' : ` ${role}`}`)
    .join(', ');

const become = (site: Site, object: string, expected: string) =>
  until(`${object} has ${expected}`, async () => (await attachedTo(site, object)) === expected);

suite('images that don’t come with the record', () => {
  for (const first of ['images', 'objects'])
    test(`${first} first: they find each other by the accession number, in the order of their numbers, with their roles`, () =>
      withScans({}, async (site, put) => {
        for (const name of ['1990.1_10.tif', '1990-1_2_Verso.tif', 'deep/1990 1.tif', '1990.11.tif', '1991_1.tif']) await put(name);
        site.answers.set('/stream', stream('a', 'b'));
        site.answers.set('/r/a', { body: record('a', '1990.1') });
        site.answers.set('/r/b', { body: record('b', '2000', 'no images') });
        if (first === 'images') await site.look('scans');
        await site.look();
        if (first === 'objects') await site.look('scans');
        await become(site, 'site-a', '1990-1_2_Verso.tif verso, 1990.1_10.tif, deep/1990 1.tif');
        assert.equal(await attachedTo(site, 'site-b'), '');
        const a = await site.stores.objects.get('site-a');
        assert.equal(a?.images.length, 3, 'each has an identifier');
        // Both are looked at when they are new, whichever is asked for.
        assert.ok((a?.revision ?? 0) <= 2, `revision ${a?.revision}`);
      }));

  test('one that is changed, taken away, or put back is so in its object', () =>
    withScans({}, async (site, put, remove) => {
      await put('7.tif');
      await put('7_2.tif');
      site.answers.set('/stream', stream('a'));
      site.answers.set('/r/a', { body: record('a', '7') });
      await site.look();
      await site.look('scans');
      await become(site, 'site-a', '7_2.tif, 7.tif');
      const before = await site.stores.objects.get('site-a');
      await put('7.tif', 'other bytes');
      await site.look('scans');
      await until('its revision rises', async () => ((await site.stores.objects.get('site-a'))?.revision ?? 0) > (before?.revision ?? 0));
      assert.deepEqual((await site.stores.objects.get('site-a'))?.images, before?.images, 'under the same identifiers');
      await remove('7_2.tif');
      await site.look('scans');
      await become(site, 'site-a', '7.tif');
      await put('7_2.tif');
      await site.look('scans');
      await become(site, 'site-a', '7_2.tif, 7.tif');
    }));

  test('a replay foresees what would become of an image, not an object of it', () =>
    withScans({}, async (site, put) => {
      const { stores, adapters } = site;
      await put('7_2.tif');
      await site.look('scans');
      const known = await stores.records.get(recordKey('scans', '7_2.tif'));
      const copy = known && rawCopyOf(known, undefined);
      assert.ok(known?.attached !== undefined && copy);
      const attachments = openAttachments({ stores, now: () => new Date() });
      const { attached: _, ...neverAttached } = known;
      const foreseen = (definition: Partial<NonNullable<SourceDefinition['attach']>>, record = known) =>
        attachImage('scans', { to: 'site', ...definition }, { blobs: adapters.blobs, attachments }).foresee(copy, record, undefined);
      assert.deepEqual(
        [await foreseen({}), await foreseen({ pattern: '(?<key>\\d+_\\d+)' }), await foreseen({}, neverAttached)],
        ['unchanged', 'updated', 'attached'],
      );
      const { value } = (await stores.attachments.list({ limit: 9 })).items[0] ?? {};
      assert.deepEqual([value?.record, await stores.objects.count()], [recordKey('scans', '7_2.tif'), 0], 'nothing was done');
    }));

  test('an object that gets another number gets other images', () =>
    withScans({}, async (site, put) => {
      await put('7.tif');
      await put('8.tif');
      site.answers.set('/stream', stream('a'));
      site.answers.set('/r/a', { body: record('a', '7') });
      await site.look();
      await site.look('scans');
      await become(site, 'site-a', '7.tif');
      site.answers.set('/r/a', { body: record('a', '8') });
      site.answers.set('/stream', stream('a@1'));
      await site.look();
      await become(site, 'site-a', '8.tif');
      await put('7.tif', 'changed, and nobody has it');
      await site.look('scans');
      assert.equal(await attachedTo(site, 'site-a'), '8.tif');
    }));

  test('a source that goes takes its images with it', () =>
    withScans({}, async (site, put) => {
      await put('7.tif');
      site.answers.set('/stream', stream('a'));
      site.answers.set('/r/a', { body: record('a', '7') });
      await site.look();
      await site.look('scans');
      await become(site, 'site-a', '7.tif');
      await site.stores.sources.update('scans', (current) => current && { ...current, removing: 'withdraw', due: 0 });
      await become(site, 'site-a', '');
      assert.equal(await site.stores.attachments.count(), 0);
    }));

  test('a table that names masters on the web, by expressions', () =>
    withSite(
      {
        others: [
          {
            id: 'scans',
            definition: {
              kind: 'table',
              addresses: ['{base}/dams.csv'],
              table: { id: 'asset' },
              attach: {
                to: 'site',
                key: '`object no`',
                address: 'file',
                order: 'page',
                role: 'kind',
                base: 'https://dams.example/m/',
                objectKey: '$substringAfter(id, "/r/")',
              },
            },
          },
        ],
      },
      async (site) => {
        site.answers.set('/dams.csv', {
          body: 'asset;object no;file;page;kind\n1;a;back.tif;2;verso\n2;A;https://other.example/front.tif;1;Recto\n3;a;;3;\n4;;x.tif;;\n',
          headers: { 'content-type': 'text/csv' },
        });
        site.answers.set('/stream', stream('a'));
        await site.look('scans');
        await site.look();
        await become(site, 'site-a', '2 recto, 1 verso');
        const addresses = (await site.stores.objects.get('site-a'))?.attached?.map(({ address }) => address);
        assert.deepEqual(addresses, ['https://other.example/front.tif', 'https://dams.example/m/back.tif']);
        const outcomes: Record<string, number> = {};
        for await (const { value } of site.stores.runs.all({ prefix: 'scans:' }))
          for (const { name, count } of value.outcomes) outcomes[name] = count;
        assert.deepEqual(outcomes, { attached: 2, 'listed-record-invalid': 2 });
      },
    ));
});

test('a stream of image records: a Delete takes the image from its object', () =>
  withSite(
    {
      others: [
        {
          id: 'dams',
          definition: {
            addresses: ['{base}/assets'],
            attach: { to: 'site', key: 'of', address: 'file', order: 'n' },
            policy: { withdrawShare: 1 },
          },
        },
      ],
    },
    async (site) => {
      const asset = (type: string, n: number, at: number) => ({
        type,
        object: { id: `{base}/asset/${n}`, type: 'Image' },
        endTime: new Date(Date.UTC(2024, 0, at)).toISOString(),
      });
      const assets = (...items: object[]) => ({ body: { id: '{base}/assets', type: 'OrderedCollection', orderedItems: items } });
      for (const n of [1, 2]) site.answers.set(`/asset/${n}`, { body: { of: 'A.7', file: `https://dams.example/${n}.tif`, n: 3 - n } });
      site.answers.set('/assets', assets(asset('Create', 1, 1), asset('Create', 2, 2)));
      site.answers.set('/stream', stream('a'));
      site.answers.set('/r/a', { body: record('a', 'a 7') });
      await site.look('dams');
      await site.look();
      const addresses = async () =>
        ((await site.stores.objects.get('site-a'))?.attached ?? []).map(({ address }) => address.slice(-5)).join();
      await until('both are there, by their numbers', async () => (await addresses()) === '2.tif,1.tif');
      site.answers.set('/assets', assets(asset('Create', 1, 1), asset('Create', 2, 2), asset('Delete', 1, 3)));
      await site.look('dams');
      await until('one is gone', async () => (await addresses()) === '2.tif');
    },
  ));

type Dams = { site: Site; look: (...activities: object[]) => Promise<void>; attached: () => Promise<string> };

/** A source of images by a stream, and one object that has the key 7. */
const withDams = (run: (dams: Dams) => Promise<void>) =>
  withSite(
    {
      others: [
        {
          id: 'dams',
          definition: {
            addresses: ['{base}/assets'],
            attach: { to: 'site', key: 'of', address: 'file' },
            policy: { withdrawShare: 1, missingDays: 0 },
          },
        },
      ],
    },
    async (site) => {
      site.answers.set('/stream', stream('a'));
      site.answers.set('/r/a', { body: record('a', '7') });
      site.answers.set('/asset/1', { body: { of: '7', file: 'https://dams.example/1.tif' } });
      await site.look();
      await run({
        site,
        look: async (...orderedItems) => {
          site.answers.set('/assets', { body: { id: '{base}/assets', type: 'OrderedCollection', orderedItems } });
          await site.look('dams');
        },
        attached: async () => ((await site.stores.objects.get('site-a'))?.attached ?? []).map(({ sourceId }) => sourceId.slice(-1)).join(),
      });
    },
  );

const about = (n: number) => ({ id: `{base}/asset/${n}`, type: 'Image' });
const day = (n: number) => ({ endTime: new Date(Date.UTC(2024, 0, n)).toISOString() });
const create = { type: 'Create', object: about(1), ...day(1) };

const ends: readonly { what: string; answers?: Record<string, Answer>; last: object; attached: string }[] = [
  { what: 'moved, it is there once', last: { type: 'Move', object: about(1), target: about(2), ...day(2) }, attached: '2' },
  {
    what: 'that answers 404 for long is there no longer',
    answers: { '/asset/1': { status: 404 } },
    last: { type: 'Update', object: about(1), ...day(2) },
    attached: '',
  },
  {
    what: 'that answers 410 is there no longer',
    answers: { '/asset/1': { status: 410 } },
    last: { type: 'Update', object: about(1), ...day(2) },
    attached: '',
  },
  {
    what: 'that names no object any more is there no longer',
    answers: { '/asset/1': { body: { file: 'https://dams.example/1.tif' } } },
    last: { type: 'Update', object: about(1), ...day(2) },
    attached: '',
  },
];

suite('an image of an object', () => {
  for (const { what, answers = {}, last, attached: expected } of ends)
    test(what, () =>
      withDams(async ({ site, look, attached }) => {
        site.answers.set('/asset/2', { body: { of: '7', file: 'https://dams.example/2.tif' } });
        await look(create);
        await until('it is there', async () => (await attached()) === '1');
        for (const [path, answer] of Object.entries(answers)) site.answers.set(path, answer);
        await look(create, last);
        await until(what, async () => (await attached()) === expected);
      }),
    );

  test('whose process died before its word to the object is attached by the repeated work', () =>
    withDams(async ({ site, look, attached }) => {
      const { stores } = site;
      await look(create);
      await until('it is there', async () => (await attached()) === '1');
      // As if the process had died between the attachment and everything after it.
      const key = recordKey('dams', `${site.base}/asset/1`);
      await stores.records.update(key, (known) => known && (({ attached: _, run: __, ...rest }) => ({ ...rest, run: '' }))(known));
      await stores.objects.update('site-a', (object) => object && { ...object, attached: [] });
      await look({ ...create, ...day(2) });
      await until('it is there again', async () => (await attached()) === '1');
    }));

  test('whose process died between its new version and its word to the object is told by the repeated work', () =>
    withDams(async ({ site, look, attached }) => {
      const { stores } = site;
      await look(create);
      await until('it is there', async () => (await attached()) === '1');
      const attachments = openAttachments({ stores, now: () => new Date() });
      const { items } = await stores.attachments.list({ limit: 9 });
      const [stored] = items;
      assert.ok(stored && items.length === 1);
      assert.equal(stored.value.untold, undefined, 'what was told owes nothing');
      const key = stored.id.split(':')[2] ?? '';
      const image = { ...stored.value.image, mark: 'another' };
      const walk = { source: 'dams', lease: { fence: 1000, held: () => true } };
      const dying = openAttachments({
        stores: { ...stores, keys: { ...stores.keys, all: () => assert.fail('the process died') } },
        now: () => new Date(),
      });
      const { record } = stored.value;
      await assert.rejects(dying.attach('site', record, { key, image }, stored.id, walk), /the process died/);
      assert.equal((await attachments.attach('site', record, { key, image }, stored.id, walk)).changed, true);
      assert.equal((await attachments.attach('site', record, { key, image }, stored.id, walk)).changed, false);
    }));

  test('a walk that slept through its lease neither puts an older image back nor takes a newer one away', () =>
    withDams(async ({ site }) => {
      const { stores } = site;
      const attachments = openAttachments({ stores, now: () => new Date() });
      const holder = (fence: number) => ({ source: 'dams', lease: { fence, held: () => true } });
      const scan = (address: string) => ({ key: '1', image: { sourceId: 'dams/1', address, mark: address } });
      const record = recordKey('dams', 'asset-1');
      const { id } = await attachments.attach('site', record, scan('https://dams.example/old.tif'), undefined, holder(6));
      await attachments.attach('site', record, scan('https://dams.example/new.tif'), id, holder(7));
      const newer = await stores.attachments.get(id);
      const lost = (error: unknown) => error instanceof Problem && error.code === 'conflict';
      await assert.rejects(attachments.attach('site', record, scan('https://dams.example/old.tif'), id, holder(6)), lost);
      await assert.rejects(attachments.detach(id, holder(6)), lost);
      assert.deepEqual(await stores.attachments.get(id), newer);
      // An equal image that a newer holder met is no older one's either.
      await attachments.attach('site', record, scan('https://dams.example/new.tif'), id, holder(8));
      await assert.rejects(attachments.detach(id, holder(7)), lost);
      await attachments.detach(id, holder(8));
      assert.equal(await stores.attachments.get(id), undefined);
    }));
});

const file = (path: string) => ({
  type: 'vitrine:FolderObject',
  id: path,
  name: path,
  files: [{ path, address: `file:///x/${path}`, bytes: 1, modified: '2024' }],
  fields: [],
});

const names: readonly { pattern?: string; path: string; key?: string; order?: number; role?: string }[] = [
  { path: 'A-12.tif', key: 'a-12' },
  { path: 'sub/A 12_3.tif', key: 'a-12', order: 3 },
  { path: 'A.12_3_infrared.tif', key: 'a-12', order: 3, role: 'infrared' },
  { path: 'A-12_recto.tif', key: 'a-12', role: 'recto' },
  { path: '_.tif' },
  { path: 'Ä-1.tif', key: 'ä-1' },
  { pattern: '(?<key>\\d{4}-\\d+)(?<role>[rv])?', path: '1990-12v.tif', key: '1990-12', role: 'v' },
  { pattern: '(?<key>\\d{4}-\\d+)(?<role>[rv])?', path: 'notes.tif' },
  { pattern: '(?<order>\\d+) of (?<key>.+)', path: '03 of Vase.jpg', key: 'vase', order: 3 },
];

suite('the name of a file says where it belongs', () => {
  for (const { pattern, path, key, order, role } of names)
    test(`${path}${pattern === undefined ? '' : ` by ${pattern}`}`, async () => {
      const read = belongingOf('scans', { to: 'site', ...(pattern === undefined ? {} : { pattern }) });
      if (key === undefined) return assert.rejects(read(path, file(path)), /attach.pattern/);
      const { key: found, image } = await read(path, file(path));
      assert.deepEqual([found, image.order, image.role], [key, order, role]);
    });
});
