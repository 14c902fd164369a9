import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const entry = (id: string, title: string) => ({
  id,
  title,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});

const withVase = (run: (running: InProcess & { ask: (query: Record<string, string>) => Promise<Response> }) => Promise<void>) =>
  inProcess(async (running) => {
    running.museum.publish(entry('vase', 'Cups & 2 < 3 "1"'));
    await until('its page is there', async () => (await running.get('/objects/museum-vase')).status === 200);
    await run({ ...running, ask: (query) => running.get(`/oembed?${new URLSearchParams(query)}`) });
  });

suite('an object in another page', () => {
  test('its page names its oEmbed answer; that names a frame, and the frame may be shown anywhere', () =>
    withVase(async ({ get, vitrine }) => {
      const { publicUrl } = vitrine();
      const page = await (await get('/objects/museum-vase')).text();
      const [, link = ''] = /type="application\/json\+oembed" href="([^"]+)"/.exec(page) ?? [];
      const reply = await get(link.replaceAll('&amp;', '&'));
      assert.equal(reply.headers.get('access-control-allow-origin'), '*');
      const said = await reply.json();
      assert.deepEqual([said.version, said.type, said.title, said.width, said.height], ['1.0', 'rich', 'Cups & 2 < 3 "1"', 800, 600]);
      assert.match(said.html, /title="Cups &amp; 2 &lt; 3 &quot;1&quot;"/);
      const [, frame = ''] = /src="([^"]+)"/.exec(said.html) ?? [];
      assert.equal(frame, `${publicUrl}/objects/museum-vase/embed`);
      const embedded = await get(frame);
      assert.match(embedded.headers.get('content-security-policy') ?? '', /frame-ancestors \*/);
      assert.match((await get('/objects/museum-vase')).headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      const thumbnail = await get(said.thumbnail_url);
      assert.deepEqual([thumbnail.status, said.thumbnail_width], [200, 250]);
    }));

  test('also by its manifests, within the room that there is, and in XML', () =>
    withVase(async ({ ask, vitrine }) => {
      const { publicUrl } = vitrine();
      for (const version of ['', '2/', '3/'])
        assert.equal((await ask({ url: `${publicUrl}/iiif/presentation/${version}manifests/museum-vase` })).status, 200);
      const url = `${publicUrl}/objects/museum-vase`;
      const { width, height } = await (await ask({ url, maxwidth: '400', maxheight: '50' })).json();
      assert.deepEqual([width, height], [400, 200]);
      const xml = await ask({ url, format: 'xml' });
      assert.match(xml.headers.get('content-type') ?? '', /^text\/xml/);
      assert.match(await xml.text(), /<title>Cups &amp; 2 &lt; 3 &quot;1&quot;<\/title>.*<html>&lt;iframe/s);
    }));

  test('refused: what is not here, and what nobody can be given', () =>
    withVase(async ({ ask, vitrine }) => {
      const url = `${vitrine().publicUrl}/objects/museum-vase`;
      const cases: readonly (readonly [Record<string, string>, number])[] = [
        [{}, 404],
        [{ url: 'https://elsewhere.example/objects/museum-vase' }, 404],
        [{ url: `${vitrine().publicUrl}.evil.example/objects/museum-vase` }, 404],
        [{ url: `${url}x` }, 404],
        [{ url: `${vitrine().publicUrl}/objects/..%2f` }, 404],
        [{ url, format: 'yaml' }, 400],
        [{ url, maxwidth: '-1' }, 400],
        [{ url, maxheight: 'wide' }, 400],
      ];
      for (const [query, status] of cases) assert.equal((await ask(query)).status, status, JSON.stringify(query));
    }));
});
