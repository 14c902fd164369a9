import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '@vitrine/platform/until.ts';
import { failuresOf, type InProcess, inProcess } from './in-process.ts';

const SOURCES = '/api/v1/sources';
const entry = (id: string, title = id) => ({ id, title, images: [] });

/** Without sources of the settings: they are data here. */
const withoutSources = (run: (running: InProcess) => Promise<void>) => inProcess(run, { VITRINE_SOURCES: '' });

const idsOf = async ({ operator }: InProcess): Promise<string[]> => {
  const { ids } = await operator('/api/v1/ids');
  assert.ok(Array.isArray(ids));
  return ids.filter(({ state }) => state === 'present').map(({ id }) => id);
};

const codeOf = ({ type }: Record<string, unknown>) => String(type).split('/').at(-1);

async function runsOf({ operator }: InProcess, source: string): Promise<Record<string, unknown>[]> {
  const { runs } = await operator(`${SOURCES}/${source}/runs`);
  return Array.isArray(runs) ? runs : [];
}

suite('sources are data', () => {
  test('one is added, looked at, changed, paused, and reported on', () =>
    withoutSources(async (running) => {
      const { museum, publisher, operator } = running;
      museum.publish(entry('vase'));
      const added = await operator(SOURCES, { id: 'city', addresses: [publisher.stream] });
      assert.deepEqual([added['id'], added['origin']], ['city', 'operator']);
      assert.equal(codeOf(await operator(SOURCES, { id: 'city', addresses: [publisher.stream] })), 'source-exists');
      await until('the vase is harvested', async () => (await idsOf(running)).includes('city-vase'));
      await until('the run has ended', async () => (await runsOf(running, 'city'))[0]?.['state'] === 'done');
      const [run] = await runsOf(running, 'city');
      assert.deepEqual([run?.['outcomes'], run?.['activities'], run?.['pages']], [{ created: 1 }, { Create: 1 }, 1]);
      const report = await operator(`${SOURCES}/city/runs/${run?.['run']}`);
      assert.ok(Array.isArray(report['oddities']) && Array.isArray(report['streams']));
      assert.equal(report['streams'][0].level, 2);
      assert.deepEqual(
        report['oddities'].find(({ code }) => code === 'object-type-other'),
        {
          code: 'object-type-other',
          weight: 'should',
          clause: '3.3',
          title: 'The type of an object is neither Manifest nor Collection',
          count: 1,
          example: 'HumanMadeObject',
        },
      );
      await operator(`${SOURCES}/city`, { addresses: [publisher.stream], paused: true }, 'PUT');
      museum.publish(entry('bowl'));
      await operator(`${SOURCES}/city/look`, {});
      await new Promise((resolve) => setTimeout(resolve, 400));
      assert.ok(!(await idsOf(running)).includes('city-bowl'), 'it is paused');
      await operator(`${SOURCES}/city`, { addresses: [publisher.stream] }, 'PUT');
      await until('the bowl is harvested', async () => (await idsOf(running)).includes('city-bowl'));
    }));

  test('a notification with the token of the source has it looked at now; without it nothing is told', () =>
    withoutSources(async (running) => {
      const { museum, publisher, operator, vitrine } = running;
      await operator(SOURCES, { id: 'city', addresses: [publisher.stream], every: 3600 });
      museum.publish(entry('vase'));
      const { inbox } = await operator(`${SOURCES}/city`);
      assert.ok(typeof inbox === 'object' && inbox !== null && 'token' in inbox && 'address' in inbox);
      const notify = (source: string, token: string, body: unknown) =>
        fetch(`${vitrine().publicUrl}${SOURCES}/${source}/inbox`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
          },
          body: JSON.stringify(body),
        });
      const activity = { '@context': 'https://www.w3.org/ns/activitystreams', type: 'Update', object: `${publisher.base}/objects/vase` };
      await until('it was looked at', async () => (await operator(`${SOURCES}/city`))['nextLook'] !== undefined);
      assert.equal((await notify('city', 'wrong', activity)).status, 401);
      assert.equal((await notify('nowhere', 'wrong', activity)).status, 401);
      assert.equal((await notify('city', String(inbox.token), 'hello')).status, 400);
      museum.publish(entry('bowl'));
      assert.equal((await notify('city', String(inbox.token), activity)).status, 204);
      await until('the bowl is harvested', async () => (await idsOf(running)).includes('city-bowl'));
    }));

  test('its objects go with it or stay; a source of the same name finds their identifiers again', () =>
    withoutSources(async (running) => {
      const { museum, publisher, operator } = running;
      const add = () => operator(SOURCES, { id: 'city', addresses: [publisher.stream] });
      const gone = async () => codeOf(await operator(`${SOURCES}/city`)) === 'source-not-found';
      museum.publish(entry('vase'));
      await add();
      await until('the vase is harvested', async () => (await idsOf(running)).includes('city-vase'));
      assert.equal(codeOf(await operator(`${SOURCES}/city`, {}, 'DELETE')), 'request-invalid', 'it asks');
      await operator(`${SOURCES}/city?objects=keep`, {}, 'DELETE');
      await until('the source is gone', gone);
      assert.ok((await idsOf(running)).includes('city-vase'));
      await add();
      await until('it is walked again', async () => (await runsOf(running, 'city'))[0]?.['state'] === 'done');
      await operator(`${SOURCES}/city?objects=withdraw`, {}, 'DELETE');
      await until('the source is gone', gone);
      assert.ok(!(await idsOf(running)).includes('city-vase'));
      await add();
      await until('the vase is back', async () => (await idsOf(running)).includes('city-vase'));
    }));

  test('what is in the settings is changed there; what makes no sense is refused', () =>
    inProcess(async ({ operator, publisher }) => {
      const addresses = [publisher.stream];
      const refusals: [string, unknown, string, string][] = [
        [`${SOURCES}/museum`, { addresses }, 'PUT', 'source-in-settings'],
        [`${SOURCES}/museum?objects=keep`, {}, 'DELETE', 'source-in-settings'],
        [`${SOURCES}/nowhere`, { addresses }, 'PUT', 'source-not-found'],
        [`${SOURCES}/nowhere/look`, {}, 'POST', 'source-not-found'],
        [`${SOURCES}/nowhere/replay`, {}, 'POST', 'source-not-found'],
        [`${SOURCES}/museum/runs/none`, undefined, 'GET', 'run-not-found'],
        [`${SOURCES}/museum/withdrawals`, { decision: 'carry-out' }, 'POST', 'request-invalid'],
        [`${SOURCES}/museum/withdrawals`, { decision: 'perhaps' }, 'POST', 'request-invalid'],
        [`${SOURCES}/museum/replay`, { since: 'yesterday' }, 'POST', 'request-invalid'],
        [SOURCES, { addresses: [] }, 'POST', 'request-invalid'],
        [SOURCES, { addresses: ['ftp://museum.org/'] }, 'POST', 'request-invalid'],
        [SOURCES, { addresses: ['https://me:secret@museum.org/'] }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'Bad Name', addresses }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, credential: 'unknown' }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, atOnce: 1000 }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, unknown: 1 }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, kind: 'odd' }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, kind: 'api' }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, kind: 'api', api: { records: '((', id: 'id' } }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses, kind: 'iiif', oai: { set: 'x' } }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses: ['https://museum.org/{number}'] }, 'POST', 'request-invalid'],
        [SOURCES, { id: 'other', addresses: ['file:///etc'] }, 'POST', 'request-invalid'],
      ];
      for (const [path, body, method, code] of refusals)
        assert.equal(codeOf(await operator(path, body, method)), code, `${method} ${path} ${JSON.stringify(body)}`);
    }));

  test('the stream that a record is in is found by its links, by where streams usually are, or what was tried is told', () =>
    inProcess(async ({ operator, museum, publisher: { base, stream } }) => {
      museum.publish(entry('vase'));
      const kind = 'activity-stream';
      const discover = (address: string) => operator(`${SOURCES}/discover`, { address });
      assert.deepEqual((await discover(stream))['streams'], [{ address: stream, because: 'the address itself', kind }]);
      assert.deepEqual((await discover(`${base}/objects/vase`))['streams'], [{ address: stream, because: 'a usual place', kind }]);
      const linked = JSON.stringify({ _links: { collection: { href: '/activity-stream' } } });
      museum.serve('/records/1', { type: 'application/hal+json', read: async () => Buffer.from(linked) });
      assert.deepEqual((await discover(`${base}/records/1`))['streams'], [
        { address: stream, because: '_links.collection of the record', kind },
      ]);
      museum.serve('/activity-stream', { type: 'text/html', read: async () => Buffer.from('<html>') });
      const vain = await discover(`${base}/objects/vase`);
      assert.equal(codeOf(vain), 'stream-not-found');
      assert.match(String(vain['detail']), /activity-stream \(a usual place\): no stream/);
      assert.match(String((await discover('http://169.254.169.254/latest'))['detail']), /outbound-refused/);
    }));
});

