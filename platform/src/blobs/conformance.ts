import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { Problem } from '../problem.ts';
import type { Blobs } from './port.ts';

export type BlobsUnderTest = { blobs: Blobs; reopen: () => Promise<Blobs>; dispose: () => Promise<void> };

const bytes = Buffer.from('0123456789');
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

/** What every blob store does; the cases are the port's documentation. */
export function blobsConformance(name: string, open: () => Promise<BlobsUnderTest>): void {
  suite(`blobs: ${name}`, () => {
    function blobsTest(title: string, run: (blobs: Blobs, under: BlobsUnderTest) => Promise<void>): void {
      test(title, async () => {
        const under = await open();
        try {
          await run(under.blobs, under);
        } finally {
          await under.dispose();
        }
      });
    }
    async function* pieces(...parts: (string | Error)[]) {
      for (const part of parts) {
        if (part instanceof Error) throw part;
        yield Buffer.from(part);
      }
    }
    async function keys(blobs: Blobs, prefix: string): Promise<string[]> {
      const found: string[] = [];
      for await (const key of blobs.list(prefix)) found.push(key);
      return found;
    }

    blobsTest('keeps bytes and says what they are', async (blobs) => {
      const ref = await blobs.put('test/a/one.bin', pieces('01234', '56789'));
      assert.deepEqual(ref, { key: 'test/a/one.bin', bytes: 10, sha256: createHash('sha256').update(bytes).digest('hex') });
      assert.deepEqual(await blobs.read('test/a/one.bin'), bytes);
      assert.equal((await blobs.stat('test/a/one.bin'))?.bytes, 10);
      const streamed: Uint8Array[] = [];
      for await (const chunk of blobs.stream('test/a/one.bin')) streamed.push(chunk);
      assert.deepEqual(Buffer.concat(streamed), bytes);
    });

    blobsTest('reads a range, as much of it as there is', async (blobs) => {
      await blobs.put('test/one', bytes);
      assert.equal(String(await blobs.read('test/one', { from: 2, to: 5 })), '234');
      assert.equal(String(await blobs.read('test/one', { from: 8, to: 50 })), '89');
      assert.equal(String(await blobs.read('test/one', { from: 50, to: 60 })), '');
    });

    blobsTest('keeps a blob open for many reads, until it is closed', async (blobs) => {
      await blobs.put('test/one', bytes);
      const reader = await blobs.reader('test/one');
      assert.equal(String(await reader.read({ from: 2, to: 5 })), '234');
      assert.equal(String(await reader.read({ from: 8, to: 50 })), '89');
      const target = Buffer.alloc(6, '-');
      const read = reader.readNow({ from: 2, to: 5 }, target, 1);
      if (read !== undefined) assert.equal(String(target), '-234--');
      const last = reader.read({ from: 0, to: 2 });
      reader.close();
      reader.close();
      assert.equal(String(await last), '01');
      await assert.rejects(async () => (await blobs.reader('test/none')).read({ from: 0, to: 1 }), isProblem('blob-missing'));
    });

    blobsTest('shows nothing of a blob whose stream failed', async (blobs) => {
      await assert.rejects(blobs.put('test/one', pieces('01', new Error('torn'))));
      assert.equal(await blobs.stat('test/one'), undefined);
      assert.deepEqual(await keys(blobs, ''), []);
    });

    blobsTest('takes the same bytes twice and refuses others', async (blobs) => {
      await blobs.put('test/one', bytes);
      await blobs.put('test/one', bytes);
      await assert.rejects(blobs.put('test/one', Buffer.from('other')), isProblem('blob-exists'));
      assert.deepEqual(await blobs.read('test/one'), bytes);
    });

    blobsTest('says that a blob is missing', async (blobs) => {
      await assert.rejects(blobs.read('test/none'), isProblem('blob-missing'));
      await assert.rejects(async () => {
        for await (const _ of blobs.stream('test/none'));
      }, isProblem('blob-missing'));
      assert.equal(await blobs.stat('test/none'), undefined);
      await blobs.delete('test/none');
    });

    blobsTest('lists by prefix in the order of keys, and deletes', async (blobs) => {
      for (const key of ['test/b/2', 'test/a/1', 'test/b/1', 'other/1']) await blobs.put(key, bytes);
      assert.deepEqual(await keys(blobs, 'test/b'), ['test/b/1', 'test/b/2']);
      await blobs.delete('test/b/1');
      assert.deepEqual(await keys(blobs, 'test/'), ['test/a/1', 'test/b/2']);
    });

    for (const key of ['../out', 'a/../../out', '/etc/passwd', 'a//b', '.hidden', 'a/.hidden', 'a\\b', 'a\0b', '']) {
      blobsTest(`refuses the key ${JSON.stringify(key)}`, async (blobs) => {
        await assert.rejects(blobs.put(key, bytes), isProblem('unexpected'));
        await assert.rejects(blobs.read(key), isProblem('unexpected'));
      });
    }

    blobsTest('has everything acknowledged when opened again', async (blobs, { reopen }) => {
      await blobs.put('test/one', bytes);
      assert.deepEqual(await (await reopen()).read('test/one'), bytes);
    });
  });
}
