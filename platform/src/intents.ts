import type { ServiceName } from '@vitrine/contracts/topics.ts';
import Type from 'typebox';
import { openCollection } from './documents/collection.ts';
import type { Documents } from './documents/port.ts';

const Intent = Type.Object({ since: Type.Number({ description: 'Milliseconds since 1970' }), holder: Type.Optional(Type.String()) });

/** An intent this old belongs to somebody who died: whoever lives finishes within seconds. */
const ABANDONED = 60_000;

/**
 * Writes born outside the bus (R8): the intent is stored by the entity's id, the effect is made by compare-and-set, its event is
 * published, the intent is cleared. What a crash left in between, sweep() finishes: `finish` reads the entity and publishes what it finds.
 */
export async function openIntents(
  service: ServiceName,
  documents: Documents,
  /** The name of this replica. */
  holder: string,
  now: () => number,
  finish: (id: string) => Promise<void>,
) {
  const intents = await openCollection(documents, { name: `${service}.intents`, indexes: ['since', 'holder'], schema: Intent });

  return {
    async carryOut<T>(id: string, effect: () => Promise<T>): Promise<T> {
      await intents.update(id, () => ({ since: now(), holder }));
      const value = await effect();
      await intents.remove(id);
      return value;
    },
    /** Finishes what was left behind: at a start what this replica left, since it can't be at it, else what is old. */
    async sweep(which: 'own' | 'abandoned'): Promise<number> {
      let finished = 0;
      const where =
        which === 'own' ? ({ field: 'holder', equals: holder } as const) : ({ field: 'since', atMost: now() - ABANDONED } as const);
      for await (const { id } of intents.all({ where })) {
        await finish(id);
        await intents.remove(id);
        finished++;
      }
      return finished;
    },
  };
}

export type Intents = Awaited<ReturnType<typeof openIntents>>;
