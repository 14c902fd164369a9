import { outcomeRecorded } from '@vitrine/contracts/events/outcome-recorded.ts';
import { on } from '@vitrine/platform/events/handler.ts';
import type { Stores } from '../stores.ts';

/** A failure stands until the same stage ends well with the same entity. */
export const onOutcomeRecorded = ({ failures }: Stores) =>
  on(outcomeRecorded, async ({ data }) => {
    const { entity, stage, failed, code, detail, time, trace, letter } = data;
    const id = `${stage}:${entity}`;
    if (!failed) {
      const current = await failures.get(id);
      if (current && current.time <= time) await failures.remove(id);
      return undefined;
    }
    await failures.update(id, (current) =>
      current && current.time > time
        ? undefined
        : {
            entity,
            stage,
            code,
            time,
            ...(detail === undefined ? {} : { detail }),
            ...(trace === undefined ? {} : { trace }),
            ...(letter ? { letter } : {}),
          },
    );
    return undefined;
  });
