import { join, resolve } from 'node:path';
import { operatorToken } from '@vitrine/platform/operator-token.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { VitrineConfig } from './config.ts';
import type { Say } from './show-progress.ts';

/** Asks the running server to derive everything again. Answers false when none answers. */
export async function requestReplay(config: VitrineConfig, dropDerived: boolean, say: Say): Promise<boolean> {
  const publicUrl = config.VITRINE_PUBLIC_URL ?? `http://localhost:${config.VITRINE_PORT}`;
  const local = `http://${config.VITRINE_HOST === '0.0.0.0' ? '127.0.0.1' : config.VITRINE_HOST}:${config.VITRINE_PORT}${new URL(publicUrl).pathname.replace(/\/$/, '')}`;
  const { token } = operatorToken(config.VITRINE_OPERATOR_TOKEN_FILE ?? join(resolve(config.VITRINE_DATA), 'operator-token'));
  const reply = await fetch(`${local}/api/v1/replay`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ all: true, dropDerived }),
  }).catch(() => undefined);
  if (!reply) return false;
  const body: unknown = await reply.json();
  if (!reply.ok) throw new Problem('unexpected', { detail: `the server answers ${reply.status} ${JSON.stringify(body)}` });
  say.line('replay', `The replay has begun. Its progress: ${publicUrl}/api/v1/status`, { accepted: true });
  return true;
}