suite('what is no stream is known by what it answers', () => {
  const context = 'http://iiif.io/api/presentation/3/context.json';
  const documents: readonly { path: string; type: string; body: string; kind: string }[] = [
    { path: '/top', type: 'application/json', body: JSON.stringify({ '@context': context, type: 'Collection', items: [] }), kind: 'iiif' },
    { path: '/list.csv', type: 'application/octet-stream', body: 'id,title\n1,x', kind: 'table' },
    { path: '/list', type: 'text/csv; charset=utf-8', body: 'id,title\n1,x', kind: 'table' },
    { path: '/oai/request', type: 'text/xml', body: '<?xml version="1.0"?>\n<OAI-PMH><error/></OAI-PMH>', kind: 'oai-pmh' },
  ];
  for (const { path, type, body, kind } of documents)
    test(`${path} is ${kind}`, () =>
      inProcess(async ({ operator, museum, publisher: { base } }) => {
        museum.serve(path, { type, read: async () => Buffer.from(body) });
        museum.serve('/activity-stream', { type: 'text/html', read: async () => Buffer.from('<html>') });
        const { streams } = await operator(`${SOURCES}/discover`, { address: `${base}${path}` });
        assert.deepEqual(streams, [{ address: `${base}${path}`, because: 'the address itself', kind }]);
      }));
});

