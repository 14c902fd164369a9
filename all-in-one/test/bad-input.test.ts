import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Museum, MuseumFile } from '@vitrine/demo/museum.ts';
import { altoPage, picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { failuresOf, inProcess } from './in-process.ts';

const file = (type: string, text: string): MuseumFile => ({ type, read: async () => Buffer.from(text) });
const good = picture({ width: 300, height: 200, seed: 1, format: 'jpeg' });
const image = (id: string, master = good, alto?: MuseumFile) => ({ id, master, ...(alto ? { alto } : {}) });

/** Each bad thing between two good ones: it ends as one failure with a code and help, and the rest of the stream goes on. */
const table: readonly (readonly [string, (museum: Museum) => void, string, RegExp])[] = [
  [
    'an activity without an object',
    (museum) => museum.announce({ type: 'Update', endTime: new Date().toISOString() }),
    'stream-activity-invalid',
    /activity/,
  ],
  ['an activity that is no object', (museum) => museum.announce('Update'), 'stream-activity-invalid', /activity/],
  [
    'a record that is not JSON',
    (museum) => {
      museum.serve('/objects/bad', file('text/html', '<html>Welcome</html>'));
      museum.announcePath('Create', '/objects/bad');
    },
    'record-not-json',
    /objects\/bad/,
  ],
  [
    'a record that is not Linked Art',
    (museum) => {
      museum.serve('/objects/bad', file('application/json', '{"title":"A vase"}'));
      museum.announcePath('Create', '/objects/bad');
    },
    'mapping-missing',
    /objects\/bad/,
  ],
  [
    'a record nested without end',
    (museum) => {
      museum.serve('/objects/bad', file('application/json', `${'['.repeat(20_000)}${']'.repeat(20_000)}`));
      museum.announcePath('Create', '/objects/bad');
    },
    'record-invalid',
    /objects\/bad/,
  ],
  [
    'a record that is not there',
    (museum) => void museum.announcePath('Create', '/objects/nowhere'),
    'source-unreachable',
    /objects\/nowhere/,
  ],
  [
    'an image that is not an image',
    (museum) => void museum.publish({ id: 'bad', title: 'Bad', images: [image('bad', file('image/jpeg', 'no pixels'))] }),
    'master-format-unsupported',
    /bad/,
  ],
  [
    'an image that is not there',
    (museum) => {
      museum.publish({ id: 'bad', title: 'Bad', images: [image('bad')] });
      museum.remove('/images/bad');
    },
    'master-missing',
    /bad/,
  ],
  [
    'OCR that ends too early',
    (museum) => void museum.publish({ id: 'bad', title: 'Bad', images: [image('bad', good, file('application/xml', '<alto><Layout>'))] }),
    'text-not-xml',
    /bad/,
  ],
  [
    'a web page instead of OCR',
    (museum) => void museum.publish({ id: 'bad', title: 'Bad', images: [image('bad', good, file('application/xml', '<html/>'))] }),
    'text-unknown',
    /bad/,
  ],
];

suite('bad input', () => {
  for (const [title, act, code, entity] of table) {
    test(`${title} ends as ${code}, and the rest goes on`, () =>
      inProcess(async (running) => {
        const { museum, get } = running;
        museum.publish({ id: 'before', title: 'Before', images: [image('before')] });
        act(museum);
        museum.publish({ id: 'after', title: 'After', images: [image('after')] });
        await until('the good objects are there', async () => {
          const seen = await Promise.all(['before', 'after'].map((id) => get(`/iiif/presentation/3/manifests/museum-${id}`)));
          return seen.every(({ status }) => status === 200);
        });
        await until('the failure is known', async () => (await failuresOf(running)).length > 0);
        const failures = await failuresOf(running);
        assert.deepEqual(
          failures.map((failure) => failure.code),
          [code],
        );
        assert.match(failures[0]?.entity ?? '', entity);
        assert.ok((failures[0]?.help ?? '').length > 20, 'it says what to do');
      }));
  }

  test('a stream that is not JSON is one failure, asked again, and gone once it is mended', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      museum.serve('/activity-stream', file('text/html', '<html>Under construction</html>'));
      await until('the failure is known', async () => (await failuresOf(running)).length > 0);
      assert.deepEqual(
        (await failuresOf(running)).map(({ entity, code }) => [entity, code]),
        [['museum', 'stream-invalid']],
      );
      museum.remove('/activity-stream');
      museum.publish({ id: 'vase', title: 'A vase', images: [image('vase')] });
      await until('the object is there', async () => (await get('/iiif/presentation/3/manifests/museum-vase')).status === 200);
      await until('the failure is gone', async () => (await failuresOf(running)).length === 0);
    }));

  test('an object whose OCR is bad goes on without text; one with another good image goes on without the bad', () =>
    inProcess(async ({ museum, json, get }) => {
      museum.publish({
        id: 'book',
        title: 'Book',
        images: [
          image('one', good, file('application/xml', '<')),
          image('two', good, altoPage(['sea'], 300, 200)),
          image('three', file('image/png', 'x')),
        ],
      });
      await until('it has a manifest', async () => (await get('/iiif/presentation/3/manifests/museum-book')).status === 200);
      const manifest = await json('/iiif/presentation/3/manifests/museum-book');
      assert.ok(Array.isArray(manifest['items']) && manifest['items'].length === 2);
      await until('the good text is found', async () => {
        const { items } = await json('/iiif/search/2/manifests/museum-book?q=sea');
        return Array.isArray(items) && items.length === 1;
      });
    }));

  test('a bad master is mended by an Update: the failure is gone, the image is there', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      museum.publish({ id: 'vase', title: 'A vase', images: [image('vase', file('image/jpeg', 'broken'))] });
      await until('the failure is known', async () => (await failuresOf(running)).length === 1);
      museum.replaceMaster('vase', 'vase', good);
      await until('the object is there', async () => (await get('/iiif/presentation/3/manifests/museum-vase')).status === 200);
      await until('the failure is gone', async () => (await failuresOf(running)).length === 0);
    }));

  test('an object and an image with very long ids of their own get identifiers', () =>
    inProcess(async ({ museum, json }) => {
      const long = 'x'.repeat(120);
      museum.publish({ id: long, title: 'Long', images: [image('y'.repeat(100))] });
      await until('it is there', async () => {
        const { objects } = await json('/api/v1/objects');
        return Array.isArray(objects) && objects.length === 1;
      });
    }));

  test('a dead letter is replayed by an operator', () =>
    inProcess(async (running) => {
      const { museum, get, operator } = running;
      museum.publish({ id: 'vase', title: 'A vase', images: [image('vase')] });
      museum.remove('/images/vase');
      await until('the failure is known', async () => (await failuresOf(running)).length === 1);
      assert.equal((await failuresOf(running))[0]?.replayable, true);
      museum.serve('/images/vase', good);
      assert.deepEqual(await operator('/api/v1/failures/replay', { code: 'master-missing' }), { replayed: 1, withoutLetter: 0 });
      await until('the object is there', async () => (await get('/iiif/presentation/3/manifests/museum-vase')).status === 200);
      await until('the failure is gone', async () => (await failuresOf(running)).length === 0);
    }));

  test('a source on an inner address that nobody allowed is refused and says how to allow it', () =>
    inProcess(
      async (running) => {
        await until('the failure is known', async () => (await failuresOf(running)).length === 1);
        const [failure] = await failuresOf(running);
        assert.equal(failure?.code, 'outbound-refused');
        assert.match(failure.help ?? '', /VITRINE_ALLOWED_ORIGINS/);
      },
      { VITRINE_ALLOWED_ORIGINS: '' },
    ));
});
