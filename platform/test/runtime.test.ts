import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pino } from 'pino';
import Type from 'typebox';
import { readConfig } from '../src/config.ts';
import { lockDataFolder } from '../src/data-folder.ts';
import { didYouMean } from '../src/did-you-mean.ts';
import { migrate } from '../src/documents/migrate.ts';
import type { Body } from '../src/documents/port.ts';
import { openSqliteDocuments } from '../src/documents/sqlite.ts';
import { openIntents } from '../src/intents.ts';
import { openLeases } from '../src/leases.ts';
import { carriesToken, operatorToken } from '../src/operator-token.ts';
import type { HostTurns } from '../src/outbound/host-turns.ts';
import { leasedTurns } from '../src/outbound/leased-turns.ts';
import { createOutboundHttp } from '../src/outbound/outbound-http.ts';
import { readBody } from '../src/outbound/read-body.ts';
import { Problem } from '../src/problem.ts';
import { sharedLookup } from '../src/shared-lookup.ts';
import { sleep } from '../src/sleep.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';

const log = pino({ level: 'silent' });
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

suite('configuration', () => {
  const schema = Type.Object({
    VITRINE_PORT: Type.Integer({ default: 8080, minimum: 1, description: 'The port.' }),
    VITRINE_MODE: Type.Union([Type.Literal('a'), Type.Literal('b')], { default: 'a' }),
    VITRINE_NAME: Type.Optional(Type.String()),
  });
  const faultOf = (environment: NodeJS.ProcessEnv): string => {
    try {
      readConfig(schema, environment);
    } catch (error) {
      return error instanceof Problem ? `${error.code}: ${error.detail}` : String(error);
    }
    return '';
  };

  test('has defaults and reads numbers', () =>
    assert.deepEqual(readConfig(schema, { VITRINE_PORT: '99', HOME: '/x' }), { VITRINE_PORT: 99, VITRINE_MODE: 'a' }));
  test('names what was probably meant', () =>
    assert.match(faultOf({ VITRINE_PROT: '1' }), /VITRINE_PROT is unknown\. Did you mean VITRINE_PORT\?/));
  test('says all faults at once', () => {
    const text = faultOf({ VITRINE_PORT: 'eighty', VITRINE_MODE: 'c' });
    assert.match(text, /VITRINE_PORT=eighty/);
    assert.match(text, /VITRINE_MODE=c/);
  });
  test('guesses nothing for what resembles nothing', () => assert.equal(didYouMean('VITRINE_SOMETHING_ELSE', ['VITRINE_PORT']), undefined));
});

test('many who look up one name at once share one look-up', async () => {
  const answers = await Promise.all(
    Array.from(
      { length: 50 },
      () =>
        new Promise<string>((resolve) =>
          sharedLookup('localhost', { family: 4 }, (error, address) => resolve(error === null ? String(address) : error.message)),
        ),
    ),
  );
  assert.deepEqual([...new Set(answers)], ['127.0.0.1']);
});

test('a wait beyond what timers take does not end at once', async () => {
  const stop = new AbortController();
  const began = Date.now();
  setTimeout(() => stop.abort(), 60);
  await sleep(10 ** 12, stop.signal);
  assert.ok(Date.now() - began >= 50);
});

suite('the data folder', () => {
  test('is for one process at a time', async () => {
    const folder = await temporaryFolder();
    const first = lockDataFolder(folder.path);
    assert.throws(() => lockDataFolder(folder.path), isProblem('data-folder-in-use'));
    first.release();
    lockDataFolder(folder.path).release();
    await folder.remove();
  });

  test('that can’t be a folder is named', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    assert.throws(() => lockDataFolder(join(folder.path, 'file', 'data')), isProblem('data-folder-unwritable'));
    await folder.remove();
  });
});

suite('the operators’ token', () => {
  test('is made once, in a file of its own', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    const { token, made } = operatorToken(file);
    assert.ok(made && token.length >= 32 && existsSync(file));
    assert.deepEqual(operatorToken(file), { token, made: false });
    assert.deepEqual(
      [carriesToken(`Bearer ${token}`, token), carriesToken(token, token), carriesToken(undefined, token)],
      [true, false, false],
    );
    await folder.remove();
  });
});

