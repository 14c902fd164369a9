// AWS Lambda calls `handler` with the event of a bucket. What it throws is a failure that Lambda tries again.

import { tmpdir } from 'node:os';
import type { FunctionResult } from './conversion-function.ts';
import { openFunction } from './open-function.ts';

let opened: ReturnType<typeof openFunction> | undefined;

/** @public */
export async function handler(event: unknown): Promise<FunctionResult[]> {
  opened ??= openFunction(process, tmpdir()).catch((thrown: unknown) => {
    opened = undefined;
    throw thrown;
  });
  return (await opened).handle(event);
}
