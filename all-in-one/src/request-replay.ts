import { join, resolve } from 'node:path';
import { existingOperatorToken } from '@vitrine/platform/operator-token.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { VitrineConfig } from './config.ts';
import { localAddress } from './local-address.ts';
import type { Say } from './show-progress.ts';

/** Asks the running server to derive everything again. Answers false when none answers, or something else does. */
export async function requestReplay(config: VitrineConfig, dropDerived: boolean, say: Say): Promise<boolean> {
  const publicUrl = config.VITRINE_PUBLIC_URL ?? `http://localhost:${config.VITRINE_PORT}`;
  const token = existingOperatorToken(config.VITRINE_OPERATOR_TOKEN_FILE ?? join(resolve(config.VITRINE_DATA), 'operator-token'));
  if (token === undefined) return false;
  const reply = await fetch(`${localAddress(config)}/api/v1/replay`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ all: true, dropDerived }),
  }).catch(() => undefined);
  const ours = reply?.headers.get('content-type')?.includes('json');
  if (!reply || !ours) return false;
  if (!reply.ok)
    throw new Problem('unexpected', { detail: `the server answers ${reply.status}; is ${config.VITRINE_DATA} its data folder?` });
  say.line('replay', `The replay has begun. Its progress: ${publicUrl}/api/v1/status`, { accepted: true });
  return true;
}
