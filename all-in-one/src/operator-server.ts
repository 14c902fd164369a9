import { join, resolve } from 'node:path';
import { isProblemCode } from '@vitrine/contracts/problems.ts';
import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';
import { existingOperatorToken } from '@vitrine/platform/operator-token.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { VitrineConfig } from './config.ts';
import { localAddress } from './local-address.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * Asks the running server something as its operator. Undefined where none answers, or something else does.
 *
 * @throws Problem as the server says it
 */
export type OperatorServer = (method: Method, path: string, body?: unknown) => Promise<JsonNode | undefined>;

/** The Vitrine on this machine, by its settings and the token in its data folder. */
export function operatorServer(config: VitrineConfig): OperatorServer {
  return async (method, path, body) => {
    const token = existingOperatorToken(config.VITRINE_OPERATOR_TOKEN_FILE ?? join(resolve(config.VITRINE_DATA), 'operator-token'));
    if (token === undefined) return undefined;
    const reply = await fetch(`${localAddress(config)}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (!reply?.headers.get('content-type')?.includes('json')) return undefined;
    const answer: unknown = await reply.json().catch(() => undefined);
    if (!isNode(answer)) return undefined;
    if (reply.ok) return answer;
    const code = String(answer['type']).split('/').at(-1) ?? '';
    const detail = String(answer['detail'] ?? answer['title'] ?? `the server answers ${reply.status}`);
    if (!isProblemCode(code)) return undefined;
    throw new Problem(code, { detail: code === 'operator-token-missing' ? `is ${config.VITRINE_DATA} its data folder?` : detail });
  };
}
