import type { ServiceName } from '@vitrine/contracts/topics.ts';
import Type from 'typebox';
import { openCollection } from './documents/collection.ts';
import type { Documents } from './documents/port.ts';

const Intent = Type.Object({ since: Type.Number({ description: 'Milliseconds since 1970' }) });

/** An intent this old belongs to somebody who died: whoever lives finishes within seconds. */
const ABANDONED = 60_000;

/**
 * Writes born outside the bus (R8): the intent is stored by the entity's id, the effect is made by compare-and-set, its event is
 * published, the intent is cleared. What a crash left in between, sweep() finishes: `finish` reads the entity and publishes what it finds.
 */
export async function openIntents(service: ServiceName, documents: Documents, now: () => number, finish: (id: string) => Promise<void>) {
  const intents = await openCollection(documents, { name: `${service}.intents`, indexes: ['since'], schema: Intent });

  return {
    async carryOut<T>(id: string, effect: () => Promise<T>): Promise<T> {
      await intents.update(id, () => ({ since: now() }));
      const value = await effect();
      await intents.remove(id);
      return value;
    },
    /** Finishes what was left behind; at a start, when nobody else can be at it, all of it. */
    async sweep(everything: boolean): Promise<number> {
      let finished = 0;
      const where = everything ? {} : { where: { field: 'since', atMost: now() - ABANDONED } };
      for await (const { id } of intents.all(where)) {
        await finish(id);
        await intents.remove(id);
        finished++;
      }
      return finished;
    },
  };
}

export type Intents = Awaited<ReturnType<typeof openIntents>>;
