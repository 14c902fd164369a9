import { Problem } from './problem.ts';

/** The code of the problem that `run` throws, for tests; what it threw as text where that was no problem, `no error` where it threw nothing. */
export function thrownCode(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
  return 'no error';
}
