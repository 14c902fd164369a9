import { createHash, randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '@vitrine/platform/log.ts';

/** Answers that were made, as files: they outlive a restart, and all processes of a host share them. */
export type DiskCache = {
  get(derivative: string, canonical: string): Promise<Buffer | undefined>;
  put(derivative: string, canonical: string, bytes: Buffer): Promise<void>;
  /** What was made of a derivative that is served no more. */
  forget(derivative: string): Promise<void>;
};

export type DiskCacheOptions = { folder: string; bytes: number; log: Log; now: () => number };

/** A file's time is when it was wanted last, to so many milliseconds. */
const FRESH = 60 * 60 * 1000;
/** The folder is looked through when so much of its size was written since, and made smaller to so much of it. */
const SWEEP_AFTER = 0.02;
const SHRINK_TO = 0.9;
/** Milliseconds between two complaints about a disk that refuses. */
const COMPLAIN = 60_000;
const MADE = '.made';
const WRITING = '.writing';
/** A file that was being written so long ago was left by a process that died. */
const LEFT_BEHIND = 10 * 60 * 1000;

/**
 * Files `{derivative}/{canonical}.made` by their hashes. There is no list of them to be kept right: a file is there or it isn't, whoever wrote or
 * removed it. Each says for what it was made and how long it is, so that a torn or foreign one is none. A disk that refuses costs the cache alone.
 */
export function diskCache({ folder, bytes, log, now }: DiskCacheOptions): DiskCache {
  let written = Number.POSITIVE_INFINITY;
  let sweeping: Promise<void> | undefined;
  let complained = Number.NEGATIVE_INFINITY;

  const folderOf = (derivative: string) => join(folder, hash(derivative).slice(0, 2), hash(derivative));
  const fileOf = (derivative: string, canonical: string) => join(folderOf(derivative), `${hash(canonical)}${MADE}`);

  /** A miss, whatever the disk says. */
  async function tried<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (cause) {
      if (Reflect.get(Object(cause), 'code') === 'ENOENT' || now() - complained < COMPLAIN) return undefined;
      complained = now();
      log.warn({ folder, cause }, 'the cache on disk does not work: answers are made anew');
      return undefined;
    }
  }

  async function sweep(): Promise<void> {
    const files: { path: string; size: number; used: number }[] = [];
    for await (const path of filesBelow(folder)) {
      const entry = await stat(path).catch(() => undefined);
      if (!entry) continue;
      if (path.endsWith(WRITING) && now() - entry.mtimeMs > LEFT_BEHIND) await rm(path, { force: true });
      else files.push({ path, size: entry.size, used: entry.mtimeMs });
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= bytes) return;
    for (const { path, size } of files.sort((a, b) => a.used - b.used)) {
      if (total <= bytes * SHRINK_TO) break;
      await rm(path, { force: true });
      // Of a derivative of which nothing is left; else it refuses.
      await rmdir(dirname(path)).catch(() => {});
      total -= size;
    }
  }

  function noteWritten(count: number): void {
    written += count;
    if (written < bytes * SWEEP_AFTER || sweeping) return;
    written = 0;
    sweeping = tried(sweep).finally(() => {
      sweeping = undefined;
    });
  }

  return {
    get: (derivative, canonical) =>
      tried(async () => {
        const path = fileOf(derivative, canonical);
        const content = unpacked(await readFile(path), nameOf(derivative, canonical));
        if (!content) await rm(path, { force: true });
        else if (now() - (await stat(path)).mtimeMs > FRESH) await utimes(path, new Date(now()), new Date(now()));
        return content;
      }),
    put: async (derivative, canonical, content) => {
      await tried(async () => {
        const path = fileOf(derivative, canonical);
        const temporary = `${path}.${randomUUID()}${WRITING}`;
        await mkdir(dirname(path), { recursive: true });
        try {
          await writeFile(temporary, packed(content, nameOf(derivative, canonical)));
          await rename(temporary, path);
        } catch (thrown) {
          await rm(temporary, { force: true });
          throw thrown;
        }
        noteWritten(content.length);
      });
    },
    forget: async (derivative) => {
      await tried(() => rm(folderOf(derivative), { recursive: true, force: true }));
    },
  };
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 40);
const nameOf = (derivative: string, canonical: string) => Buffer.from(`${derivative} ${canonical}`);
const HEAD = 8;

function packed(content: Buffer, name: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(name.length, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, name, content]);
}

function unpacked(file: Buffer, name: Buffer): Buffer | undefined {
  if (file.length < HEAD || file.readUInt32LE(0) !== name.length) return undefined;
  const start = HEAD + name.length;
  return file.subarray(HEAD, start).equals(name) && file.length - start === file.readUInt32LE(4) ? file.subarray(start) : undefined;
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}
