import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As many threads of the pool can be blocked at once. */
const PIPES = 16;

/**
 * Makes every read of files on the device of `folder` block its thread: the event loop's for a read at once, one of the pool's for any other.
 * A thread of the pool waits in the open of a pipe that nobody writes to until the time is over.
 */
export async function slowDown(folder: string, milliseconds: number): Promise<void> {
  const device = fs.statSync(folder).dev;
  const isSlow = (file: number) => fs.fstatSync(file).dev === device;
  const { readSync } = fs;
  const blocked = new Int32Array(new SharedArrayBuffer(4));
  const slowRead = (...parameters: Parameters<typeof readSync>) => {
    if (isSlow(parameters[0])) Atomics.wait(blocked, 0, 0, milliseconds);
    return Reflect.apply(readSync, fs, parameters);
  };
  Object.assign(fs, { readSync: slowRead });
  syncBuiltinESMExports();

  const pipes = fs.mkdtempSync(join(tmpdir(), 'vitrine-slow-'));
  const free = Array.from({ length: PIPES }, (_, n) => join(pipes, String(n)));
  execFileSync('mkfifo', free);
  async function blockThread(): Promise<void> {
    const pipe = free.pop();
    if (pipe === undefined) return;
    const opened = fs.promises.open(pipe, 'r');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    for (;;) {
      try {
        fs.closeSync(fs.openSync(pipe, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK));
        break;
      } catch {
        // Its thread has not come to the open yet.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    await (await opened).close();
    free.push(pipe);
  }
  const handle = await fs.promises.open(join(pipes, 'probe'), 'w');
  const prototype: fs.promises.FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { read } = prototype;
  Object.assign(prototype, {
    async read(this: fs.promises.FileHandle, ...parameters: unknown[]) {
      if (isSlow(this.fd)) await blockThread();
      return Reflect.apply(read, this, parameters);
    },
  });
}
