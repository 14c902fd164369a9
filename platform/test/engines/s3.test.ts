import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { blobsConformance } from '../../src/blobs/conformance.ts';
import { openS3Blobs } from '../../src/blobs/s3.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startS3 } from '../../src/engines/start-engine.ts';

const there = await containerEngineAnswers(process.env);

suite('on S3', { skip: there ? false : WITHOUT_ENGINES, timeout: 300_000 }, () => {
  let engine: StartedEngine;
  before(async () => {
    engine = await startS3();
  });
  after(() => engine.stop());
  let cases = 0;
  const open = (mark: string) => openS3Blobs(engine.url.replace('@vitrine?', `@vitrine/${mark}?`));

  blobsConformance('s3', async () => {
    const mark = `case-${++cases}`;
    const blobs = await open(mark);
    return { blobs, reopen: () => open(mark), dispose: () => blobs.close() };
  });

  test('a stream of many parts is one blob, and twice the same is a success', async () => {
    const blobs = await open('parts');
    const bytes = randomBytes(20 * 1024 * 1024);
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 1_000_003) yield bytes.subarray(at, at + 1_000_003);
    }
    const first = await blobs.put('test/large', pieces());
    assert.deepEqual(await blobs.put('test/large', pieces()), first);
    assert.equal((await blobs.read('test/large', { from: 9_000_000, to: 9_000_100 })).compare(bytes, 9_000_000, 9_000_100), 0);
    await blobs.close();
  });
});
