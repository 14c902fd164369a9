import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

const underWay = new Map<string, Answer[]>();

/**
 * Looks a name up once for all who ask for it at the same time. The system's look-up takes a thread of a small pool, and that of an engine
 * that is away may take many seconds: without this, its clients that try again would leave no thread for the names of the others.
 */
export const sharedLookup: LookupFunction = (hostname, options, callback) => {
  const question = `${hostname} ${JSON.stringify(options)}`;
  const waiting = underWay.get(question);
  if (waiting) return void waiting.push(callback);
  const answers: Answer[] = [callback];
  underWay.set(question, answers);
  lookup(hostname, options, (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => {
    underWay.delete(question);
    for (const answer of answers) answer(error, address, family);
  });
};