suite('a replay of a source', () => {
  test('derives its objects from our raw copies without asking the museum; a dry run only says what would come of it', () =>
    inProcess(async (running) => {
      const { museum, operator, publisher } = running;
      for (const id of ['vase', 'bowl', 'cup']) museum.publish(entry(id));
      museum.serve('/objects/odd', { type: 'application/json', read: async () => Buffer.from('{"title":"A jug"}') });
      museum.announcePath('Create', '/objects/odd');
      await until('all are harvested', async () => (await idsOf(running)).length === 3);
      await until('the odd one is known', async () => (await failuresOf(running)).length === 1);
      for (const id of ['vase', 'bowl', 'cup'])
        museum.serve(`/objects/${id}`, { type: 'text/html', read: async () => Buffer.from('away') });
      const replay = async (what: unknown): Promise<Record<string, unknown>> => {
        const { report } = await operator(`${SOURCES}/museum/replay`, what);
        let run: Record<string, unknown> = {};
        await until('the replay has ended', async () => {
          run = await operator(String(report));
          return run['state'] === 'done';
        });
        return run;
      };
      const dry = await replay({ dryRun: true });
      assert.deepEqual([dry['kind'], dry['outcomes']], ['dry-run', { unchanged: 3, 'mapping-missing': 1 }]);
      const one = await replay({ ids: ['museum-vase', `${publisher.base}/objects/bowl`] });
      assert.deepEqual([one['kind'], one['outcomes']], ['replay', { unchanged: 2 }]);
      assert.deepEqual((await replay({ since: '2999-01-01T00:00:00Z' }))['outcomes'], {});
      assert.equal((await idsOf(running)).length, 3);
    }));
});

suite('withdrawals that are many', () => {
  test('wait for a person, and are carried out or discarded as they say', () =>
    inProcess(async (running) => {
      const { museum, operator } = running;
      const all = Array.from({ length: 30 }, (_, n) => `object-${n}`);
      for (const id of all) museum.publish(entry(id));
      await until('all are there', async () => (await idsOf(running)).length === 30);
      for (const id of all.slice(0, 20)) museum.withdraw(id);
      await until('they are held', async () => (await operator(`${SOURCES}/museum`))['held'] !== undefined);
      assert.equal((await idsOf(running)).length, 30);
      const [failure] = await failuresOf(running);
      assert.equal(failure?.code, 'withdrawals-held');
      assert.match(failure?.detail ?? '', /20 of 30 objects/);
      await operator(`${SOURCES}/museum/withdrawals`, { decision: 'carry-out' });
      await until('they are carried out', async () => (await idsOf(running)).length === 10);
      await until('nothing is held', async () => (await operator(`${SOURCES}/museum`))['held'] === undefined);
      await until('the failure is gone', async () => (await failuresOf(running)).length === 0);
    }));
});
