import { Problem } from '@vitrine/platform/problem.ts';
import { taskProcess } from '@vitrine/platform/process/task-process.ts';
import type { MappingAnswer, MappingTask } from './mapping-task.ts';

/** Milliseconds for a record. */
const LONGEST = 5000;
/** Megabytes of objects that the process may hold. A thread with such a limit takes its whole process with it (Node 24), so it is a process of its own. */
const MEMORY = 128;
/** Characters of JSON that may come of a record. */
const MOST = 20_000_000;
/** Milliseconds without work after which the process is ended. */
const IDLE = 30_000;

export type OwnMapper = {
  /**
   * What an expression gives for a record, as JSON values.
   *
   * @throws Problem `mapping-failed` where it throws, takes too long or too much memory
   */
  evaluate(expression: string, record: unknown): Promise<unknown>;
  close(): Promise<void>;
};

const failed = (detail: string) => new Problem('mapping-failed', { detail });

/** Runs the mappings that sources bring with them, a record after the other, in a process with limits. */
export function ownMapper(): OwnMapper {
  const mapping = taskProcess<MappingTask, MappingAnswer>({
    module: new URL('./main.ts', import.meta.url),
    name: 'mappings',
    env: {},
    execArgv: [`--max-old-space-size=${MEMORY}`],
    // What it says when it runs out of memory is told by its end.
    stderr: 'ignore',
    idle: IDLE,
    longest: LONGEST,
    late: () => failed(`it took longer than ${LONGEST / 1000} seconds`),
    ended: () => failed(`it took more than ${MEMORY} MB of memory`),
  });
  return {
    evaluate: async (expression, record) => {
      const answer = await mapping.inTurn(() => mapping.ask({ expression, record }));
      if ('fault' in answer) throw failed(answer.fault);
      if (answer.value === undefined) return undefined;
      if (answer.value.length > MOST) throw failed(`it gives more than ${MOST / 1_000_000} MB`);
      return JSON.parse(answer.value);
    },
    close: mapping.close,
  };
}
