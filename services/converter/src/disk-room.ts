import { statfs } from 'node:fs/promises';
import type { Log } from '@vitrine/platform/log.ts';
import { sleep } from '@vitrine/platform/sleep.ts';

const LOOK_AGAIN = 10_000;

export type DiskRoom = {
  isThere(): Promise<boolean>;
  /** Resolves when enough of the disk is free; rejects when the signal aborts. */
  wait(signal: AbortSignal): Promise<void>;
};

/**
 * Bulk work waits while the disk is nearly full: what is urgent, and the databases, need the rest.
 *
 * @param percent of the disk that must be free
 */
export function diskRoom(folder: string, percent: number, log: Log, free: (folder: string) => Promise<number> = freePercent): DiskRoom {
  let told = false;
  return {
    isThere: async () => (await free(folder)) >= percent,
    wait: async (signal) => {
      while ((await free(folder)) < percent) {
        if (!told) log.warn({ folder, percent }, 'bulk conversions wait: too little of the disk is free (VITRINE_CONVERTER_FREE_PERCENT)');
        told = true;
        await sleep(LOOK_AGAIN, signal);
        signal.throwIfAborted();
      }
      if (told) log.info({ folder }, 'bulk conversions go on');
      told = false;
    },
  };
}

async function freePercent(folder: string): Promise<number> {
  const { bavail, blocks } = await statfs(folder);
  return (bavail / Math.max(1, blocks)) * 100;
}
