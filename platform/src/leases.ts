import type { ServiceName } from '@vitrine/contracts/topics.ts';
import Type from 'typebox';
import { openCollection } from './documents/collection.ts';
import type { Documents } from './documents/port.ts';

const LeaseDocument = Type.Object({
  holder: Type.String(),
  fence: Type.Integer({ minimum: 1 }),
  until: Type.Number({ description: 'Milliseconds since 1970' }),
});

export type Lease = {
  /** Rises with every change of the holder: a document that was written under a higher one is not ours to write. */
  readonly fence: number;
  /** False once the lease ran out, also when this process slept through it: ask before each write. */
  held(): boolean;
  /** Extends it; false when somebody else has it now. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
};

/** One holder a name at a time, over all replicas, by compare-and-set in the document store. */
export async function openLeases(service: ServiceName, documents: Documents, holder: string, now: () => number, milliseconds: number) {
  const leases = await openCollection(documents, { name: `${service}.leases`, indexes: [], schema: LeaseDocument });

  return {
    /** Undefined while another holds it. */
    async acquire(name: string): Promise<Lease | undefined> {
      const current = await leases.getVersioned(name);
      if (current && current.value.holder !== holder && current.value.until > now()) return undefined;
      const fence = (current?.value.fence ?? 0) + 1;
      let until = now() + milliseconds;
      if (!(await leases.put(name, { holder, fence, until }, current?.version ?? 0))) return undefined;

      async function write(ends: number): Promise<boolean> {
        const mine = await leases.getVersioned(name);
        if (mine?.value.fence !== fence || mine.value.holder !== holder) return false;
        if (!(await leases.put(name, { holder, fence, until: ends }, mine.version))) return false;
        until = ends;
        return true;
      }

      return {
        fence,
        held: () => now() < until,
        renew: () => write(now() + milliseconds),
        release: async () => void (await write(0)),
      };
    },
  };
}

export type Leases = Awaited<ReturnType<typeof openLeases>>;
