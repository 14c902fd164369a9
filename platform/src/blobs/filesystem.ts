// Blobs in a folder. Atomic: bytes go to a file in `.incoming`, are synced, then renamed; a kill leaves at most a file there, removed at
// an open a day later (other services may share the folder). Lost at a power cut: nothing acknowledged (file and folder are synced).

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { Problem } from '../problem.ts';
import { demandBlobKey } from './blob-key.ts';
import type { BlobReader, Blobs, ByteRange } from './port.ts';
import { ReadPace } from './read-pace.ts';

/** What lies in `.incoming` for so long was left by a kill: no upload takes a day. */
const ABANDONED = 24 * 60 * 60 * 1000;

export async function openFilesystemBlobs(root: string): Promise<Blobs> {
  const incoming = join(root, '.incoming');
  await mkdir(incoming, { recursive: true });
  await sweepAbandoned(incoming);

  function pathOf(key: string): string {
    return join(root, demandBlobKey(key));
  }

  async function put(key: string, body: AsyncIterable<Uint8Array> | Uint8Array) {
    const target = pathOf(key);
    try {
      if (body instanceof Uint8Array && (await exists(target))) {
        // Nothing is written for what is there: who keeps the same again pays for a look.
        const sha256 = createHash('sha256').update(body).digest('hex');
        return await demandSame(target, { key, sha256, bytes: body.length });
      }
      const temporary = join(incoming, randomUUID());
      let moved = false;
      try {
        const written = { key, ...(await writeSynced(temporary, body)) };
        // Of a stream nobody knows what it is before it has ended; bytes were looked for above.
        if (!(body instanceof Uint8Array) && (await exists(target))) return await demandSame(target, written);
        await moveSynced(temporary, target);
        moved = true;
        return written;
      } finally {
        if (!moved) await rm(temporary, { force: true });
      }
    } catch (cause) {
      throw unavailable(cause, key);
    }
  }

  /** @throws Problem `blob-exists` where there are other bytes at its key */
  async function demandSame(target: string, ref: BlobRef): Promise<BlobRef> {
    if ((await hashOf(target)) !== ref.sha256) throw new Problem('blob-exists', { detail: ref.key });
    return ref;
  }

  async function read(key: string, range?: ByteRange): Promise<Buffer> {
    let file: FileHandle | undefined;
    try {
      file = await open(pathOf(key));
      if (!range) return await file.readFile();
      const buffer = Buffer.allocUnsafe(range.to - range.from);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, range.from);
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw unavailable(cause, key);
    } finally {
      await file?.close();
    }
  }

  /** By the number of the device. */
  const paces = new Map<number, ReadPace>();

  async function reader(key: string): Promise<BlobReader> {
    let file: FileHandle;
    let device: number;
    try {
      file = await open(pathOf(key));
      device = (await file.stat()).dev;
    } catch (cause) {
      throw unavailable(cause, key);
    }
    const pace = paces.get(device) ?? new ReadPace(() => performance.now());
    paces.set(device, pace);
    return openReader(file, key, pace);
  }

  async function* walk(folder: string, prefix: string, wanted: string): AsyncGenerator<string> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = prefix + entry.name;
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (`${key}/`.startsWith(wanted) || wanted.startsWith(`${key}/`)) yield* walk(join(folder, entry.name), `${key}/`, wanted);
      } else if (key.startsWith(wanted)) yield key;
    }
  }

  return {
    put,
    read,
    reader,
    stream: async function* (key) {
      try {
        yield* createReadStream(pathOf(key));
      } catch (cause) {
        throw unavailable(cause, key);
      }
    },
    stat: async (key) => {
      try {
        const { size, mtime } = await stat(pathOf(key));
        return { bytes: size, modified: mtime };
      } catch (cause) {
        const problem = unavailable(cause, key);
        if (problem.code === 'blob-missing') return undefined;
        throw problem;
      }
    },
    list: (prefix) => walk(root, '', prefix),
    delete: async (key) => {
      await rm(pathOf(key), { force: true });
    },
    check: async () => {
      await stat(incoming);
    },
    close: async () => {},
  };
}

function openReader(file: FileHandle, key: string, pace: ReadPace): BlobReader {
  let users = 1;
  const leave = () => {
    if (--users === 0) void file.close().catch(() => {});
  };
  let closed = false;
  const demandOpen = () => {
    if (closed) throw new Problem('port-unavailable', { detail: `${key} was closed` });
  };
  return {
    read: async ({ from, to }) => {
      demandOpen();
      users++;
      try {
        const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
        return buffer.subarray(0, bytesRead);
      } catch (cause) {
        throw unavailable(cause, key);
      } finally {
        leave();
      }
    },
    readNow: ({ from, to }, target, start) => {
      demandOpen();
      if (!pace.readsAtOnce()) return undefined;
      const began = performance.now();
      try {
        return readSync(file.fd, target, start, to - from, from);
      } catch (cause) {
        throw unavailable(cause, key);
      } finally {
        pace.took(performance.now() - began);
      }
    },
    close: () => {
      if (closed) return;
      closed = true;
      leave();
    },
  };
}

async function sweepAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const modified = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - modified > ABANDONED) await rm(file, { force: true });
  }
}

async function writeSynced(file: string, body: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ sha256: string; bytes: number }> {
  const handle = await open(file, 'wx');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function moveSynced(from: string, to: string): Promise<void> {
  const folder = dirname(to);
  try {
    await rename(from, to);
  } catch (thrown) {
    if (Reflect.get(Object(thrown), 'code') !== 'ENOENT') throw thrown;
    const made = await mkdir(folder, { recursive: true });
    await rename(from, to);
    // Of folders that are new, whoever holds them must know on the disk too.
    if (made !== undefined) for (let at = folder; at.length >= made.length; at = dirname(at)) await syncFolder(dirname(at));
  }
  await syncFolder(folder);
}

// A rename is durable only when its folder is synced; Windows can't open a folder and needs no sync.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    await handle?.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

function unavailable(cause: unknown, key: string): Problem {
  if (cause instanceof Problem) return cause;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return new Problem('blob-missing', { detail: key, cause });
  return new Problem('port-unavailable', { detail: cause instanceof Error ? cause.message : String(cause), cause });
}
