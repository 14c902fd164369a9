import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { isDiskFault } from '../disk-fault.ts';

const LONGEST = 300;

/** What a decoder threw, as a problem: the master's, unless it says that our disk is full. */
export function unreadable(thrown: unknown): Problem {
  const problem = asProblem(thrown);
  if (problem.code !== 'unexpected') return problem;
  const [line = ''] = (problem.detail ?? '').split('\n');
  const code = isDiskFault(thrown) ? 'port-unavailable' : 'master-unreadable';
  return new Problem(code, { detail: line.slice(0, LONGEST), cause: thrown });
}