suite('R8: writes born outside the bus leave an intent', () => {
  test('what a crash left is finished by the sweeper, and nothing else is', async () => {
    const folder = await temporaryFolder();
    const documents = await openSqliteDocuments(join(folder.path, 'd.sqlite'));
    const finished: string[] = [];
    let time = 1000;
    const intents = await openIntents(
      'harvester',
      documents,
      'one',
      () => time,
      async (id) => void finished.push(id),
    );
    await intents.carryOut('whole', async () => 1);
    await assert.rejects(intents.carryOut('torn', async () => Promise.reject(new Error('killed'))));
    assert.equal(await intents.sweep('abandoned'), 0, 'it may still be under way');
    time += 120_000;
    assert.equal(await intents.sweep('abandoned'), 1);
    assert.equal(await intents.sweep('own'), 0);
    assert.deepEqual(finished, ['torn']);
    await documents.close();
    await folder.remove();
  });
});

suite('migrations of documents', () => {
  test('are carried out once, in their order, and go on where a crash left them', async () => {
    const folder = await temporaryFolder();
    const documents = await openSqliteDocuments(join(folder.path, 'd.sqlite'));
    const collection = { name: 'search.things', indexes: [] } as const;
    const things = await documents.collection(collection);
    for (let n = 0; n < 450; n++) await things.put(`id-${String(n).padStart(3, '0')}`, { n }, 0);
    const looked: string[] = [];
    let left = 250;
    const add =
      (field: string) =>
      (body: Body): Body => {
        looked.push(`${field} ${body['n']}`);
        if (left-- === 0) throw new Error('killed');
        return field in body ? body : { ...body, [field]: true };
      };
    const migrations = [
      { number: 2, collection, change: add('second') },
      { number: 1, collection, change: add('first') },
    ];
    await assert.rejects(migrate('search', documents, migrations, log), /killed/);
    assert.equal(looked.length, 251);
    await Promise.all([migrate('search', documents, migrations, log), migrate('search', documents, migrations, log)]);
    assert.equal(looked.filter((look) => look === 'first 0').length, 1, 'a page that was done is not done again');
    for (const { body } of (await things.list({ limit: 500 })).documents) assert.deepEqual([body['first'], body['second']], [true, true]);
    const after = looked.length;
    await migrate('search', documents, migrations, log);
    assert.equal(looked.length, after);
    await documents.close();
    await folder.remove();
  });
});

suite('leases', () => {
  test('one holder at a time, and a fence that rises', async () => {
    const folder = await temporaryFolder();
    const documents = await openSqliteDocuments(join(folder.path, 'd.sqlite'));
    let time = 0;
    const [one, two] = await Promise.all(['one', 'two'].map((holder) => openLeases('harvester', documents, holder, () => time, 100)));
    assert.ok(one && two);
    const first = await one.acquire('museum');
    assert.equal(await two.acquire('museum'), undefined);
    time = 50;
    assert.equal(await first?.renew(), true);
    time = 140;
    assert.equal(first?.held(), true);
    time = 151;
    assert.equal(first?.held(), false, 'one that was paused and wakes up knows');
    const second = await two.acquire('museum');
    assert.ok(second && first && second.fence > first.fence);
    assert.equal(await first.renew(), false);
    await first.release();
    assert.equal(second.held(), true, 'a former holder releases nothing');
    await second.release();
    assert.ok(await one.acquire('museum'));
    await documents.close();
    await folder.remove();
  });
});

suite('turns at a host', () => {
  test('replicas together send no more requests at once than one would, and a turn that was given back is used again', async () => {
    const folder = await temporaryFolder();
    const documents = await openSqliteDocuments(join(folder.path, 'd.sqlite'));
    const options = { service: 'harvester', documents, now: Date.now, atOnce: 2 } as const;
    const replicas = await Promise.all(['one', 'two', 'three'].map((instance) => leasedTurns({ ...options, instance })));
    let running = 0;
    let most = 0;
    let served = 0;
    const request = async (turns: HostTurns) => {
      const leave = await turns.enter('museum.example');
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      served++;
      leave();
    };
    await Promise.all(replicas.slice(0, 2).flatMap((turns) => Array.from({ length: 20 }, () => request(turns))));
    // What one keeps while it needs it, another gets when it is no longer used.
    await Promise.all(replicas.map(request));
    assert.deepEqual([served, most], [43, 2]);
    await documents.close();
    await folder.remove();
  });
});

