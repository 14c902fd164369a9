import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { altoPage, picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { inProcess } from './in-process.ts';

const page = (id: string, words?: readonly string[]) => ({
  id,
  master: picture({ width: 300, height: 200, seed: id.length, format: 'jpeg' as const }),
  ...(words ? { alto: altoPage([...words], 300, 200) } : {}),
});
const TEXT = '/iiif/presentation/rendering/museum-book/text.txt';

suite('renderings of an object', () => {
  test('the text of its pages, in their order, as its manifests say; a page without words is none', () =>
    inProcess(async ({ museum, get, json }) => {
      museum.publish({ id: 'book', title: 'The book', images: [page('one', ['Call', 'me']), page('two'), page('three', ['Ishmael'])] });
      await until('its text is whole', async () => (await (await get(TEXT)).text()).includes('Ishmael'));
      const reply = await get(TEXT);
      assert.deepEqual(
        [reply.headers.get('content-type'), reply.headers.get('content-disposition')],
        ['text/plain; charset=utf-8', 'inline; filename="museum-book.txt"'],
      );
      const text = await reply.text();
      assert.deepEqual(
        text.split('\f').map((part) => part.trim().split(/\s+/)),
        [['Call', 'me'], ['Ishmael']],
      );
      const etag = reply.headers.get('etag') ?? '';
      assert.equal((await get(TEXT, { 'if-none-match': etag })).status, 304);
      const [rendering] = (await json('/iiif/presentation/3/manifests/museum-book'))['rendering'] as { id: string; format: string }[];
      assert.deepEqual([rendering?.id.endsWith(TEXT), rendering?.format], [true, 'text/plain']);
      museum.publish({ id: 'book', title: 'The book', images: [page('one', ['Call', 'you'])] });
      await until('the text follows', async () => (await (await get(TEXT)).text()).trim() === 'Call you');
      assert.notEqual((await get(TEXT)).headers.get('etag'), etag);
      museum.withdraw('book');
      await until('it is withdrawn', async () => (await get(TEXT)).status === 410);
    }));

  test('its images as a PDF, a page each; as its manifest says', () =>
    inProcess(async ({ museum, get, json }) => {
      const large = { id: 'wide', master: picture({ width: 5000, height: 1000, seed: 4, format: 'jpeg' as const }) };
      museum.publish({ id: 'book', title: 'The book', images: [page('one'), large, page('three')] });
      await until('it is there', async () => (await get('/iiif/presentation/3/manifests/museum-book')).status === 200);
      const renderings = (await json('/iiif/presentation/3/manifests/museum-book'))['rendering'] as { id: string; format: string }[];
      const pdf = renderings.find(({ format }) => format === 'application/pdf');
      const reply = await get(pdf?.id ?? '');
      if (reply.status !== 200) assert.fail(await reply.text());
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'application/pdf']);
      const bytes = Buffer.from(await reply.arrayBuffer());
      const said = bytes.toString('latin1');
      assert.match(said, /^%PDF-1\.\d/);
      assert.equal(said.match(/\/Type \/Page\b/g)?.length, 3);
      assert.deepEqual(
        [...said.matchAll(/\/Width (\d+)/g)].map(([, width]) => Number(width)),
        [300, 1250, 300],
      );
      assert.match(said, /%%EOF\s*$/);
      const head = await fetch(new URL(pdf?.id ?? ''), { method: 'HEAD' });
      assert.deepEqual(
        ['content-length', 'content-disposition', 'etag'].map((name) => head.headers.get(name)),
        [null, reply.headers.get('content-disposition'), reply.headers.get('etag')],
        'HEAD says no length that GET has not',
      );
      const again = await get(pdf?.id ?? '');
      assert.ok(Buffer.from(await again.arrayBuffer()).equals(bytes), 'the same bytes');
      assert.equal((await get(pdf?.id ?? '', { 'if-none-match': reply.headers.get('etag') ?? '' })).status, 304);
      const several = await Promise.all(Array.from({ length: 6 }, async () => (await get(pdf?.id ?? '')).status));
      assert.ok(
        several.every((status) => status === 200 || status === 503),
        several.join(' '),
      );
      await until('there is room again', async () => (await get(pdf?.id ?? '')).status === 200);
      museum.withdraw('book');
      await until('it is withdrawn', async () => (await get(pdf?.id ?? '')).status === 410);
    }));

  test('an object without words has none', () =>
    inProcess(async ({ museum, get, json }) => {
      museum.publish({ id: 'book', title: 'The book', images: [page('one')] });
      await until('it is there', async () => (await get('/iiif/presentation/3/manifests/museum-book')).status === 200);
      assert.equal((await get(TEXT)).status, 404);
      assert.doesNotMatch(JSON.stringify(await json('/iiif/presentation/3/manifests/museum-book')), /text\.txt/);
    }));
});
