import { backoff } from '@vitrine/platform/backoff.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';

const TRIES = 6;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 10_000;
const TIMEOUT = 60_000;

/** What a running Vitrine answers the public; undefined where there is nothing, or no longer. Paths are below the public URL. */
export type Server = {
  /** @throws Problem `export-failed` */
  bytes(path: string): Promise<Buffer | undefined>;
  json<T extends TSchema>(path: string, schema: T): Promise<Static<T> | undefined>;
};

type Answer =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'none' }
  | { readonly kind: 'failure'; readonly detail: string };

/** Withdrawn, unknown, closed to the public, or another version by now. */
const NOT_THERE = new Set([303, 401, 403, 404, 410]);

/** @param from its public URL, or where the same is reached */
export function readServer(from: string, signal: AbortSignal): Server {
  async function ask(address: string): Promise<Answer> {
    try {
      const reply = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]), redirect: 'manual' });
      const bytes = Buffer.from(await reply.arrayBuffer());
      if (reply.ok) return { kind: 'bytes', bytes };
      return NOT_THERE.has(reply.status) ? { kind: 'none' } : { kind: 'failure', detail: `${reply.status}` };
    } catch (thrown) {
      const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
      return { kind: 'failure', detail: cause instanceof Error ? cause.message : String(cause) };
    }
  }

  async function bytes(path: string): Promise<Buffer | undefined> {
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(`${from}${path}`);
      if (answer.kind === 'bytes') return answer.bytes;
      if (answer.kind === 'none') return undefined;
      if (signal.aborted || attempt === TRIES) throw new Problem('export-failed', { detail: `${from}${path}: ${answer.detail}` });
      await sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal);
    }
  }

  return {
    bytes,
    json: async (path, schema) => {
      const found = await bytes(path);
      if (!found) return undefined;
      const value = parseJson(String(found));
      if (!Check(schema, value)) throw new Problem('export-failed', { detail: `${from}${path}: not what a Vitrine answers` });
      return value;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
