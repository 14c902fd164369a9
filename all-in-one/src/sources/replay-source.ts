import { readFile } from 'node:fs/promises';
import { nodes, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { OperatorServer } from '../operator-server.ts';
import type { Say } from '../show-progress.ts';
import type { ReplaySourceCommand } from './source-arguments.ts';

const POLL = 500;

/** Has a source's objects derived again and waits for the report. Answers false when no server does. @throws Problem as the server says it */
export async function replaySource(command: ReplaySourceCommand, server: OperatorServer, say: Say, signal: AbortSignal): Promise<boolean> {
  const { source, since, dryRun } = command;
  const ids = command.ids === undefined ? undefined : await linesOf(command.ids);
  const begun = await server('POST', `/api/v1/sources/${encodeURIComponent(source)}/replay`, {
    ...(since === undefined ? {} : { since }),
    ...(ids === undefined ? {} : { ids }),
    dryRun,
  });
  const report = text(begun?.['report']);
  if (report === undefined) return false;
  while (!signal.aborted) {
    const run = await server('GET', report);
    if (!run) return false;
    const [outcomes] = nodes(run['outcomes']);
    const counts = Object.entries(outcomes ?? {})
      .map(([code, count]) => `${String(count)} ${code}`)
      .join(', ');
    if (run['state'] === 'done') {
      say.line('replayed', `${dryRun ? 'It would give' : 'It gave'} ${counts || 'nothing'}.`, { source, dryRun, outcomes });
      return true;
    }
    say.progress(`replaying ${source}: ${counts || 'nothing yet'}`, { source, outcomes });
    await sleep(POLL, signal);
  }
  return true;
}

async function linesOf(file: string): Promise<string[]> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem('configuration-invalid', { detail: `--ids ${file} can’t be read`, cause });
  });
  return content
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}
