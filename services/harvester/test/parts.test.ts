import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { openRecordParts } from '../src/gather-parts.ts';
import { linkedArt, type Site, withSite } from './site.ts';

const activity = (type: string, path: string, minute: number) => ({
  type,
  object: { id: `{base}${path}`, type: 'HumanMadeObject' },
  endTime: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`,
});

function stream(answers: Site['answers'], ...items: readonly object[]): void {
  answers.set('/stream', {
    body: { type: 'OrderedCollection', id: '{base}/stream', last: { id: '{base}/page', type: 'OrderedCollectionPage' } },
  });
  answers.set('/page', { body: { type: 'OrderedCollectionPage', id: '{base}/page', orderedItems: items } });
}

const shown = (path: string, place: number) => ({
  id: `{base}${path}`,
  type: 'VisualItem',
  assigned_by: [{ type: 'AttributeAssignment', assigned: { type: 'Dimension', value: place } }],
});

/** An object that names its images, which are records of their own, as the Getty's do. */
const vase = (...paths: readonly string[]) => ({
  ...linkedArt('{base}/r/vase', 'Vase'),
  shows: paths.map((path, n) => shown(path, paths.length - n)),
});

const visual = (path: string, name: string) => ({
  '@context': 'https://linked.art/ns/v1/linked-art.json',
  id: `{base}${path}`,
  type: 'VisualItem',
  digitally_shown_by: [
    {
      id: `{base}${path}/digital`,
      type: 'DigitalObject',
      _label: name,
      access_point: [{ id: `https://images.example/${name}`, conforms_to: 'http://iiif.io/api/image' }],
    },
  ],
});

const imagesOf = async ({ stores, adapters }: Site, object: string) => {
  const document = await stores.objects.get(object);
  const record = JSON.parse(String(await adapters.blobs.read(document?.record.key ?? '')));
  return (record.shows as { digitally_shown_by?: { _label: string }[] }[]).map(({ digitally_shown_by: [digital] = [] }) => digital?._label);
};

suite('a record that is made of several', () => {
  test('has the images that are records of their own, in the order in which it assigns them', () =>
    withSite({}, async (site) => {
      const { answers, look, stores } = site;
      answers.set('/r/vase', { body: vase('/r/i1', '/r/i2') });
      answers.set('/r/i1', { body: visual('/r/i1', 'verso') });
      answers.set('/r/i2', { body: visual('/r/i2', 'recto') });
      stream(answers, activity('Create', '/r/vase', 1));
      assert.deepEqual(await look(), ['harvested site-vase']);
      const images = (await stores.objects.get('site-vase'))?.images.map(({ sourceId }) => sourceId.replace(/.*\/r\//, ''));
      assert.deepEqual(images, ['i2/digital', 'i1/digital']);
    }));

  test('is another when a part changes, also where nothing is said of it itself; and no other when nothing changed', () =>
    withSite({}, async (site) => {
      const { answers, look, stores } = site;
      answers.set('/r/vase', { body: vase('/r/i1'), headers: { etag: '"same"' } });
      answers.set('/r/i1', { body: visual('/r/i1', 'old') });
      stream(answers, activity('Create', '/r/vase', 1));
      await look();
      answers.set('/r/i1', { body: visual('/r/i1', 'new') });
      stream(answers, activity('Create', '/r/vase', 1), activity('Update', '/r/i1', 2));
      await look();
      await look();
      assert.deepEqual(await imagesOf(site, 'site-vase'), ['new']);
      const revision = (await stores.objects.get('site-vase'))?.revision;
      stream(answers, activity('Create', '/r/vase', 1), activity('Update', '/r/i1', 2), activity('Update', '/r/i1', 3));
      await look();
      await look();
      assert.equal((await stores.objects.get('site-vase'))?.revision, revision);
    }));

  test('is without what is deleted, or was never there; a host that fails keeps it from being read, and it is asked again', () =>
    withSite({}, async (site) => {
      const { answers, look, stores } = site;
      answers.set('/r/vase', { body: vase('/r/i1', '/r/i2', '/r/i3') });
      answers.set('/r/i1', { body: visual('/r/i1', 'one') });
      answers.set('/r/i2', { status: 404 });
      answers.set('/r/i3', { status: 503 });
      stream(answers, activity('Create', '/r/vase', 1));
      assert.deepEqual(await look(), []);
      assert.equal((await stores.pending.list({ limit: 10 })).items.length, 1);
      answers.set('/r/i3', { body: 'no record', headers: { 'content-type': 'text/plain' } });
      for (let n = 0; n < 50 && !(await stores.objects.get('site-vase')); n++) await look();
      assert.deepEqual(await imagesOf(site, 'site-vase'), ['one', undefined, undefined]);
      answers.set('/r/i1', { status: 410 });
      stream(answers, activity('Create', '/r/vase', 1), activity('Delete', '/r/i1', 2));
      await look();
      await look();
      assert.deepEqual(await imagesOf(site, 'site-vase'), [undefined, undefined, undefined]);
    }));

  test('that names no part any more is whole: it is asked for by its ETag again', () =>
    withSite({}, async (site) => {
      const { answers, look, requests } = site;
      answers.set('/r/vase', { body: vase('/r/i1'), headers: { etag: '"one"' } });
      answers.set('/r/i1', { body: visual('/r/i1', 'one') });
      stream(answers, activity('Create', '/r/vase', 1));
      await look();
      answers.set('/r/vase', { body: vase(), headers: { etag: '"two"' } });
      stream(answers, activity('Create', '/r/vase', 1), activity('Update', '/r/vase', 2));
      await look();
      stream(answers, activity('Create', '/r/vase', 1), activity('Update', '/r/vase', 2), activity('Update', '/r/vase', 3));
      await look();
      const asked = requests.filter(({ path }) => path === '/r/vase').map(({ headers }) => headers['if-none-match']);
      assert.deepEqual(asked, [undefined, undefined, '"two"']);
    }));

  test('of too many bytes is refused: what it is made of is in memory together', () =>
    withSite({}, async ({ stores, base }) => {
      const parts = openRecordParts(stores, 100);
      const body = Buffer.from(JSON.stringify(visual('/r/i1', 'one')));
      const record = JSON.parse(JSON.stringify(vase('/r/i1')).replaceAll('{base}', base));
      await assert.rejects(
        parts.gather(record, `${base}/r/vase`, { source: 'site', signal: new AbortController().signal }, async (address) => ({
          status: 'found',
          body,
          address,
        })),
        (error) => error instanceof Problem && error.code === 'source-too-large',
      );
    }));

  test('that names itself, or the same part twice, asks once for each', () =>
    withSite({}, async (site) => {
      const { answers, look, requests } = site;
      answers.set('/r/vase', { body: vase('/r/vase', '/r/i1', '/r/i1') });
      answers.set('/r/i1', { body: visual('/r/i1', 'one') });
      stream(answers, activity('Create', '/r/vase', 1));
      assert.deepEqual(await look(), ['harvested site-vase']);
      assert.equal(requests.filter(({ path }) => path === '/r/i1').length, 1);
      assert.ok(requests.filter(({ path }) => path === '/r/vase').length <= 2);
    }));
});
