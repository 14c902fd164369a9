import { exitCodeOf } from '../exit-codes.ts';
import { asProblem, problemFields } from '../problem.ts';

/** Says why a process can't go on, and what to do, and ends it. */
export function endWithProblem(thrown: unknown, { stderr, exit }: Pick<NodeJS.Process, 'stderr' | 'exit'>): never {
  const problem = asProblem(thrown);
  const { help } = problemFields(problem);
  stderr.write(`${problem.message}\n${problem.code === 'configuration-invalid' ? '' : `${help}\n`}`);
  if (problem.code === 'unexpected' && problem.cause instanceof Error) stderr.write(`${problem.cause.stack}\n`);
  return exit(exitCodeOf(problem.code));
}
