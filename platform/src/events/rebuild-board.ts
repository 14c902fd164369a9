import type { ServiceName } from '@vitrine/contracts/topics.ts';
import Type from 'typebox';
import { openCollection } from '../documents/collection.ts';
import type { Documents } from '../documents/port.ts';
import { sleep } from '../sleep.ts';

const Rebuild = Type.Object({ replay: Type.String(), state: Type.Union([Type.Literal('dropping'), Type.Literal('done')]) });
const CURRENT = 'current';

/**
 * Where the replicas of a service see that one of them drops what is derived. The command comes to one replica, the leader, which waits until the
 * groups of the others rest; a leader that died is followed by whoever is given the command again.
 */
export async function openRebuildBoard(service: ServiceName, documents: Documents) {
  const rebuilds = await openCollection(documents, { name: `${service}.rebuilds`, indexes: [], schema: Rebuild });
  let leading: string | undefined;

  async function isLedByAnother(): Promise<boolean> {
    if (leading !== undefined) return false;
    const current = await rebuilds.get(CURRENT);
    return current?.state === 'dropping' && leading === undefined;
  }

  return {
    isLedByAnother,
    /** Carries out a rebuild while the others rest. One that failed leads no longer: the next try may be another's. */
    async lead(replay: string, work: () => Promise<void>): Promise<void> {
      leading = replay;
      try {
        await rebuilds.update(CURRENT, () => ({ replay, state: 'dropping' }));
        await work();
        await rebuilds.update(CURRENT, () => ({ replay, state: 'done' }));
      } finally {
        leading = undefined;
      }
    },
    /** Whether a rebuild was begun that nobody has ended: nobody is given the command of one that was born of a start. */
    async isUnfinished(replay: string): Promise<boolean> {
      const current = await rebuilds.get(CURRENT);
      return current?.state === 'dropping' && current.replay === replay;
    },
    async untilDone(tick: number, signal: AbortSignal): Promise<void> {
      while (!signal.aborted && (await isLedByAnother().catch(() => true))) await sleep(tick, signal);
    },
  };
}
