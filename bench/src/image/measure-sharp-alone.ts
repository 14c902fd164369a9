import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BenchSet } from './bench-set.ts';

export type SharpTask = { file: string; levels: BenchSet['levels']; requests: readonly string[]; seconds: number; inFlight: number };

/** Answers a second of sharp in a process of its own, eight at once. */
export async function measureSharpAlone({ file, levels }: BenchSet, requests: readonly string[], seconds = 5): Promise<number> {
  const task: SharpTask = { file, levels, requests, seconds, inFlight: 8 };
  const child = fork(join(import.meta.dirname, 'sharp-alone.ts'), [JSON.stringify(task)]);
  const [perSecond] = await once(child, 'message');
  child.kill();
  return Number(perSecond);
}
