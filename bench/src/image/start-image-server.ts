import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@vitrine/platform/free-port.ts';
import { until } from '@vitrine/platform/until.ts';
import { cpuSeconds, familyOf } from '../process-costs.ts';
import type { BenchSet } from './bench-set.ts';

type BenchImage = { id: string; version: string; derivative: string; tiles: string; levels: BenchSet['levels'] };

export type ServerTask = {
  folder: string;
  port: number;
  publicUrl: string;
  workers: number;
  /** The folder of blobs, and the address of a store to read from instead. */
  blobs: string;
  blobsUrl?: string;
  images: readonly BenchImage[];
  /** Settings of the image service. */
  settings: Record<string, string>;
  /** A folder whose files each read of which blocks its thread for so long. */
  slow?: { folder: string; milliseconds: number };
};

export type ImageServer = {
  readonly base: string;
  /** Process ids of its workers. */
  workers(): number[];
  cpu(): number;
  stop(): Promise<void>;
};

export type ServerOptions = Partial<Pick<ServerTask, 'workers' | 'blobsUrl' | 'settings' | 'slow'>> & { more?: readonly BenchImage[] };

/** No answers are kept in memory. */
export const UNCACHED = { VITRINE_IMAGE_CACHE_MB: '0' } as const;

let servers = 0;

export async function startImageServer(folder: string, set: BenchSet, options: ServerOptions = {}): Promise<ImageServer> {
  const { workers = 2, settings = {}, more = [], ...rest } = options;
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const own = join(folder, `server-${++servers}`);
  await mkdir(own, { recursive: true });
  const { image: id, version, derivative, tiles, levels } = set;
  const images = [{ id, version, derivative, tiles, levels }, ...more];
  const task: ServerTask = { folder: own, port, publicUrl, workers, blobs: set.blobs, images, settings, ...rest };
  const child = fork(join(import.meta.dirname, 'image-server.ts'), [JSON.stringify(task)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await until('every worker serves', () => everyWorkerServes(publicUrl, child, images), 60_000);
  const family = () => familyOf(child.pid ?? 0, /^$/).filter((member) => member !== child.pid);
  return {
    base: `${publicUrl}/iiif/image/3/${id}~${version}`,
    workers: family,
    cpu: () => cpuSeconds(family()),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Connections go to the workers in turn: a good many that are answered well have met each of them. */
async function everyWorkerServes(base: string, child: ChildProcess, images: readonly BenchImage[]): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
  for (let n = 0; n < 24; n++)
    for (const { id } of images) {
      const reply = await fetch(`${base}/iiif/image/3/${id}/info.json`, { headers: { connection: 'close' } }).catch(() => undefined);
      if (reply?.status !== 200) return false;
    }
  return true;
}

/** Megabytes that a process holds in memory. */
export async function rssMegabytes(id: number): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
