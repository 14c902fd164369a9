import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { presentationFaults } from '@vitrine/manifest/domain/gate/presentation-faults.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import type { operatorServer } from '../src/operator-server.ts';
import { mapSource } from '../src/sources/map-source.ts';
import { type InProcess, inProcess } from './in-process.ts';

const entry = (id: string) => ({
  id,
  title: `The ${id}`,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});
const PREVIEW = '/api/v1/sources/museum/preview';
const RENAMED = '{"label": {"en": _label & ", renamed"}, "metadata": {"Kind": "a thing"}}';

async function published(running: InProcess, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) running.museum.publish(entry(id));
  for (const id of ids)
    await until(`${id} is there`, async () => (await running.get(`/iiif/presentation/3/manifests/museum-${id}`)).status === 200);
}

type Row = {
  record: string;
  object: string;
  outcome: string;
  detail?: string;
  differences: { field: string; kind: string; before?: unknown; after?: unknown }[];
};
const rowsOf = ({ records }: Record<string, unknown>): Row[] => (Array.isArray(records) ? records : assert.fail('no records'));

suite('what another mapping would make, before anything is published', () => {
  test('the mapping that is there changes nothing', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      const [row] = rowsOf(await running.operator(PREVIEW, {}));
      assert.deepEqual([row?.object, row?.outcome, row?.differences], ['museum-vase', 'unchanged', []]);
    }));

  test('another is told field by field, a page after the other; a record on which it fails is told too; nothing is published', () =>
    inProcess(async (running) => {
      await published(running, 'vase', 'bowl');
      const before = await (await running.get('/iiif/presentation/3/manifests/museum-vase')).text();
      const mapping = `$contains(id, "bowl") ? $error("not today") : ${RENAMED}`;
      const rows: Row[] = [];
      for (let after: unknown; ; ) {
        const page = await running.operator(PREVIEW, { mapping, limit: 1, ...(after === undefined ? {} : { after }) });
        rows.push(...rowsOf(page));
        after = page['next'];
        if (after === undefined) break;
      }
      const [bowl, vase] = rows.toSorted((a, b) => a.object.localeCompare(b.object));
      assert.deepEqual([bowl?.outcome, bowl?.detail], ['mapping-failed', 'not today']);
      assert.equal(vase?.outcome, 'changed');
      const named = new Map(vase?.differences.map((difference) => [difference.field, difference]));
      assert.deepEqual(named.get('label')?.after, { en: ['The vase, renamed'] });
      assert.equal(named.get('metadata: Kind')?.kind, 'gained');
      assert.deepEqual([named.get('images')?.kind, named.get('images')?.after], ['lost', []]);
      assert.equal(await (await running.get('/iiif/presentation/3/manifests/museum-vase')).text(), before);
    }));

  test('what gives no object would be withdrawn', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      assert.equal(rowsOf(await running.operator(PREVIEW, { mapping: 'nothing' }))[0]?.outcome, 'withdrawn');
    }));

  test('the manifest as it would be, with what differs and what is assumed; one that the gate refuses says why', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      const mapping = `{"label": {"en": "New"}, "images": "https://m.example/other.tif", "seeAlso": {"id": "https://m.example/r"}}`;
      const ids = await running.operator('/api/v1/ids');
      const page = await running.operator(PREVIEW, { mapping, objects: true });
      assert.deepEqual(await running.operator('/api/v1/ids'), ids, 'no identifier is minted');
      const [row] = rowsOf(page);
      const { museumObject } = row as unknown as { museumObject: Record<string, unknown> };
      const previewed = await running.operator('/api/v1/manifests/preview', { object: row?.object, museumObject });
      assert.deepEqual(presentationFaults(previewed['manifest']), []);
      assert.deepEqual(previewed['faults'], []);
      assert.equal((previewed['assumed'] as string[]).length, 1);
      const pointers = (previewed['differences'] as { pointer: string }[]).map(({ pointer }) => pointer);
      assert.ok(pointers.includes('/label/en/0'), pointers.join(' '));
      const bare = await running.operator('/api/v1/manifests/preview', {
        object: row?.object,
        museumObject: { ...museumObject, images: [] },
      });
      assert.match(JSON.stringify(bare['faults']), /items/);
    }));

  test('an object that was withdrawn is shown as it would be again, with its images', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      const page = await running.operator(PREVIEW, { objects: true });
      const { museumObject } = rowsOf(page)[0] as unknown as { museumObject: unknown };
      running.museum.withdraw('vase');
      await until('it is gone', async () => (await running.get('/iiif/presentation/3/manifests/museum-vase')).status === 410);
      await until('and so is its image', async () => (await running.get('/iiif/image/3/museum-vase-vase/info.json')).status === 410);
      const previewed = await running.operator('/api/v1/manifests/preview', { object: 'museum-vase', museumObject });
      assert.deepEqual([previewed['faults'], previewed['assumed']], [[], ['museum-vase-vase']]);
    }));

  for (const [name, path, body, code] of [
    ['an expression that is none', PREVIEW, { mapping: '{' }, 'request-invalid'],
    ['a page of nothing', PREVIEW, { limit: 0 }, 'request-invalid'],
    ['a source that is none', '/api/v1/sources/other/preview', {}, 'source-not-found'],
    ['an object that is none', '/api/v1/manifests/preview', { object: 'a', museumObject: {} }, 'request-invalid'],
  ] as const)
    test(`refused: ${name}`, () =>
      inProcess(async ({ operator, museum }) => {
        museum.publish(entry('vase'));
        await until('the source is known', async () => (await operator('/api/v1/sources/museum'))['id'] === 'museum');
        assert.match(String((await operator(path, body))['type']), new RegExp(`${code}$`));
      }));

  test('from the command line: the sum over all records, a sample with its manifests as files', () =>
    inProcess(async (running) => {
      await published(running, 'vase', 'bowl');
      const folder = await temporaryFolder();
      const file = join(folder.path, 'mapping.jsonata');
      await writeFile(file, `{"label": {"en": _label & ", renamed"}, "images": representation.digitally_shown_by.access_point.id}`);
      const lines: [string, Record<string, unknown>][] = [];
      const say = { line: (event: string, _: string, facts = {}) => void lines.push([event, facts]), progress: () => {}, detail: () => {} };
      const { publicUrl, token } = running.vitrine();
      const server: ReturnType<typeof operatorServer> = (method, path, body) =>
        fetch(`${publicUrl}${path}`, {
          method,
          headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then((reply) => reply.json());
      const command = { name: 'map' as const, source: 'museum', mapping: file, sample: 1, out: join(folder.path, 'out'), json: false };
      assert.equal(await mapSource(command, server, say, new AbortController().signal), true);
      const [, sum] = lines.at(-1) ?? [];
      assert.deepEqual([sum?.['records'], sum?.['outcomes']], [2, { changed: 2 }]);
      assert.match(JSON.stringify(sum?.['fields']), /"label changed":2/);
      assert.equal(lines.filter(([event]) => event === 'record').length, 1);
      const [written = ''] = await readdir(join(folder.path, 'out'));
      assert.match(await readFile(join(folder.path, 'out', written), 'utf8'), /, renamed/);
      await folder.remove();
    }));
});
