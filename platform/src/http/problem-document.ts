import { problems } from '@vitrine/contracts/problems.ts';
import type { Problem } from '../problem.ts';

/** A problem on the wire (RFC 9457). Below 500 it says what was wrong; from 500 on, nothing of our inside leaks. */
export function problemDocument(problem: Problem, publicUrl: string) {
  const { status, title, help } = problems[problem.code];
  return {
    type: `${publicUrl}/api/v1/problems/${problem.code}`,
    status,
    title,
    ...(status < 500 && problem.detail !== undefined ? { detail: problem.detail } : {}),
    help,
  };
}
