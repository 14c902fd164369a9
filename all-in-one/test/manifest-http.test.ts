import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const entry = (id: string, title = `The ${id}`) => ({
  id,
  title,
  summary: 'A vase of some length. '.repeat(40),
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});
const P2 = 'application/ld+json;profile="http://iiif.io/api/presentation/2/context.json"';
const NEGOTIATED = '/iiif/presentation/manifests/museum-vase';
const THREE = '/iiif/presentation/3/manifests/museum-vase';

type Raw = { readonly status: string; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

/** What comes over the wire, by a request as a viewer sends it or with a header that no quick door takes. */
function raw({ vitrine }: InProcess, path: string, headers: Record<string, string> = {}): Promise<Raw> {
  const { hostname, port, host } = new URL(vitrine().publicUrl);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let held = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [status = '', ...fields] = held.toString('latin1', 0, end).split('\r\n');
      const named = Object.fromEntries(
        fields.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
      );
      const length = Number(named['content-length'] ?? 0);
      if (held.length < end + 4 + length) return;
      socket.destroy();
      resolve({ status, headers: named, body: held.subarray(end + 4, end + 4 + length) });
    });
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}\r\n`);
  });
}

const withoutDate = ({ date: _, ...headers }: Raw['headers']) =>
  Object.fromEntries(Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1)));

test('a manifest is negotiated, compressed, tagged; asked for again it is the same to the byte, by whatever door', () =>
  inProcess(async (running) => {
    const { museum, get } = running;
    museum.publish(entry('vase'));
    await until('it is there', async () => (await get(THREE)).status === 200);

    const asked: readonly (readonly [string, Record<string, string>])[] = [
      [THREE, {}],
      [THREE, { 'accept-encoding': 'gzip, br' }],
      [THREE, { 'accept-encoding': 'gzip' }],
      [THREE, { accept: 'application/json' }],
      ['/iiif/presentation/2/manifests/museum-vase', {}],
      [NEGOTIATED, {}],
      [NEGOTIATED, { accept: P2, 'accept-encoding': 'br' }],
    ];
    const tags = new Set<string>();
    for (const [path, headers] of asked) {
      const title = `${path} ${JSON.stringify(headers)}`;
      const first = await raw(running, path, headers);
      const again = await raw(running, path, headers);
      // With a range, which is ignored, no quick door answers.
      const slowly = await raw(running, path, { ...headers, range: 'bytes=0-' });
      for (const other of [again, slowly]) {
        assert.equal(other.status, 'HTTP/1.1 200 OK', title);
        assert.ok(other.body.equals(first.body), title);
        assert.deepEqual(withoutDate(other.headers), withoutDate(first.headers), title);
      }
      const { etag = '', vary, 'content-encoding': encoding } = first.headers;
      assert.equal(vary, 'Accept, Accept-Encoding', title);
      const plain = encoding === 'br' ? brotliDecompressSync(first.body) : encoding === 'gzip' ? gunzipSync(first.body) : first.body;
      const is2 = path.includes('/2/') || headers['accept'] === P2;
      assert.equal(JSON.parse(String(plain))['@context'], `http://iiif.io/api/presentation/${is2 ? 2 : 3}/context.json`, title);
      const unchanged = await raw(running, path, { ...headers, 'if-none-match': etag });
      assert.deepEqual([unchanged.status, unchanged.headers['etag']], ['HTTP/1.1 304 Not Modified', etag], title);
      tags.add(`${is2} ${headers['accept'] === 'application/json'} ${encoding} ${etag}`);
    }
    assert.equal(new Set([...tags].map((tag) => tag.split(' ').at(-1))).size, tags.size, 'each form has a tag of its own');

    const before = (await raw(running, THREE)).headers['etag'];
    museum.publish(entry('vase', 'The vase, renamed'));
    await until('the new one is given', async () => (await raw(running, THREE)).headers['etag'] !== before);
    assert.match(String((await raw(running, THREE)).body), /renamed/);
    museum.withdraw('vase');
    await until('it is gone', async () => (await raw(running, THREE)).status === 'HTTP/1.1 410 Gone');
    assert.equal((await fetch(`${running.vitrine().publicUrl}${THREE}`, { method: 'HEAD' })).status, 410);
  }));

test('what one client asks in one header is never the answer to what another asks in two', () =>
  inProcess(async (running) => {
    running.museum.publish(entry('vase'));
    await until('it is there', async () => (await running.get(THREE)).status === 200);
    const asked = { accept: `application/json;q=0.1, ${P2}`, 'accept-encoding': 'gzip' };
    await raw(running, NEGOTIATED, { accept: 'application/json;q=0.1,', 'accept-encoding': `${P2} gzip` });
    const { headers } = await raw(running, NEGOTIATED, asked);
    assert.deepEqual([headers['content-encoding'], headers['content-type']?.includes('presentation/2')], ['gzip', true]);
  }));
