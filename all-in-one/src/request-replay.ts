import type { OperatorServer } from './operator-server.ts';
import type { Say } from './show-progress.ts';

/** Asks the running server to derive everything again. Answers false when none answers. */
export async function requestReplay(server: OperatorServer, publicUrl: string, dropDerived: boolean, say: Say): Promise<boolean> {
  if (!(await server('POST', '/api/v1/replay', { all: true, dropDerived }))) return false;
  say.line('replay', `The replay has begun. Its progress: ${publicUrl}/api/v1/status`, { accepted: true });
  return true;
}
