import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { VitrineProcess } from '../src/vitrine-process.ts';

const COMMAND = fileURLToPath(import.meta.resolve('@vitrine/all-in-one/main.ts'));

/** Runs the command to its end; what it wrote, and its exit code. */
async function run(
  words: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number; error: string; output: string }> {
  const child = spawn(process.execPath, [COMMAND, ...words], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: 'pipe',
    timeout: 20_000,
  });
  let error = '';
  let output = '';
  child.stderr.on('data', (text) => {
    error += text;
  });
  child.stdout.on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'exit');
  return { code: Number(code ?? -1), error, output };
}

/** One clear sentence: no stack, no path into the program. */
function isSentence(text: string): void {
  assert.doesNotMatch(text, /\n\s+at |node:internal|\.ts:\d/);
}

suite('the command', () => {
  test('names an unknown variable that was probably meant, and every malformed one', async () => {
    const { code, error } = await run(['start'], { VITRINE_PROT: '1', VITRINE_HARVEST_SECONDS: 'often' });
    assert.equal(code, 2);
    assert.match(error, /VITRINE_PROT is unknown\. Did you mean VITRINE_PORT\?/);
    assert.match(error, /VITRINE_HARVEST_SECONDS=often/);
    isSentence(error);
  });

  test('names a command and an option that don’t exist', async () => {
    const wrong = await run(['strat'], {});
    assert.deepEqual([wrong.code, /Did you mean start\?/.test(wrong.error)], [2, true]);
    const option = await run(['start', '--sorce', 'x'], {});
    assert.deepEqual([option.code, /sorce/.test(option.error)], [2, true]);
    isSentence(option.error);
  });

  test('shows its usage', async () => {
    const { code, output } = await run(['help'], {});
    assert.deepEqual([code, /--source/.test(output)], [0, true]);
  });

  test('refuses a source that is no address', async () => {
    const folder = await temporaryFolder();
    const { code, error } = await run(['start', '--source', 'museum'], { VITRINE_DATA: folder.path });
    assert.deepEqual([code, /neither an http/.test(error)], [2, true]);
    isSentence(error);
    await folder.remove();
  });

  test('says that the port is taken', async () => {
    const folder = await temporaryFolder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, error } = await run(['start', '--source', 'http://localhost:1/'], {
      VITRINE_DATA: folder.path,
      VITRINE_PORT: String(port),
    });
    assert.deepEqual([code, new RegExp(`port is taken.*${port}`).test(error)], [3, true]);
    isSentence(error);
    other.close();
    await folder.remove();
  });

  test('says that the folder can’t be written', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    const { code, error } = await run(['start', '--source', 'http://localhost:1/'], { VITRINE_DATA: join(folder.path, 'file') });
    assert.equal(code, 4);
    isSentence(error);
    await folder.remove();
  });

  test('says that another Vitrine runs on the folder, which goes on', async () => {
    const folder = await temporaryFolder();
    const { stream, close } = await openPublisher(0);
    const data = join(folder.path, 'data');
    const first = new VitrineProcess({ data, port: await freePort(), stream });
    await first.start();
    const { code, error } = await run(['start', '--source', stream], { VITRINE_DATA: data, VITRINE_PORT: String(await freePort()) });
    assert.deepEqual([code, /Another Vitrine runs on this data folder/.test(error)], [5, true]);
    isSentence(error);
    assert.equal((await fetch(`${first.base}/livez`)).status, 200);
    await first.stop();
    await close();
    await folder.remove();
  });

  test('says that no server answers a replay', async () => {
    const folder = await temporaryFolder();
    const { code, error } = await run(['replay', '--all'], { VITRINE_DATA: folder.path, VITRINE_PORT: String(await freePort()) });
    assert.deepEqual([code, /No server answers/.test(error)], [6, true]);
    await folder.remove();
  });

  test('says so too where something else answers, and makes no token', async () => {
    const folder = await temporaryFolder();
    const other = createHttpServer((_request, response) => void response.end('not found')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' && address ? address.port : 0);
    await writeFile(join(folder.path, 'operator-token'), 'a token of some length');
    const { code, error } = await run(['replay', '--all'], { VITRINE_DATA: folder.path, VITRINE_PORT: port });
    assert.deepEqual([code, /No server answers/.test(error)], [6, true]);
    isSentence(error);
    other.close();
    await folder.remove();
  });

  test('names a setting that can’t be used, without an expression', async () => {
    for (const [name, value] of [
      ['VITRINE_PUBLIC_URL', 'museum'],
      ['VITRINE_ALLOWED_ORIGINS', 'localhost:8081'],
      ['VITRINE_TRUSTED_PROXIES', 'proxy'],
    ] as const) {
      const folder = await temporaryFolder();
      const { code, error } = await run(['start', '--source', 'http://localhost:1/'], {
        VITRINE_DATA: folder.path,
        VITRINE_PORT: String(await freePort()),
        [name]: value,
      });
      assert.deepEqual([code, error.includes(name), error.includes('^')], [2, true, false], error);
      isSentence(error);
      await folder.remove();
    }
  });

  test('a second start of the demo on the same data is told so, whatever its port', async () => {
    const folder = await temporaryFolder();
    const environment = {
      VITRINE_DATA: join(folder.path, 'data'),
      VITRINE_PORT: String(await freePort()),
      VITRINE_DEMO_PORT: String(await freePort()),
    };
    const first = spawn(process.execPath, [COMMAND], { env: { PATH: process.env['PATH'], ...environment }, stdio: 'ignore' });
    await until(
      'it is there',
      async () => (await fetch(`http://localhost:${environment.VITRINE_PORT}/readyz`).catch(() => undefined))?.status === 200,
    );
    const { code, error } = await run([], environment);
    assert.deepEqual([code, /Another Vitrine/.test(error)], [5, true]);
    first.kill('SIGINT');
    const [ended] = await once(first, 'exit');
    assert.equal(ended, 0, 'Ctrl-C ends it in order');
    await folder.remove();
  });

  test('an end that is asked for during the start comes after it', async () => {
    const folder = await temporaryFolder();
    const { stream, close } = await openPublisher(0);
    const child = spawn(process.execPath, [COMMAND, 'start', '--source', stream], {
      env: { PATH: process.env['PATH'], VITRINE_DATA: folder.path, VITRINE_PORT: String(await freePort()) },
      stdio: 'ignore',
    });
    await until('it has the folder', () => existsSync(join(folder.path, 'bus.sqlite')));
    child.kill('SIGTERM');
    assert.equal((await once(child, 'exit'))[0], 0);
    await close();
    await folder.remove();
  });

  test('wants --all for a replay', async () => assert.equal((await run(['replay'], {})).code, 2));
});
