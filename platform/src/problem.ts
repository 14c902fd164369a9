import { type Fault, isProblemCode, type ProblemCode, problems } from '@vitrine/contracts/problems.ts';

type ProblemOptions = {
  detail?: string;
  cause?: unknown;
  /** Milliseconds after which it makes sense to ask again, where somebody said so. */
  retryAfter?: number;
};

/** The one kind of error that crosses a border inside Vitrine: a code of the closed table, a detail, and the cause for the log. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const title = problems[code].title;
    super(options.detail === undefined ? title : `${title}: ${options.detail}`, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.detail = options.detail;
    this.retryAfter = options.retryAfter;
  }

  get fault(): Fault {
    return problems[this.code].fault;
  }
}

/** A problem as a line of the log says it: code, detail, and what to do. */
export function problemFields({ code, detail }: Problem): { code: ProblemCode; detail: string | undefined; help: string } {
  return { code, detail, help: problems[code].help };
}

/** What was thrown, as a Problem: an error that nobody classified is `unexpected`. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem('unexpected', { detail: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown });
}

/** The problem that another process named by its code. */
export function problemFromCode(code: string, detail: string): Problem {
  return isProblemCode(code) ? new Problem(code, { detail }) : new Problem('unexpected', { detail: `${code}: ${detail}` });
}
