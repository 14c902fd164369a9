import type { ProblemCode } from '@vitrine/contracts/problems.ts';

/** How a process ends; documented in README.md. */
export const EXIT = {
  unexpected: 1,
  usage: 2,
  portInUse: 3,
  dataFolderUnwritable: 4,
  dataFolderInUse: 5,
  noServer: 6,
  engine: 7,
  /** Some masters could not be converted. */
  rejected: 8,
  /** A stream breaks a MUST of its specification. */
  nonconforming: 9,
  interrupted: 130,
} as const;

const byProblem: Partial<Record<ProblemCode, number>> = {
  'configuration-invalid': EXIT.usage,
  'port-in-use': EXIT.portInUse,
  'data-folder-unwritable': EXIT.dataFolderUnwritable,
  'data-folder-in-use': EXIT.dataFolderInUse,
  'engine-refused': EXIT.engine,
  'engine-unfit': EXIT.engine,
};

export function exitCodeOf(code: ProblemCode): number {
  return byProblem[code] ?? EXIT.unexpected;
}
