import type { SweepOptions } from '@vitrine/platform/blobs/sweep-unused.ts';
import { blobsOf } from './derive-image.ts';
import type { Stores } from './stores.ts';

const PREFIXES = ['converter/derivatives/', 'converter/tile-tables/', 'converter/thumbnails/', 'converter/reports/'];

type SweepDeps = Pick<SweepOptions, 'blobs' | 'now' | 'days'> & { stores: Stores };

/** Derivatives, tile tables, thumbnails and reports that were superseded, and those of withdrawn images. */
export function superseded({ stores, blobs, now, days }: SweepDeps): SweepOptions {
  return {
    blobs,
    unused: stores.unused,
    prefixes: PREFIXES,
    used: async () => {
      const used = new Set<string>();
      // A withdrawn image may come back: while its derivative is there nothing must be made anew, but it does not hold it.
      for await (const { value } of stores.images.all())
        if (value.derivative && value.state === 'converted') for (const key of blobsOf(value.derivative)) used.add(key);
      return used;
    },
    // What is shared is no longer offered.
    withdraw: async (due) => {
      const time = now().getTime();
      for await (const { id, value } of stores.derivatives.all()) {
        const { derivative, making } = value;
        const abandoned = !derivative && (making?.until ?? 0) < time;
        if (abandoned || (derivative && blobsOf(derivative).some((key) => due.has(key)))) await stores.derivatives.remove(id);
      }
    },
    now,
    days,
  };
}
