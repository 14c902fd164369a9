import { outcomeRecorded } from '@vitrine/contracts/events/outcome-recorded.ts';
import type { Log } from '../log.ts';
import { type Problem, problemFields, problemFromCode } from '../problem.ts';
import type { Outcome } from './handler.ts';
import { type Cause, outgoing, type Publish } from './publisher.ts';
import { traceId } from './trace.ts';

/** Says how a piece of work ended that no event brought: a walk, a record, a timer's work. */
export type RecordOutcome = (entity: string, started: Date, outcome: Outcome, cause?: Cause) => Promise<void>;

export function createOutcomes(stage: string, { publish, now, log }: { publish: Publish; now: () => Date; log: Log }): RecordOutcome {
  return async (entity, started, { code, detail, failed = false }, cause = {}) => {
    if (failed) log.warn({ stage, entity, ...problemFields(problemFromCode(code, detail ?? '')) }, 'failed');
    const time = now();
    const trace = traceId(cause.traceparent);
    await publish(
      outgoing(
        outcomeRecorded,
        {
          entity,
          stage,
          failed,
          code,
          milliseconds: Math.max(0, time.getTime() - started.getTime()),
          time: time.toISOString(),
          ...(detail === undefined ? {} : { detail }),
          ...(trace === undefined ? {} : { trace }),
        },
        {},
        `${stage}/${entity}/${time.toISOString()}`,
      ),
    );
  };
}

/** The outcome that a problem is. */
export function failure(problem: Problem): Outcome {
  return { code: problem.code, failed: true, ...(problem.detail === undefined ? {} : { detail: problem.detail }) };
}
