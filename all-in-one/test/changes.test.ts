import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const entry = (id: string, title = `The ${id}`) => ({
  id,
  title,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});

type Told = { readonly id: string; readonly type: string; readonly object: { readonly id: string } };

/** Follows the server-sent events; `told` grows. */
function follow({ vitrine }: InProcess, headers: Record<string, string> = {}) {
  const told: Told[] = [];
  const ending = new AbortController();
  const last = { id: '' };
  const ended = (async () => {
    const reply = await fetch(`${vitrine().publicUrl}/api/v1/changes`, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: ending.signal,
    });
    assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/event-stream; charset=utf-8']);
    let held = '';
    for await (const chunk of reply.body ?? []) {
      held += Buffer.from(chunk).toString('utf8');
      const events = held.split('\n\n');
      held = events.pop() ?? '';
      for (const event of events) {
        const id = /^id: (.+)$/m.exec(event)?.[1] ?? '';
        const data = /^data: (.+)$/m.exec(event)?.[1];
        if (id !== '') last.id = id;
        if (data !== undefined) told.push({ ...JSON.parse(data), id });
      }
    }
    return 'ended';
  })().catch((thrown: unknown) => String(thrown));
  return { told, last, ended, cut: () => ending.abort() };
}

const typesOf = (told: readonly Told[]) => told.map(({ type, object }) => `${type} ${object.id.slice(object.id.lastIndexOf('/') + 1)}`);

suite('changes as they happen', () => {
  test('are told at once; who was cut off goes on where he was, and nothing is lost', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      const first = follow(running);
      await until('it is open', async () => first.last.id !== '');
      museum.publish(entry('vase'));
      await until('the vase is told', async () => first.told.length === 1);
      first.cut();
      museum.publish(entry('bowl'));
      await until('the bowl is there', async () => (await get('/iiif/presentation/3/manifests/museum-bowl')).status === 200);
      museum.withdraw('vase');
      const second = follow(running, { 'last-event-id': first.last.id });
      await until('all is told', async () => second.told.length === 2);
      assert.deepEqual(typesOf([...first.told, ...second.told]), ['Create museum-vase', 'Create museum-bowl', 'Delete museum-vase']);
      second.cut();
    }));

  test('as a list, for those who ask now and then', () =>
    inProcess(async (running) => {
      const { museum, json } = running;
      assert.deepEqual(await json('/api/v1/changes?after=0'), { changes: [], last: '1.0' });
      for (const id of ['a', 'b', 'c']) museum.publish(entry(id));
      let all: Told[] = [];
      await until('all are told', async () => {
        all = (await json('/api/v1/changes?after=0'))['changes'] as Told[];
        return all.length === 3;
      });
      const { changes, last } = await json(`/api/v1/changes?after=${all[0]?.id}`);
      assert.deepEqual(changes, all.slice(1));
      assert.deepEqual(await json(`/api/v1/changes?after=${last}`), { changes: [], last });
      assert.deepEqual((await json('/api/v1/changes'))['changes'], [], 'without a place it begins at the end');
      for (const bad of ['x', '1', '-1.0', '1.0.0', '0.1'])
        assert.match(String((await json(`/api/v1/changes?after=${bad}`))['type']), /request-invalid/);
    }));

  test('a stream ends with the server, at once', () =>
    inProcess(async (running) => {
      const { ended, last } = follow(running);
      await until('it is open', async () => last.id !== '');
      const began = Date.now();
      await running.restart();
      assert.equal(await ended, 'ended');
      assert.ok(Date.now() - began < 8000);
    }));

  test('an id from before the stream was restored: a list refuses it, who follows hears what is new', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      museum.publish(entry('vase'));
      await until('the vase is told', async () => JSON.stringify(await running.json('/api/v1/changes?after=0')).includes('museum-vase'));
      assert.equal((await get('/api/v1/changes?after=9999.5')).status, 400);
      const following = follow(running, { 'last-event-id': '9999.5' });
      await until('it is open', async () => following.last.id !== '');
      museum.publish(entry('bowl'));
      await until('the bowl is told', async () => following.told.length === 1);
      assert.deepEqual(typesOf(following.told), ['Create museum-bowl']);
      following.cut();
    }));
});