async function withHost(listener: RequestListener, run: (origin: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await run(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const outboundTo = (...allowedOrigins: string[]) =>
  createOutboundHttp({ allowedOrigins: new Set(allowedOrigins), timeout: 500, atOnce: 2, userAgent: 'test' });
const wanted = (maxBytes = 1000) => ({ accept: '*/*', maxBytes, signal: new AbortController().signal });

suite('outbound answers', () => {
  const answers: readonly (readonly [string, RequestListener, string])[] = [
    ['500 is asked again', (_, response) => void response.writeHead(500).end(), 'source-unreachable'],
    ['429 too', (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end(), 'source-unreachable'],
    ['403 is refused, not gone', (_, response) => void response.writeHead(403).end(), 'source-refused'],
    [
      'a loop of redirects ends',
      (request, response) => void response.writeHead(302, { location: `${request.url}x` }).end(),
      'source-unreachable',
    ],
    ['silence ends', () => {}, 'source-unreachable'],
    [
      'a length beyond the limit is not read',
      (_, response) => void response.writeHead(200, { 'content-length': '5000' }).end('x'),
      'source-too-large',
    ],
  ];
  for (const [title, listener, code] of answers) {
    test(title, () =>
      withHost(listener, async (origin) => {
        const outbound = outboundTo(origin);
        await assert.rejects(outbound.get(`${origin}/`, wanted()), isProblem(code));
        await outbound.close();
      }),
    );
  }

  test('a body without end is cut at the limit', () =>
    withHost(
      (_, response) => {
        const timer = setInterval(() => response.write('x'.repeat(300)), 1);
        response.on('close', () => clearInterval(timer));
      },
      async (origin) => {
        const outbound = outboundTo(origin);
        const answer = await outbound.get(`${origin}/`, wanted());
        assert.ok(answer.status === 'found');
        await assert.rejects(readBody(answer.body), isProblem('source-too-large'));
        await outbound.close();
      },
    ));

  test('a month of Retry-After is a day', () =>
    withHost(
      (_, response) => void response.writeHead(503, { 'retry-after': '2592000' }).end(),
      async (origin) => {
        const outbound = outboundTo(origin);
        await assert.rejects(outbound.get(`${origin}/`, wanted()), (error) => error instanceof Problem && error.retryAfter === 86_400_000);
        await outbound.close();
      },
    ));

  test('a host gets no more requests at once than allowed, bodies counted', async () => {
    let open = 0;
    let most = 0;
    await withHost(
      (_, response) => {
        most = Math.max(most, ++open);
        response.on('close', () => open--);
        response.write('a');
        setTimeout(() => response.end('b'), 30);
      },
      async (origin) => {
        const outbound = outboundTo(origin);
        const bodies = await Promise.all(
          Array.from({ length: 8 }, async () => {
            const answer = await outbound.get(`${origin}/`, wanted());
            return answer.status === 'found' ? String(await readBody(answer.body)) : '';
          }),
        );
        assert.deepEqual([new Set(bodies), most], [new Set(['ab']), 2]);
        await outbound.close();
      },
    );
  });

  test('Retry-After is kept, and the host is left alone', () =>
    withHost(
      (_, response) => void response.writeHead(503, { 'retry-after': '30' }).end(),
      async (origin) => {
        const outbound = outboundTo(origin);
        await assert.rejects(outbound.get(`${origin}/`, wanted()), (error) => error instanceof Problem && error.retryAfter === 30_000);
        await assert.rejects(
          outbound.get(`${origin}/`, wanted()),
          (error) => error instanceof Problem && /left alone/.test(error.detail ?? ''),
        );
        await outbound.close();
      },
    ));
});

test('a folder without write permission is named (where the user is not root)', {
  skip: process.getuid?.() === 0 && 'root may write everywhere',
}, async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'closed'), { mode: 0o500 });
  assert.throws(() => lockDataFolder(join(folder.path, 'closed', 'data')), isProblem('data-folder-unwritable'));
  await folder.remove();
});
